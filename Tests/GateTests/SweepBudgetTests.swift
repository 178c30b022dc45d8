import Gate
import Testing

struct SweepBudgetTests {
    @Test("handlers that each leave some orphans never exceed the budget, however many handlers there are")
    func ordinary() {
        var budget = SweepBudget()
        for _ in 0..<100_000 {
            budget.handlerEnded()
            let isExceeded = budget.isExceeded(by: SweepBudget.perHandler)
            #expect(!isExceeded)
        }
    }

    @Test("orphans without handlers exceed the budget, also beside handlers that leave none")
    func bomb() {
        var budget = SweepBudget()
        var sweeps = 0
        while !budget.isExceeded(by: 200), sweeps < 1000 {
            sweeps += 1
            if sweeps.isMultiple(of: 4) { budget.handlerEnded() }
        }
        #expect((10...30).contains(sweeps))
    }

    @Test("a sweep that finds no orphan restores the whole budget")
    func clean() {
        var budget = SweepBudget()
        for _ in 0..<1000 {
            let isExceeded = budget.isExceeded(by: 2000) || budget.isExceeded(by: 0)
            #expect(!isExceeded)
        }
    }
}
