import EventLog
import Testing

struct LogBudgetTests {
    private let second: Int64 = 1_000_000_000

    /// How many of the lines that come at each time are written.
    private func written(_ count: Int, _ budget: inout LogBudget, at now: Int64) -> Int {
        var written = 0
        for _ in 0..<count where budget.admits(at: now) { written += 1 }
        return written
    }

    @Test("a burst is written whole; after it, a fixed number of lines for each second")
    func rate() {
        var budget = LogBudget(burst: 2000, perSecond: 200)
        #expect(written(2000, &budget, at: 100 * second) == budget.burst)
        #expect(budget.reportAt == nil)
        #expect(written(10, &budget, at: 100 * second) == 0)
        #expect(written(1000, &budget, at: 101 * second) == Int(budget.perSecond))
        #expect(written(5000, &budget, at: 1000 * second) == budget.burst)
    }

    @Test("dropped lines are counted, and the count is reported once a second at most")
    func report() {
        var budget = LogBudget(burst: 2000, perSecond: 200)
        _ = written(2007, &budget, at: 100 * second)
        #expect(budget.reportAt == 101 * second)
        var report = budget.report(at: 100 * second)
        #expect(report == nil)
        report = budget.report(at: 101 * second)
        #expect(report == 7)
        report = budget.report(at: 200 * second)
        #expect(report == nil)
    }
}
