import Testing

@testable import Supervisor

struct ReportFlowTests {
    /// Reads as long as it may, and returns how often that was.
    private func drain(_ flow: inout ReportFlow, at now: Int64) -> (count: Int, step: ReportFlow.Step) {
        var count = 0
        while true {
            let step = flow.next(at: now)
            guard step == .read else { return (count, step) }
            count += 1
        }
    }

    @Test("a flood is read up to a burst, then at a rate; that is told once")
    func flood() {
        var flow = ReportFlow()
        let first = drain(&flow, at: 5)
        #expect(first.count == 4000 && first.step == .pause(isFirst: true))
        #expect(flow.pausedUntil == 5 + ReportFlow.pauseNanoseconds)
        #expect(flow.next(at: 6) == .stay)
        let early = flow.resumes(at: 4 + ReportFlow.pauseNanoseconds)
        let due = flow.resumes(at: 5 + ReportFlow.pauseNanoseconds)
        #expect(!early && due)
        let second = drain(&flow, at: 5 + ReportFlow.pauseNanoseconds)
        #expect(second.count == 100 && second.step == .pause(isFirst: false))
    }

    @Test("reports at a usual rate are all read")
    func usual() {
        var flow = ReportFlow()
        for number in 0..<10_000 { #expect(flow.next(at: Int64(number) * 2_000_000) == .read) }
    }

    @Test("after its end nothing is read; its pipe leaves the poll set once, if it was there")
    func closed() {
        var flow = ReportFlow()
        let (first, second) = (flow.close(), flow.close())
        #expect(first && !second && flow.isClosed)
        #expect(flow.next(at: 0) == .stay)
        var paused = ReportFlow()
        _ = drain(&paused, at: 0)
        let wasRead = paused.close()
        #expect(!wasRead && paused.pausedUntil == nil)
        let resumes = paused.resumes(at: .max)
        #expect(!resumes)
    }
}
