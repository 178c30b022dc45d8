// The checks that run: at most one program for each source, and so few of them that a linear search finds one fast
// enough.
internal import Admission
internal import Spawner

/// A source that is being checked.
struct CheckRun: Sendable {
    let source: Source
    /// Of the connection that the run was started for. Other connections of the source wait for the same answer.
    let facts: ConnectionFacts
    let rule: Int?
    /// Monotonic: when the gate kills the check.
    let deadline: Int64
    /// The index of the check that runs now.
    var position = 0
    var pid: Int32 = 0
    /// Whether the gate killed the check because it took too long.
    var isLate = false
}

/// The runs of one gate, at most ``capacity`` at once.
struct CheckRuns {
    let capacity: Int
    /// In no order: a run that goes on with its next check is appended after runs that began later.
    private var runs: [CheckRun] = []

    init(capacity: Int) {
        self.capacity = capacity
        runs.reserveCapacity(capacity)
    }

    var count: Int { runs.count }
    var isFull: Bool { runs.count >= capacity }

    func contains(_ source: Source) -> Bool { runs.contains { $0.source == source } }
    func contains(pid: Int32) -> Bool { runs.contains { $0.pid == pid } }

    mutating func add(_ run: CheckRun) { runs.append(run) }

    /// Removes and returns the run with this pid, or nil. The caller has learnt that the process ended.
    mutating func remove(pid: Int32) -> CheckRun? {
        guard let index = runs.firstIndex(where: { $0.pid == pid }) else { return nil }
        return runs.remove(at: index)
    }

    /// Monotonic: the earliest deadline of a run that is not late yet; nil for never.
    var deadline: Int64? {
        var earliest: Int64?
        for run in runs where !run.isLate { earliest = earlier(earliest, run.deadline) }
        return earliest
    }

    /// Calls `visit` with the pid of each run that is past its deadline, once for each run.
    mutating func expire(at now: Int64, _ visit: (Int32) -> Void) {
        for index in runs.indices where !runs[index].isLate && now >= runs[index].deadline {
            runs[index].isLate = true
            visit(runs[index].pid)
        }
    }

    func forEach(_ visit: (Int32) -> Void) {
        for run in runs { visit(run.pid) }
    }
}
