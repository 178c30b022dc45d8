// The handlers that run, by pid. Each entry owns its place in admission until the handler has ended.
package import Admission
package import EventLog
package import ServiceModel

/// One running handler.
package struct RunningHandler: ~Copyable {
    package let id: ConnectionID
    package let admitted: Admitted
    package let peer: Peer
    /// Monotonic.
    package let startedAt: Int64
    /// Monotonic; nil when it may run as long as it likes.
    package var deadline: Int64?
    /// Why it was told to end.
    package var ending: Ending?

    package enum Ending: Hashable, Sendable {
        /// Its lifetime was over and it got TERM; at its new deadline it gets KILL.
        case lifetime
        case drain
    }

    /// Its place in admission, for giving back.
    package consuming func takePlace() -> Admitted { admitted }
}

/// The running handlers of one gate.
struct HandlerTable: ~Copyable {
    private(set) var entries: FixedMap<Int32, RunningHandler>
    /// The earliest deadline, or an earlier time: looking too soon costs a look, never a missed deadline.
    private(set) var nextLook: Int64?

    init(capacity: Int) { entries = FixedMap(capacity: capacity) }

    var count: Int { entries.count }
    var isFull: Bool { entries.isFull }

    mutating func insert(pid: Int32, _ handler: consuming RunningHandler) {
        nextLook = earlier(nextLook, handler.deadline)
        entries.insert(pid, handler)
    }

    func contains(pid: Int32) -> Bool { entries.contains(pid) }

    mutating func remove(pid: Int32) -> RunningHandler? { entries.remove(pid) }

    /// Visits the handlers whose deadline has come; `visit` returns the next deadline.
    mutating func expire(at now: Int64, _ visit: (Int32, inout RunningHandler) -> Int64?) {
        guard let look = nextLook, now >= look else { return }
        var earliest: Int64?
        entries.forEach { pid, handler in
            if let deadline = handler.deadline, now >= deadline { handler.deadline = visit(pid, &handler) }
            earliest = earlier(earliest, handler.deadline)
        }
        nextLook = earliest
    }

    mutating func forEach(_ visit: (Int32, inout RunningHandler) -> Void) { entries.forEach(visit) }
}
