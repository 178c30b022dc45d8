// The connections that are served, by number; their processes, by pid; and with filters, the sockets between those.
// Promises that memory is taken once: nothing is allocated for a connection.
internal import LinuxSystem
internal import Spawner
internal import Tables

/// Where a process belongs.
struct ProcessPlace: Hashable {
    let connection: UInt64
    /// In the chain of its programs.
    let position: Int
}

/// The running connections of one gate.
struct ConnectionTable: ~Copyable {
    private(set) var entries: FixedMap<UInt64, RunningConnection>
    private var places: FixedMap<Int32, ProcessPlace>
    private(set) var sockets: FixedMap<UInt64, ChainSockets>
    /// The earliest deadline, or an earlier time: looking too soon costs a look, never a missed deadline.
    private(set) var nextLook: Int64?

    /// - Parameters:
    ///   - capacity: how many connections there may be.
    ///   - programs: how many each of them has.
    init(capacity: Int, programs: Int) {
        entries = FixedMap(capacity: capacity)
        places = FixedMap(capacity: capacity * programs)
        sockets = FixedMap(capacity: programs > 1 ? capacity : 1)
    }

    var count: Int { entries.count }
    var isFull: Bool { entries.isFull }

    mutating func insert(_ number: UInt64, _ connection: consuming RunningConnection) {
        nextLook = earlier(nextLook, connection.nextLook)
        entries.insert(number, connection)
    }

    /// A process of a connection was started.
    mutating func started(_ place: ProcessPlace, pid: Int32) {
        places.insert(pid, place)
        _ = entries.update(place.connection) { $0.started(place.position, pid: pid) }
    }

    /// Whether this is a process of a connection.
    func contains(pid: Int32) -> Bool { places.contains(pid) }

    /// A process is no more: where it belonged.
    mutating func remove(pid: Int32) -> ProcessPlace? { places.remove(pid) }

    /// Takes a connection out that is over; nil when it is not, or not there.
    mutating func removeIfOver(_ number: UInt64) -> RunningConnection? {
        guard entries.update(number, { $0.chain.isOver }) == true else { return nil }
        _ = sockets.remove(number)
        return entries.remove(number)
    }

    /// The sockets of a connection with filters.
    mutating func insert(_ number: UInt64, _ sockets: consuming ChainSockets) { self.sockets.insert(number, sockets) }

    /// Changes the sockets of a connection; nil when it has none here.
    mutating func update<Result>(
        socketsOf number: UInt64, _ change: (inout ChainSockets) -> Result
    ) -> Result? {
        sockets.update(number, change)
    }

    /// Changes a connection; nil when it is not there.
    mutating func update<Result>(_ number: UInt64, _ change: (inout RunningConnection) -> Result) -> Result? {
        entries.update(number, change)
    }

    /// The output filters of a connection have ended before its handler, which has until then.
    mutating func hasten(_ number: UInt64, to deadline: Int64) {
        entries.update(number) { $0.outputEnded(deadline: deadline) }
        nextLook = earlier(nextLook, deadline)
    }

    /// Programs of a connection were told to end because another has, and have until then.
    mutating func tell(_ positions: StageSet, of number: UInt64, deadline: Int64) {
        guard !positions.isEmpty else { return }
        entries.update(number) { $0.tell(positions, deadline: deadline) }
        nextLook = earlier(nextLook, deadline)
    }

    /// Visits the connections that a deadline of has come; `visit` sets the next one.
    mutating func expire(at now: Int64, _ visit: (inout RunningConnection) -> Void) {
        guard let look = nextLook, now >= look else { return }
        var earliest: Int64?
        entries.forEach { _, connection in
            if let due = connection.nextLook, now >= due { visit(&connection) }
            earliest = earlier(earliest, connection.nextLook)
        }
        nextLook = earliest
    }

    mutating func forEach(_ visit: (inout RunningConnection) -> Void) {
        entries.forEach { _, connection in visit(&connection) }
    }
}
