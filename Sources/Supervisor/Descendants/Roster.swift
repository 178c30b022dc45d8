// The processes that the supervisor has started, by pid and by token, each in constant time: a thousand gates make no
// message and no end of a child dearer.
// A child enters when it was forked, and leaves when it was reaped.

/// A process that the supervisor has started.
enum ChildProcess {
    case gate(GateProcess)
    case resolver(ResolverProcess)
    /// The process that reads the files; DefinitionReading has the rest.
    case reader
}

/// All children that are not reaped yet. Any other child is an orphan of a gate.
struct Roster {
    private struct Entry {
        let child: ChildProcess
        let token: UInt64
    }

    private var byPID: [Int32: Entry] = [:]
    private var pidByToken: [UInt64: Int32] = [:]

    /// - Parameters:
    ///   - pid: of a child that is not in the roster.
    ///   - token: identifies it in the poller; no other child has had it.
    mutating func add(_ child: ChildProcess, pid: Int32, token: UInt64) {
        precondition(byPID[pid] == nil && pidByToken[token] == nil, "a child enters once")
        byPID[pid] = Entry(child: child, token: token)
        pidByToken[token] = pid
    }

    /// The child whose messages or output this token is for.
    func child(token: UInt64) -> ChildProcess? { pidByToken[token].flatMap { byPID[$0]?.child } }

    /// Removes a child that was reaped; nil for an orphan.
    mutating func remove(pid: Int32) -> ChildProcess? {
        guard let entry = byPID.removeValue(forKey: pid) else { return nil }
        pidByToken[entry.token] = nil
        return entry.child
    }

    func contains(pid: Int32) -> Bool { byPID[pid] != nil }

    /// All gates: those that start, those that serve, and those that drain.
    var gates: [GateProcess] {
        byPID.values.compactMap { if case .gate(let gate) = $0.child { gate } else { nil } }
    }
}
