// The connections that have a handler, by number; their processes, by pid; and with filters, the sockets between those.
// Promises that memory is taken once: nothing is allocated for a connection.
internal import LinuxSystem
internal import Spawner
internal import Tables

/// The connection and the program that a process belongs to.
struct ProcessPlace: Hashable {
    let connection: UInt64
    /// The program's index in the connection's chain.
    let position: Int
}

/// The running connections of one gate.
struct ConnectionTable: ~Copyable {
    private(set) var entries: FixedMap<UInt64, RunningConnection>
    private var places: FixedMap<Int32, ProcessPlace>
    private(set) var sockets: FixedMap<UInt64, ChainSockets>
    /// The earliest deadline, or an earlier time: an early look at the table costs a little, and no deadline is missed.
    private(set) var nextExpiry: Int64?

    /// - Parameters:
    ///   - capacity: the most connections at once.
    ///   - programs: the number of programs of each connection.
    init(capacity: Int, programs: Int) {
        entries = FixedMap(capacity: capacity)
        places = FixedMap(capacity: capacity * programs)
        sockets = FixedMap(capacity: programs > 1 ? capacity : 1)
    }

    var count: Int { entries.count }
    var isFull: Bool { entries.isFull }

    mutating func insert(_ number: UInt64, _ connection: consuming RunningConnection) {
        nextExpiry = earlier(nextExpiry, connection.nextExpiry)
        entries.insert(number, connection)
    }

    /// Records that a program of a connection runs with this pid.
    mutating func started(_ place: ProcessPlace, pid: Int32) {
        places.insert(pid, place)
        _ = entries.update(place.connection) { $0.started(place.position, pid: pid) }
    }

    /// Whether this is a process of a connection.
    func contains(pid: Int32) -> Bool { places.contains(pid) }

    /// Removes an ended process. Returns the place that it had, or nil if it belonged to no connection.
    mutating func remove(pid: Int32) -> ProcessPlace? { places.remove(pid) }

    /// Removes and returns a connection that has no running process; nil while one runs, or when the table does not
    /// have it.
    mutating func removeIfOver(_ number: UInt64) -> RunningConnection? {
        guard entries.update(number, { $0.chain.isOver }) == true else { return nil }
        _ = sockets.remove(number)
        return entries.remove(number)
    }

    /// Adds the sockets of a connection with filters.
    mutating func insert(_ number: UInt64, _ sockets: consuming ChainSockets) { self.sockets.insert(number, sockets) }

    /// Changes the sockets of a connection; nil when the table has none for it.
    mutating func update<Result>(
        socketsOf number: UInt64, _ change: (inout ChainSockets) -> Result
    ) -> Result? {
        sockets.update(number, change)
    }

    /// Changes a connection; nil when the table does not have it.
    mutating func update<Result>(_ number: UInt64, _ change: (inout RunningConnection) -> Result) -> Result? {
        entries.update(number, change)
    }

    /// The output filters of a connection have ended before its handler. The handler may run until the deadline.
    mutating func hasten(_ number: UInt64, to deadline: Int64) {
        entries.update(number) { $0.outputEnded(deadline: deadline) }
        nextExpiry = earlier(nextExpiry, deadline)
    }

    /// Records that the gate has sent TERM to these programs because another one has ended. They may run until the
    /// deadline.
    mutating func markTerminating(_ positions: StageSet, of number: UInt64, deadline: Int64) {
        guard !positions.isEmpty else { return }
        entries.update(number) { $0.markTerminating(positions, deadline: deadline) }
        nextExpiry = earlier(nextExpiry, deadline)
    }

    /// Calls `visit` for each connection that is past its deadline; `visit` sets the connection's next one.
    mutating func expire(at now: Int64, _ visit: (inout RunningConnection) -> Void) {
        guard let expiry = nextExpiry, now >= expiry else { return }
        var earliest: Int64?
        entries.forEach { _, connection in
            if let due = connection.nextExpiry, now >= due { visit(&connection) }
            earliest = earlier(earliest, connection.nextExpiry)
        }
        nextExpiry = earliest
    }

    mutating func forEach(_ visit: (inout RunningConnection) -> Void) {
        entries.forEach { _, connection in visit(&connection) }
    }
}
