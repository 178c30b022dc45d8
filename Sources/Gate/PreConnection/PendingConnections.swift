// Connections that were accepted and have no handler yet, each with its phase, in the order in which they entered it.
// Promises that memory is taken once, and that nothing is searched for: the first connection of a phase has its next
// deadline.
internal import Admission
internal import Tables

/// A connection that waits in the gate, in one phase.
struct PendingConnection<Connection: ~Copyable>: ~Copyable {
    var connection: Connection
    let phase: PreConnectionPhase
    /// Monotonic; nil for a phase without a time limit.
    let deadline: Int64?
    /// Its neighbours in the queue of its phase; 0 for none.
    fileprivate var previous: UInt64 = 0
    fileprivate var next: UInt64 = 0

    init(_ connection: consuming Connection, phase: PreConnectionPhase, deadline: Int64?) {
        self.connection = connection
        self.phase = phase
        self.deadline = deadline
    }

    consuming func takeConnection() -> Connection { connection }
}

/// The pending connections of one gate that are in one state.
struct PendingConnections<Connection: ~Copyable>: ~Copyable {
    private struct Queue {
        var first: UInt64 = 0
        var last: UInt64 = 0
    }

    private var connections: FixedMap<UInt64, PendingConnection<Connection>>
    /// By the raw value of the phase.
    private var queues = [Queue](repeating: Queue(), count: PreConnectionPhase.allCases.count)
    private var lastNumber: UInt64 = 0

    init(capacity: Int) { connections = FixedMap(capacity: capacity) }

    var count: Int { connections.count }
    var isFull: Bool { connections.isFull }

    /// The number that the next pending connection gets.
    var nextNumber: UInt64 { lastNumber + 1 }

    /// Adds a connection; there must be room for it.
    mutating func insert(_ pending: consuming PendingConnection<Connection>) {
        lastNumber += 1
        let queue = pending.phase.rawValue
        pending.previous = queues[queue].last
        connections.update(queues[queue].last) { $0.next = lastNumber }
        queues[queue].last = lastNumber
        if queues[queue].first == 0 { queues[queue].first = lastNumber }
        connections.insert(lastNumber, pending)
    }

    /// Removes and returns a pending connection; nil when there is none with this number.
    mutating func remove(_ number: UInt64) -> PendingConnection<Connection>? {
        guard let pending = connections.remove(number) else { return nil }
        let queue = pending.phase.rawValue
        let (previous, next) = (pending.previous, pending.next)
        if connections.update(previous, { $0.next = next }) == nil { queues[queue].first = next }
        if connections.update(next, { $0.previous = previous }) == nil { queues[queue].last = previous }
        return pending
    }

    /// Reads a pending connection; nil when there is none with this number.
    func read<Result>(_ number: UInt64, _ body: (borrowing PendingConnection<Connection>) -> Result) -> Result? {
        connections.read(number, body)
    }

    /// Changes a pending connection; nil when there is none with this number.
    @discardableResult
    mutating func update<Result>(_ number: UInt64, _ change: (inout Connection) -> Result) -> Result? {
        connections.update(number) { change(&$0.connection) }
    }

    /// The phase of a connection; nil when there is none with this number.
    func phase(of number: UInt64) -> PreConnectionPhase? { connections.read(number) { $0.phase } }

    /// The connection that entered a phase first; nil when the phase has none.
    func first(in phase: PreConnectionPhase) -> UInt64? {
        let first = queues[phase.rawValue].first
        return first == 0 ? nil : first
    }

    /// The connection that entered the first phase with any; nil when there is none.
    var first: UInt64? {
        for phase in PreConnectionPhase.allCases { if let number = first(in: phase) { return number } }
        return nil
    }

    /// The connection that entered the same phase next; nil after the last one.
    func next(after number: UInt64) -> UInt64? {
        connections.read(number) { $0.next == 0 ? nil : $0.next } ?? nil
    }

    /// A connection that is past its deadline; nil when there is none.
    func due(at now: Int64) -> UInt64? {
        for phase in PreConnectionPhase.allCases {
            if let number = first(in: phase), let deadline = deadline(of: number), now >= deadline { return number }
        }
        return nil
    }

    /// Monotonic: when ``due(at:)`` returns a connection; nil for never.
    var deadline: Int64? {
        var earliest: Int64?
        for phase in PreConnectionPhase.allCases {
            if let number = first(in: phase) { earliest = earlier(earliest, deadline(of: number)) }
        }
        return earliest
    }

    private func deadline(of number: UInt64) -> Int64? { connections.read(number) { $0.deadline } ?? nil }
}
