// Connections that have a handler: the table, the programs to start for each, and what the end of one of them means for
// the others. The processes are started, and failures before exec learned, by the ProcessStarter of the caller.
// Promises that nothing is allocated for a connection.
internal import Addresses
internal import Admission
internal import LinuxSystem
internal import ServiceModel
internal import Spawner

/// A running connection that still lacks some of its programs.
struct StartingConnection: ~Copyable {
    let number: UInt64
    let facts: ConnectionFacts
    let rule: Int?
    /// The accepted socket; nil once the table owns it.
    fileprivate var socket: Descriptor?
    /// What its first program reads in place of the socket; nil: the socket.
    var input: Descriptor?
}

/// A program of a connection that has started.
struct StartedProgram: Hashable {
    let position: Int
    let pid: Int32
    let isHandler: Bool
}

/// A program of a connection that has ended.
struct EndedProgram: Hashable {
    let place: ProcessPlace
    /// The reason why it did not start; nil: it did.
    let failure: LaunchFailure?
    /// A failure to reset the connection.
    let fault: SystemError?
}

/// The running connections of one gate.
struct RunningConnections: ~Copyable {
    private var table: ConnectionTable
    /// The programs of a connection, with none of them started.
    private let chain: FilterChain
    private let lifetimeNanoseconds: Int64?
    /// The pid of the gate, which is in the name of each connection.
    private let pid: Int32
    private let capacity: Int
    private var lastNumber: UInt64 = 0
    /// A connection for which fork failed.
    private var stalled: StartingConnection?

    /// The time that a handler has after its output filters have ended. One second of it is for a peer that does not
    /// close its side.
    private static let aloneNanoseconds: Int64 = 3_000_000_000

    init(_ service: Service, pid: Int32) {
        chain = FilterChain(inputFilters: service.inputFilters.count, outputFilters: service.outputFilters.count)
        capacity = service.limits.connections
        table = ConnectionTable(capacity: capacity, programs: chain.count)
        lifetimeNanoseconds = service.limits.lifetime.value?.nanoseconds
        self.pid = pid
    }

    /// Whether a connection has more programs than its handler.
    var hasFilters: Bool { chain.count > 1 }

    /// Monotonic: when ``expire(at:)`` has something to do; nil for never.
    var deadline: Int64? { table.nextExpiry }

    var count: Int { table.count }
    var isFull: Bool { table.isFull }

    /// Whether this is a process of a connection.
    func contains(pid: Int32) -> Bool { table.contains(pid: pid) }

    // MARK: starting

    /// Takes over an admitted connection. From here on it has a number and lines in the log.
    mutating func insert(_ connection: consuming AdmittedConnection, at now: Int64) -> StartingConnection {
        lastNumber += 1
        let id = ConnectionID(pid: pid, number: lastNumber)
        var facts = connection.facts(id)
        facts.isPressed = table.count + 1 == capacity
        let (peer, rule) = (connection.peer, connection.rule)
        table.insert(
            lastNumber,
            RunningConnection(
                id: id, admitted: connection.admitted, peer: peer, startedAt: now,
                deadline: lifetimeNanoseconds.map { now + $0 }, chain: chain))
        return StartingConnection(number: lastNumber, facts: facts, rule: rule, socket: connection.socket)
    }

    /// Starts the next program of a connection.
    ///
    /// - Returns: nil when all were started, or need not be any more.
    /// Errors: socketpair(2), clone(2); the caller may try again.
    mutating func startNext(
        of connection: inout StartingConnection, by starter: inout some ProcessStarter & ~Copyable
    ) throws(SystemError) -> StartedProgram? {
        guard let position = table.update(connection.number, { $0.chain.next }) ?? nil,
            let streams = try streams(of: position, of: &connection)
        else { return nil }
        let pid = try starter.spawn(position, streams, rule: connection.rule, facts: connection.facts)
        table.started(ProcessPlace(connection: connection.number, position: position), pid: pid)
        _ = table.update(socketsOf: connection.number) { $0.giveInput(to: position) }
        return StartedProgram(position: position, pid: pid, isHandler: position == chain.handler)
    }

    private mutating func streams(
        of position: Int, of connection: inout StartingConnection
    ) throws(SystemError) -> ChildStreams? {
        // The child's copy of the socket remains; the gate's copy closes with `connection`.
        guard chain.count > 1 else { return Self.streams(of: connection.socket, input: connection.input) }
        if connection.socket != nil {
            var sockets = try ChainSockets(connection: &connection.socket, count: chain.count)
            sockets.input = connection.input.take()
            table.insert(connection.number, sockets)
        }
        return table.update(socketsOf: connection.number) { $0.streams(of: position) }
    }

