// The files are read again by a child, while the supervisor goes on with everything else.
// Promises that each request gets a reading that begins after it: a request while files are read waits for the next
// reading, and all requests of that time share it. One reading runs at a time, and ends within a time limit.
internal import HostDefinition
internal import LinuxSystem

/// The child that reads the files, and the clients that wait for what it finds.
struct DefinitionReading<Client>: ~Copyable {
    /// What a reading has found, and the clients that asked for it.
    struct Outcome {
        var definitions: Result<HostDefinition, HostDefinitionError>
        var clients: [Client]
    }

    private let command: DefinitionCommand
    private let withinNanoseconds: Int64
    private(set) var child: ReadingProcess?
    /// The clients of the reading that runs.
    private var clients: [Client] = []
    /// The clients of the next reading; nil when none is wanted.
    private var nextClients: [Client]?

    init(_ command: DefinitionCommand, withinNanoseconds: Int64 = DefinitionCommand.withinNanoseconds) {
        self.command = command
        self.withinNanoseconds = withinNanoseconds
    }

    /// Monotonic: when to call ``tend(at:_:number:)``; nil for never. The child has a deadline of its own.
    var deadline: Int64? { child == nil && nextClients != nil ? 0 : nil }

    /// The clients that wait for a reading.
    var clientCount: Int { clients.count + (nextClients?.count ?? 0) }

    /// Asks for a reading. It starts in the same turn, or when the present one has ended.
    mutating func request(by client: Client?) {
        nextClients = (nextClients ?? []) + [client].compactMap { $0 }
    }

    /// What ``tend(at:_:number:)`` has done.
    enum Step {
        case nothing
        /// A child was started, with this number.
        case started(ReadingProcess, number: UInt64)
        /// No child could be started.
        case failed(Outcome)
    }

    /// Starts the reading that is wanted, when none runs.
    ///
    /// - Parameter number: of a new child.
    mutating func tend(at now: Int64, _ poller: inout Poller, number: @autoclosure () -> UInt64) -> Step {
        guard child == nil, let wanted = nextClients else { return .nothing }
        nextClients = nil
        do throws(HostDefinitionError) {
            let number = number()
            let life = ChildLife(workingFrom: now, withinNanoseconds: withinNanoseconds)
            let child = ReadingProcess(try command.start(), life)
            self.child = child
            clients = wanted
            child.watch(&poller, number)
            return .started(child, number: number)
        } catch {
            return .failed(Outcome(definitions: .failure(error), clients: wanted))
        }
    }

    /// Reads what the child has printed.
    func readOutput(_ poller: inout Poller) { child?.read(&poller) }

    /// Handles the end of the child.
    ///
    /// - Returns: what it has found; nil if nobody wants that any more.
    mutating func ended(_ way: ProcessEnd.Way, _ poller: inout Poller) -> Outcome? {
        guard let child else { return nil }
        let clients = clients
        self.child = nil
        self.clients = []
        let found = child.finish(&poller)
        guard child.life.state != .leaving else { return nil }
        do throws(HostDefinitionError) {
            if let failure = child.failure { throw command.unreadable(failure) }
            let definitions = try command.definitions(in: CommandResult(output: found, end: way))
            return Outcome(definitions: .success(definitions), clients: clients)
        } catch {
            return Outcome(definitions: .failure(error), clients: clients)
        }
    }

    /// Ends the reading that runs, and wants no other.
    ///
    /// - Returns: the clients that get no outcome.
    mutating func cancel() -> [Client] {
        let all = clients + (nextClients ?? [])
        (clients, nextClients) = ([], nil)
        child?.cancel()
        return all
    }
}

/// The process that reads the files, from its start to its end.
final class ReadingProcess: StartedProcess {
    private var command: RunningCommand
    var life: ChildLife
    var sign: SignOfLife? = nil
    var flow = ReportFlow()
    /// Why it was killed.
    private(set) var failure: SystemError?
    private var isWatched = false

    init(_ command: consuming RunningCommand, _ life: ChildLife) {
        self.command = command
        self.life = life
    }

    var pid: Int32 { command.pid }

    func watch(_ poller: inout Poller, _ number: UInt64) {
        do throws(SystemError) {
            try poller.add(command.number, .child(number))
            isWatched = true
        } catch {
            fail(error)
        }
    }

    func read(_ poller: inout Poller) {
        do throws(SystemError) {
            try command.read()
            if command.isAtEnd { try unwatch(&poller) }
        } catch {
            fail(error)
        }
    }

    /// Reads the rest of what an ended child has printed. A process that it left behind may still have its output; that
    /// one's is not waited for.
    ///
    /// - Returns: everything that it has printed.
    func finish(_ poller: inout Poller) -> [UInt8] {
        do throws(SystemError) {
            while failure == nil, try command.read() {}
            try unwatch(&poller)
        } catch {
            // No signal: the pid is no longer this child's.
            failure = failure ?? error
        }
        return command.bytes
    }

    private func unwatch(_ poller: inout Poller) throws(SystemError) {
        guard isWatched else { return }
        isWatched = false
        try poller.remove(command.number)
    }

    /// Kills it, because of what has happened.
    func fail(_ error: SystemError, _ event: ChildLife.Event = .nonsense) {
        failure = failure ?? error
        if life.note(event) == .kill { Processes.signal(pid, .kill) }
    }

    func cancel() {
        _ = life.note(.dismissed)
        Processes.signal(pid, .kill)
    }
}
