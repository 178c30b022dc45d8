import Gate
import Testing

struct HandlerLogBudgetTests {
    private let second: Int64 = 1_000_000_000

    /// How many of as many lines are written at a time.
    private func written(_ count: Int, _ budget: inout HandlerLogBudget, at now: Int64) -> Int {
        var written = 0
        for _ in 0..<count where budget.admits(at: now) { written += 1 }
        return written
    }

    @Test("a burst is written whole; after it, so many lines a second")
    func rate() {
        var budget = HandlerLogBudget()
        #expect(written(HandlerLogBudget.burst, &budget, at: 100 * second) == HandlerLogBudget.burst)
        #expect(budget.reportAt == nil)
        #expect(written(10, &budget, at: 100 * second) == 0)
        #expect(written(1000, &budget, at: 101 * second) == Int(HandlerLogBudget.perSecond))
        #expect(written(5000, &budget, at: 1000 * second) == HandlerLogBudget.burst)
    }

    @Test("what was not written is counted, and said once a second at most")
    func report() {
        var budget = HandlerLogBudget()
        _ = written(HandlerLogBudget.burst + 7, &budget, at: 100 * second)
        #expect(budget.reportAt == 101 * second)
        var report = budget.report(at: 100 * second)
        #expect(report == nil)
        report = budget.report(at: 101 * second)
        #expect(report == 7)
        report = budget.report(at: 200 * second)
        #expect(report == nil)
    }
}