    private static func streams(
        of socket: borrowing Descriptor?, input: borrowing Descriptor?
    ) -> ChildStreams? {
        guard let socket = number(of: socket) else { return nil }
        return ChildStreams(input: number(of: input) ?? socket, output: socket, connection: socket)
    }

    private static func number(of descriptor: borrowing Descriptor?) -> Int32? {
        switch descriptor {
        case .some(let descriptor): descriptor.number
        case .none: nil
        }
    }

    /// Keeps a connection for which fork failed. There must be no other one.
    mutating func stall(_ connection: consuming StartingConnection) { stalled = consume connection }

    /// Whether a connection waits for a fork to succeed. Then no other one starts.
    var isStalled: Bool {
        switch stalled {
        case .some: true
        case .none: false
        }
    }

    /// Removes and returns the connection for which fork failed, or nil.
    mutating func takeStalled() -> StartingConnection? { stalled.take() }

    // MARK: ending

    /// Handles the end of a process: signals the connection's other processes, and ends its output.
    ///
    /// - Returns: nil when it is no process of a connection.
    mutating func ended(
        _ end: ProcessEnd, by starter: inout some ProcessStarter & ~Copyable, at now: Int64
    ) -> EndedProgram? {
        guard let place = table.remove(pid: end.pid) else { return nil }
        let failure = starter.takeFailure(of: end.pid)
        let fault = ended(place, end.way, isUnserved: failure != nil, at: now)
        return EndedProgram(place: place, failure: failure, fault: fault)
    }

    /// What the log says of a connection; nil when there is none with this number.
    mutating func facts(of number: UInt64) -> (id: ConnectionID, peer: Peer, rule: Int?)? {
        table.update(number) { ($0.id, $0.peer, $0.admitted.rule) }
    }

    /// - Parameter isUnserved: whether the program did not start.
    /// - Returns: a failure to reset the connection.
    private mutating func ended(
        _ place: ProcessPlace, _ way: ProcessEnd.Way, isUnserved: Bool, at now: Int64
    ) -> SystemError? {
        let number = place.connection
        // A program has not failed, whatever its status is, if the reader of its output ended first.
        let isOrderly =
            !isUnserved
            && (way == .exited(status: 0)
                || table.update(socketsOf: number) { $0.isReaderGone(of: place.position) } == true)
        let isPeerGone = table.update(socketsOf: number) { $0.isPeerGone } == true
        let steps = table.update(number) {
            if isUnserved { $0.isUnserved = true }
            let steps = $0.ended(
                place.position, way, isOrderly ? .orderly : .failed, isPeerGone: !isUnserved && isPeerGone)
            $0.forEach(steps.terminate) { Processes.signalGroup(of: $0, .terminate) }
            return steps
        }
        guard let steps else { return nil }
        table.markTerminating(steps.terminate, of: number, deadline: now + Processes.killGraceNanoseconds)
        if steps.endsOutput { table.update(socketsOf: number) { $0.endOutput(of: place.position) } }
        if steps.leavesHandlerAlone { table.hasten(number, to: now + Self.aloneNanoseconds) }
        return steps.breaks ? resetAtClose(number) : nil
    }

    /// Makes the socket reset when it closes, so that the peer does not take incomplete output for all of it.
    private mutating func resetAtClose(_ number: UInt64) -> SystemError? {
        table.update(socketsOf: number) { sockets -> SystemError? in
            do throws(SystemError) {
                try sockets.resetAtClose()
                return nil
            } catch {
                return error
            }
        } ?? nil
    }

    /// Removes and returns a connection that has no running process; nil while one runs, or when there is none with
    /// this number.
    mutating func removeIfOver(_ number: UInt64) -> RunningConnection? { table.removeIfOver(number) }

    /// Ends connections that are past their deadlines: TERM for the handler's process group, and after a grace KILL for
    /// all processes.
    ///
    /// - Returns: a process that could not be signalled.
    mutating func expire(at now: Int64) -> Int32? {
        var outOfReach: Int32?
        table.expire(at: now) { connection in
            let (signal, positions) = connection.expire(at: now)
            connection.forEach(positions) { pid in
                if !Processes.signalGroup(of: pid, signal) { outOfReach = pid }
            }
        }
        return outOfReach
    }

    /// Signals the process groups of all connections, because the gate ends.
    mutating func drain(with signal: Signal) {
        table.forEach { connection in
            connection.forEach(connection.drain(with: signal)) { Processes.signalGroup(of: $0, signal) }
        }
    }
}
