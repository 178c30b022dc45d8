// Connections that were accepted and have no handler yet, each with its phase, in the order in which they came into it.
// Promises that memory is taken once, and that nobody is looked for: the next deadline is the first one's of a phase.
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
    /// Where the peer connected to.
    let local: ListenAddress
    /// nil before admission.
    let admitted: Admitted?
    /// The rules of `dnsbl` that it matches, a bit for each.
    var lists: UInt32 = 0

    /// What its place in admission counts for; nil before admission.
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

    /// What programs are told about it.
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

/// A connection in the lobby.
struct PendingConnection: ~Copyable {
    let incoming: IncomingConnection
    let phase: PreConnectionPhase
    /// Monotonic; nil when it may wait as long as it takes.
    let deadline: Int64?
    /// In the poll set.
    let isWatched: Bool
    /// Bytes of a PROXY header that make it readable.
    var leastInput = 1
    /// Its neighbours in its phase; 0 for none.
    fileprivate var before: UInt64 = 0
    fileprivate var behind: UInt64 = 0

    init(_ incoming: consuming IncomingConnection, phase: PreConnectionPhase, deadline: Int64?) {
        self.incoming = incoming
        self.phase = phase
        self.deadline = deadline
        isWatched = phase.isOfPeer
    }
}

extension PreConnectionPhase {
    /// Whether the peer can do something in it. Of one that waits for somebody else nothing is to be learnt.
    var isOfPeer: Bool {
        switch self {
        case .proxyHeader, .greetDelay, .firstByte: true
        case .lists, .checks, .handler: false
        }
    }
}

/// The lobby of one gate.
struct PendingConnections: ~Copyable {
    private struct Queue {
        var first: UInt64 = 0
        var last: UInt64 = 0
    }

    private var connections: FixedMap<UInt64, PendingConnection>
    private var queues = InlineArray<6, Queue>(repeating: Queue())
    private var lastNumber: UInt64 = 0

    init(capacity: Int) { connections = FixedMap(capacity: capacity) }

    var count: Int { connections.count }
    var isFull: Bool { connections.isFull }

    /// The number that the next guest gets.
    var nextNumber: UInt64 { lastNumber + 1 }

    /// Lets somebody in; the lobby must not be full.
    mutating func insert(_ pending: consuming PendingConnection) {
        lastNumber += 1
        let queue = pending.phase.rawValue
        pending.before = queues[queue].last
        connections.update(queues[queue].last) { $0.behind = lastNumber }
        queues[queue].last = lastNumber
        if queues[queue].first == 0 { queues[queue].first = lastNumber }
        connections.insert(lastNumber, pending)
    }

    /// Takes somebody out; nil when there is no such guest.
    mutating func remove(_ number: UInt64) -> PendingConnection? {
        guard let pending = connections.remove(number) else { return nil }
        let queue = pending.phase.rawValue
        let (before, behind) = (pending.before, pending.behind)
        if connections.update(before, { $0.behind = behind }) == nil { queues[queue].first = behind }
        if connections.update(behind, { $0.before = before }) == nil { queues[queue].last = before }
        return pending
    }

    /// Looks at a guest; nil when there is no such one.
    func read<Result>(_ number: UInt64, _ look: (borrowing PendingConnection) -> Result) -> Result? {
        connections.read(number, look)
    }

    /// Notes how many bytes of a PROXY header make it readable.
    mutating func setLeastInput(_ count: Int, of number: UInt64) {
        connections.update(number) {
            $0.leastInput = count
            $0.incoming.socket.setLeastInput(count)
        }
    }

    /// Who came first of those in a phase.
    func first(in phase: PreConnectionPhase) -> UInt64? {
        let first = queues[phase.rawValue].first
        return first == 0 ? nil : first
    }

    /// Who came next into the same phase; nil for nobody.
    func next(after number: UInt64) -> UInt64? {
        connections.read(number) { $0.behind == 0 ? nil : $0.behind } ?? nil
    }

    /// Whose time is over; nil for nobody.
    func due(at now: Int64) -> UInt64? {
        for phase in PreConnectionPhase.allCases {
            if let number = first(in: phase), let deadline = deadline(of: number), now >= deadline { return number }
        }
        return nil
    }

    /// Monotonic: when ``due(at:)`` has somebody; nil for never.
    var deadline: Int64? {
        var earliest: Int64?
        for phase in PreConnectionPhase.allCases {
            if let number = first(in: phase) { earliest = earlier(earliest, deadline(of: number)) }
        }
        return earliest
    }

    private func deadline(of number: UInt64) -> Int64? { connections.read(number) { $0.deadline } ?? nil }
}
