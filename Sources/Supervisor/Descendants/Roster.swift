// The processes that the supervisor has started, by pid and by number, each in constant time: a thousand gates make no
// message and no end of a child dearer.
// A child enters when it was started, and leaves when it was reaped.

/// A process that the supervisor has started, by its kind.
enum ChildProcess {
    case gate(GateProcess)
    case worker(WorkerProcess)
    case reader(ReadingProcess)

    /// What all kinds have.
    var started: any StartedProcess {
        switch self {
        case .gate(let gate): gate
        case .worker(let worker): worker
        case .reader(let reader): reader
        }
    }
}

/// All children that are not reaped yet. Any other child is an orphan of a gate.
struct Roster {
    private struct Entry {
        let child: ChildProcess
        let number: UInt64
    }

    private var byPID: [Int32: Entry] = [:]
    private var pidByNumber: [UInt64: Int32] = [:]

    /// - Parameters:
    ///   - child: one that is not in the roster.
    ///   - number: its number in the poll set; no other child has had it.
    mutating func add(_ child: ChildProcess, _ number: UInt64) {
        let pid = child.started.pid
        precondition(byPID[pid] == nil && pidByNumber[number] == nil, "a child enters once")
        byPID[pid] = Entry(child: child, number: number)
        pidByNumber[number] = pid
    }

    /// Monotonic: when a child is late, a sign of life is due, or reports are read again; nil for never.
    var deadline: Int64? {
        var first: Int64?
        for entry in byPID.values {
            let started = entry.child.started
            for due in [started.life.deadline, started.sign?.deadline, started.flow.pausedUntil] {
                if let due { first = min(first ?? due, due) }
            }
        }
        return first
    }

    /// The children whose reports are read again from now on, each with its number.
    func resumed(at now: Int64) -> [(child: ChildProcess, number: UInt64)] {
        byPID.values.filter { $0.child.started.flow.resumes(at: now) }.map { ($0.child, $0.number) }
    }

    var all: [ChildProcess] { byPID.values.map(\.child) }

    /// The children whose deadline has passed.
    func late(at now: Int64) -> [ChildProcess] {
        all.filter { child in child.started.life.deadline.map { now >= $0 } ?? false }
    }

    /// The child with this number.
    func child(_ number: UInt64) -> ChildProcess? { pidByNumber[number].flatMap { byPID[$0]?.child } }

    /// The child with this pid, which is not reaped yet; nil for an orphan.
    func child(pid: Int32) -> ChildProcess? { byPID[pid]?.child }

    /// Removes a child that was reaped; nil for an orphan.
    mutating func remove(pid: Int32) -> ChildProcess? {
        guard let entry = byPID.removeValue(forKey: pid) else { return nil }
        pidByNumber[entry.number] = nil
        return entry.child
    }

    func contains(pid: Int32) -> Bool { byPID[pid] != nil }

    /// All gates: those that start, those that serve, and those that drain.
    var gates: [GateProcess] {
        byPID.values.compactMap { if case .gate(let gate) = $0.child { gate } else { nil } }
    }
}
