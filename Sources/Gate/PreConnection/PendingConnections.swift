// Connections that were accepted and have no handler yet, each with its phase, in the order in which they entered it.
// Promises that memory is taken once, and that nothing is searched for: the first connection of a phase has its next
// deadline.
internal import Addresses
internal import Admission
internal import LinuxSystem
internal import ServiceModel
internal import Spawner
internal import Tables

/// A connection on its way from accept to its handler. It owns its socket, and its place in admission once it has one.
struct IncomingConnection: ~Copyable {
    let socket: Descriptor
    let peer: Peer
    /// The address that the peer connected to.
    let local: ListenAddress
    /// nil before admission.
    let admitted: Admitted?
    /// The matching rules of `dnsbl`, a bit for each.
    var lists: UInt32 = 0

    /// The source that its place in admission counts for; nil before admission.
    var source: Source? {
        switch admitted {
        case .some(let admitted): admitted.source
        case .none: nil
        }
    }

    var rule: Int? {
        switch admitted {
        case .some(let admitted): admitted.rule
        case .none: nil
        }
    }

    /// What its programs learn about it.
    func facts(_ id: ConnectionID?) -> ConnectionFacts {
        let count =
            switch admitted {
            case .some(let admitted): admitted.sourceCount
            case .none: 0
            }
        var facts = ConnectionFacts(peer: peer, local: local, sourceCount: count, id: id)
        facts.lists = lists
        return facts
    }
}

/// A connection that waits in the gate, in one phase.
struct PendingConnection: ~Copyable {
    let incoming: IncomingConnection
    let phase: PreConnectionPhase
    /// Monotonic; nil for a phase without a time limit.
    let deadline: Int64?
    /// Whether the socket is in the poll set.
    let isWatched: Bool
    /// The bytes of a PROXY header that must have come before the socket is readable.
    var leastInput = 1
    /// Its neighbours in the queue of its phase; 0 for none.
    fileprivate var previous: UInt64 = 0
    fileprivate var next: UInt64 = 0

    init(_ incoming: consuming IncomingConnection, phase: PreConnectionPhase, deadline: Int64?) {
        self.incoming = incoming
        self.phase = phase
        self.deadline = deadline
        isWatched = phase.isOfPeer
    }
}

/// The pending connections of one gate.
struct PendingConnections: ~Copyable {
    private struct Queue {
        var first: UInt64 = 0
        var last: UInt64 = 0
    }

    private var connections: FixedMap<UInt64, PendingConnection>
    /// By the raw value of the phase.
    private var queues = [Queue](repeating: Queue(), count: PreConnectionPhase.allCases.count)
    private var lastNumber: UInt64 = 0

    init(capacity: Int) { connections = FixedMap(capacity: capacity) }

    var count: Int { connections.count }
    var isFull: Bool { connections.isFull }

    /// The number that the next pending connection gets.
    var nextNumber: UInt64 { lastNumber + 1 }

    /// Adds a connection; there must be room for it.
    mutating func insert(_ pending: consuming PendingConnection) {
        lastNumber += 1
        let queue = pending.phase.rawValue
        pending.previous = queues[queue].last
        connections.update(queues[queue].last) { $0.next = lastNumber }
        queues[queue].last = lastNumber
        if queues[queue].first == 0 { queues[queue].first = lastNumber }
        connections.insert(lastNumber, pending)
    }

    /// Removes and returns a pending connection; nil when there is none with this number.
    mutating func remove(_ number: UInt64) -> PendingConnection? {
        guard let pending = connections.remove(number) else { return nil }
        let queue = pending.phase.rawValue
        let (previous, next) = (pending.previous, pending.next)
        if connections.update(previous, { $0.next = next }) == nil { queues[queue].first = next }
        if connections.update(next, { $0.previous = previous }) == nil { queues[queue].last = previous }
        return pending
    }

    /// Reads a pending connection; nil when there is none with this number.
    func read<Result>(_ number: UInt64, _ body: (borrowing PendingConnection) -> Result) -> Result? {
        connections.read(number, body)
    }

    /// Sets how many bytes of a PROXY header make the socket readable.
    mutating func setLeastInput(_ count: Int, of number: UInt64) {
        connections.update(number) {
            $0.leastInput = count
            $0.incoming.socket.setLeastInput(count)
        }
    }

    /// The connection that entered a phase first; nil when the phase has none.
    func first(in phase: PreConnectionPhase) -> UInt64? {
        let first = queues[phase.rawValue].first
        return first == 0 ? nil : first
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
