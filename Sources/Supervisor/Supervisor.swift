// The process that is root: has the files read, holds every listening socket, starts the gates, and starts them again.
// Never reads a byte that a client sent. One thread, one loop, one wait. What it does on each event is in
// Supervisor+Gates, +GateEvents, +Reload, +Stop and +Orphans.
internal import Admission
internal import Control
package import HostDefinition
internal import EventLog
internal import Gate
internal import LinuxSystem
internal import Messages
internal import Sandbox
internal import ServiceModel

/// The supervisor, from start to the end of the last gate.
package final class Supervisor {
    var reading: DefinitionReading<ControlClient>
    let privilege: Privilege
    var settings: HostSettings
    var journal = Journal()
    var poller: Poller
    let signals: SignalQueue
    var blockList: BlockListFile
    /// The faults of the block list's file, because of which an older list is in force.
    var blockListFaults: [Problem] = []
    /// The faults of the other files at the last reading.
    var fileFaults: [Problem] = []
    var listeners = ListenerTable()
    var services: [String: WantedService] = [:]
    /// Gates that have stopped accepting.
    var draining: [GateProcess] = []
    var stop = Stop()
    var roster = Roster()
    var orphans: Orphans
    /// Whether children may have ended that are not reaped yet.
    var hasMoreEnds = false
    /// Made when the first service needs it.
    var emptyNetwork: EmptyNetwork?
    /// The readiness descriptor, until it was written to.
    var ready: Descriptor?
    private let lock: StateLock
    var control: ControlServer
    var bans: BanKeeper
    var filter = ListenerFilter()
    var resolver = ResolverState()
    /// Clients of `reload` that wait until it has taken effect, each with the faults of the files.
    var waitingForReload: [(client: ControlClient, faults: [Problem])] = []
    /// The counts of ended gates, by service.
    var pastCounts: [String: ServiceCounts] = [:]
    let startedAt = Clock.monotonicNanoseconds()
    /// Tokens of gates, resolvers and clients are greater than this one.
    static let firstToken: UInt64 = 1 << 32
    private var lastToken = firstToken

    enum Token {
        static let signals: UInt64 = 1
        static let blockList: UInt64 = 2
    }

    /// Reads all files, and starts the services that are sound.
    ///
    /// Errors: a fault because of which nothing can be served. No gate was started then.
    ///
    /// - Parameters:
    ///   - reader: the command that prints the definitions.
    ///   - readyNumber: an open descriptor that gets a line `SERVICE ADDRESS` for each open listener and is then
    ///     closed.
    package init(reader: DefinitionCommand, readyNumber: Int32?) throws(HostDefinitionError) {
        reading = DefinitionReading(reader)
        privilege = Privilege.current
        do throws(SystemError) {
            try Startup.secureDescriptors()
            try Startup.giveUpStreams()
            try SignalQueue.resetDispositions()
        } catch {
            throw HostDefinitionError(Problem(nil, message: "cannot start: \(error)"))
        }
        let definitions = try reader.definitions()
        settings = definitions.settings
        lock = try StateLock(definitions.settings.state)
        control = ControlServer(state: definitions.settings.state)
        blockList = try BlockListFile(path: definitions.settings.blockList)
        var noGroups: String?
        do throws(SystemError) {
            bans = try BanKeeper(state: definitions.settings.state, exempt: definitions.settings.exempt)
            try Processes.becomeSubreaper()
            signals = try SignalQueue([.hangUp, .interrupt, .terminate, .child])
            poller = try Poller()
            try poller.add(signals.number, token: Token.signals)
            var groups: ControlGroups?
            do throws(ControlGroups.Unavailable) {
                groups = try ControlGroups(pid: Processes.ownPID, claiming: .ownGroup)
            } catch {
                noGroups = error.description
            }
            orphans = try Orphans(groups: groups)
        } catch {
            throw HostDefinitionError(Problem(nil, message: "cannot start: \(error)"))
        }
        ready = readyNumber.map { Descriptor(owning: $0) }
        watchBlockList()
        journal.start(settings, privilege)
        journal.sandbox(orphans.groups, withoutGroups: noGroups)
        if let failure = lock.failure { journal.problem("no_lock", "\(failure); another supervisor is not kept away") }
        openControl(at: Clock.monotonicNanoseconds())
        restoreBans()
        applyKernelFilter(at: Clock.monotonicNanoseconds())
        journal.kernel(problem: filter.problem)
        apply(definitions, on: "configured")
    }

    /// Serves until a signal or a command stops it.
    ///
    /// - Returns: the exit status.
    package func run() -> Int32 {
        while true {
            do throws(SystemError) {
                try turn()
            } catch {
                journal.problem("supervisor_fault", "\(error)")
                return 1
            }
            if stop.isStopping, services.isEmpty, draining.isEmpty {
                tell(orphans.killAll())
                if bans.hasUnsaved { saveBans() }
                closeControl()
                journal.event("stopped")
                return 0
            }
        }
    }

    private func turn() throws(SystemError) {
        let ready = try poller.wait(timeoutNanoseconds: timeout())
        let now = Clock.monotonicNanoseconds()
        for index in 0..<ready {
            switch poller.token(at: index) {
            case Token.signals: try handleSignals(at: now)
            case Token.blockList: try rereadBlockList()
            case ControlServer.Token.socket: try acceptControl(at: now)
            case ControlServer.Token.file: tell(try control.fileChanged(at: now, &poller))
            case let token:
                switch roster.child(token: token) {
                case .gate(let gate): try handleMessages(of: gate, at: now)
                case .resolver(let process): try handleMessages(of: process)
                case .reader: reading.readOutput(&poller)
                case nil: if control.isClient(token) { answer(token, at: now) }
                }
            }
        }
        if hasMoreEnds { try reapChildren(at: now) }
        startWhatIsDue(at: now)
        endLateGates(at: now)
        tendResolver(at: now)
        tell(orphans.tend(at: now, sparing: roster))
        stopStep(at: now)
        reportReadiness()
        readFiles(at: now)
        tell(control.tend(at: now, &poller))
        endReloads()
        tendBans(at: now)
    }

    private func timeout() -> Int64? {
        if hasMoreEnds { return 0 }
        var deadline = [stop.deadline, orphans.deadline].compactMap { $0 }.min()
        for service in services.values {
            for next in [service.retryAt, service.starting?.reportBy] {
                if let next { deadline = min(deadline ?? next, next) }
            }
        }
        if let next = control.deadline { deadline = min(deadline ?? next, next) }
        let now = Clock.monotonicNanoseconds()
        if let next = reading.deadline { deadline = min(deadline ?? next, next) }
        if let next = resolverDeadline { deadline = min(deadline ?? next, next) }
        if let next = bans.deadline(at: now) { deadline = min(deadline ?? next, next) }
        return deadline.map { max($0 - now, 0) }
    }

    private func handleSignals(at now: Int64) throws(SystemError) {
        while let signal = try signals.next() {
            switch signal {
            case .hangUp: requestReload(by: nil)
            case .terminate, .interrupt: beginStop(graceNanoseconds: settings.drain.nanoseconds, at: now)
            default: try reapChildren(at: now)
            }
        }
    }

    func nextToken() -> UInt64 {
        lastToken += 1
        return lastToken
    }

    func allGates() -> [GateProcess] { roster.gates }

    func tell(_ notices: [Orphans.Notice]) {
        for notice in notices {
            switch notice {
            case .signalled(let count, let signal): journal.orphans(count: count, signal)
            case .left(let error): journal.problem("orphans_left", "\(error)")
            case .groupLeft(let error): journal.problem("group_left", "\(error)")
            }
        }
    }
}
