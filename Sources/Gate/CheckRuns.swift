// The checks that run, at most one program for a source, and so few sources at once that a walk finds any of them.
internal import Admission
internal import Spawner

/// A source that is being checked.
struct CheckRun: Sendable {
    let source: Source
    /// Of the connection that it was started for; others of the source wait for the same answer.
    let facts: ConnectionFacts
    let rule: Int?
    /// Monotonic: when it is ended.
    let deadline: Int64
    /// Which check runs.
    var position = 0
    var pid: Int32 = 0
    /// Whether it was ended because its time was over.
    var isLate = false
}

/// The runs of one gate.
struct CheckRuns {
    let capacity: Int
    /// In no order: a run that goes on with its next check comes behind those that began after it.
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

    /// A program has ended: the run that it was of is taken out; nil when it was of none.
    mutating func remove(pid: Int32) -> CheckRun? {
        guard let index = runs.firstIndex(where: { $0.pid == pid }) else { return nil }
        return runs.remove(at: index)
    }

    /// Monotonic: when one is to be ended; nil for never.
    var deadline: Int64? {
        var earliest: Int64?
        for run in runs where !run.isLate { earliest = earlier(earliest, run.deadline) }
        return earliest
    }

    /// Visits those whose time is over, once each.
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
