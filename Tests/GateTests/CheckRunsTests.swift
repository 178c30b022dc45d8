import Addresses
import Admission
import Spawner
import Testing

@testable import Gate

struct CheckRunsTests {
    private func run(_ source: UInt32, pid: Int32, until deadline: Int64) -> CheckRun {
        let facts = ConnectionFacts(
            peer: .ip(.v4(source), port: 1), local: .ip(.v4(1), port: 2), sourceCount: 1, id: nil)
        var run = CheckRun(source: .network(.v4(source)), facts: facts, rule: nil, deadline: deadline)
        run.pid = pid
        return run
    }

    @Test("a run is found by its source and by its process, until the process ends")
    func found() {
        var runs = CheckRuns(capacity: 2)
        runs.add(run(1, pid: 11, until: 100))
        runs.add(run(2, pid: 12, until: 101))
        #expect(runs.isFull && runs.count == 2)
        #expect(runs.contains(.network(.v4(1))) && !runs.contains(.network(.v4(3))))
        #expect(runs.contains(pid: 12) && !runs.contains(pid: 13))
        #expect(runs.remove(pid: 13) == nil)
        #expect(runs.remove(pid: 11)?.source == .network(.v4(1)))
        #expect(!runs.contains(.network(.v4(1))) && !runs.contains(pid: 11) && !runs.isFull)
    }

    @Test("a run past its deadline is visited once, and waits for the end of its process without a deadline")
    func expire() {
        var runs = CheckRuns(capacity: 3)
        for number in 0..<3 as Range<Int32> {
            runs.add(run(UInt32(number), pid: number + 1, until: 100 + Int64(number)))
        }
        var visited: [Int32] = []
        #expect(runs.deadline == 100)
        runs.expire(at: 99) { visited.append($0) }
        #expect(visited == [])
        runs.expire(at: 101) { visited.append($0) }
        runs.expire(at: 101) { visited.append($0) }
        #expect(visited == [1, 2] && runs.deadline == 102)
        #expect(runs.remove(pid: 1)?.isLate == true && runs.remove(pid: 3)?.isLate == false)
        #expect(runs.deadline == nil)
    }

    @Test("the earliest deadline comes next, also when its run has gone on with another check")
    func nextCheck() {
        var runs = CheckRuns(capacity: 2)
        runs.add(run(1, pid: 11, until: 100))
        runs.add(run(2, pid: 12, until: 200))
        if let again = runs.remove(pid: 11) { runs.add(again) }
        #expect(runs.count == 2)
        #expect(runs.deadline == 100)
    }
}
