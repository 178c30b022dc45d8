// The process that is root: has the files read, holds every listening socket, starts the gates and starts them again.
// Never reads a byte that a client sent. One thread, one loop, one wait; what it does on each occasion is in
// Supervisor+Gates, +Reload, +Stop and +Orphans.
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
    let reader: DefinitionCommand
    let privilege: Privilege
    var settings: HostSettings
    var log = EventLog()
    var poller: Poller
    let signals: SignalQueue
    var blockList: BlockListFile
    /// Why the block list in force is an older one.
    var blockListFaults: [Problem] = []
    /// Of the other files, as they were last read.
    var fileFaults: [Problem] = []
    var listeners = ListenerTable()
    var services: [String: WantedService] = [:]
    /// Gates that accept no more.
    var draining: [GateProcess] = []
    var stop = Stop()
    /// nil where there are none to be had, and the log says why.
    let groups: ControlGroups?
    /// Of gates that have ended, but not everybody in them.
    var endedGroups: [ControlGroup] = []
    /// Whether children may have ended that were not reaped yet.
    var hasMoreEnds = false
    /// Made when the first service wants it.
    var emptyNetwork: EmptyNetwork?
    let children: ChildList
    /// Monotonic: when what gates left behind gets KILL.
    var killOrphansAt: Int64?
    /// The caller's descriptor, until it was told.
    var ready: Descriptor?
    /// Where requests come in; nil where that cannot be, and the log says why.
    var control: ControlSocket?
    var controlClients: [UInt64: ControlClient] = [:]
    /// Those who asked for the end: they see it when their connection ends.
    var waitingForEnd: [ControlClient] = []
    var bans: BanTable
    /// What the gates have of them.
    var banList: SharedBytes
    var banCoalescer = ChangeCoalescer()
    var banLogBudget = LogBudget.refusals
    var kernel = KernelState()
    var resolver = ResolverState()
    /// Those who asked for a reload that has not taken effect yet, with its faults.
    var waitingForReload: [(client: ControlClient, faults: [Problem])] = []
    /// By the number that the gate was asked with.
    var pendingQueries: [UInt32: PendingQuery] = [:]
    var lastQuery: UInt32 = 0
    /// Monotonic: when to write the bans down.
    var saveBansAt: Int64?
    let banFile: BanFile
    /// What ended gates have counted, by service.
    var pastCounts: [String: ServiceCounts] = [:]
    let startedAt = Clock.monotonicNanoseconds()
    /// Gates' tokens come after this one.
    static let firstToken: UInt64 = 1 << 32
    private var lastToken = firstToken

    enum Token {
        static let signals: UInt64 = 1
        static let blockList: UInt64 = 2
        static let control: UInt64 = 3
    }

    /// Reads everything, and starts what is sound.
    ///
    /// Errors: what keeps everything from being served; nothing was started then.
    ///
    /// - Parameters:
    ///   - reader: prints the definitions.
    ///   - readyNumber: an open descriptor that gets a line `SERVICE ADDRESS` for each open listener and is then closed.
    package init(reader: DefinitionCommand, readyNumber: Int32?) throws(HostDefinitionError) {
        self.reader = reader
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
        blockList = try BlockListFile(path: definitions.settings.blockList)
        bans = BanTable(exempt: definitions.settings.exempt)
        banFile = BanFile(state: definitions.settings.state)
        do throws(SystemError) {
            banList = try SharedBytes(sealing: SealedBans.empty, name: "bans")
            try Processes.becomeSubreaper()
            signals = try SignalQueue([.hangUp, .interrupt, .terminate, .child])
            poller = try Poller()
            try poller.add(signals.number, token: Token.signals)
            children = try ChildList()
        } catch {
            throw HostDefinitionError(Problem(nil, message: "cannot start: \(error)"))
        }
        var noGroups: String?
        do throws(ControlGroups.Unavailable) {
            groups = try ControlGroups(pid: Processes.ownPID, claiming: .ownGroup)
        } catch {
            groups = nil
            noGroups = error.description
        }
        ready = readyNumber.map { Descriptor(owning: $0) }
        watchBlockList()
        logStart()
        logSandbox(withoutGroups: noGroups)
        openControl()
        restoreBans()
        applyKernelFilter(at: Clock.monotonicNanoseconds())
        logKernel()
        apply(definitions, on: "configured")
    }

    /// Serves until it is told to stop.
    ///
    /// - Returns: the exit status.
    package func run() -> Int32 {
        while true {
            do throws(SystemError) {
                try turn()
            } catch {
                logProblem("supervisor_fault", "\(error)")
                return 1
            }
            if stop.isStopping, services.isEmpty, draining.isEmpty {
                killAllOrphans()
                groups?.remove()
                if saveBansAt != nil { saveBans() }
                closeControl()
                logEvent("stopped")
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
            case Token.control: try acceptControl(at: now)
            case let token:
                if controlClients[token] != nil {
                    answer(token)
                } else if try !handleResolverMessages(token) {
                    try handleGateMessages(token, at: now)
                }
            }
        }
        if hasMoreEnds { try reapGates(at: now) }
        startWhatIsDue(at: now)
        endLateGates(at: now)
        tendResolver(at: now)
        killOrphans(at: now)
        stopStep(at: now)
        reportReadiness()
        dropSilentClients(at: now)
        expireQueries(at: now)
        endReloads()
        tendBans(at: now)
    }

    private func timeout() -> Int64? {
        if hasMoreEnds { return 0 }
        var deadline = [stop.deadline, killOrphansAt].compactMap { $0 }.min()
        for service in services.values {
            for next in [service.retryAt, service.starting?.reportBy] {
                if let next { deadline = min(deadline ?? next, next) }
            }
        }
        for client in controlClients.values { deadline = min(deadline ?? client.askBy, client.askBy) }
        let now = Clock.monotonicNanoseconds()
        if let next = queriesDeadline { deadline = min(deadline ?? next, next) }
        if let next = resolverDeadline { deadline = min(deadline ?? next, next) }
        if let next = bansDeadline(at: now) { deadline = min(deadline ?? next, next) }
        return deadline.map { max($0 - now, 0) }
    }

    private func handleSignals(at now: Int64) throws(SystemError) {
        while let signal = try signals.next() {
            switch signal {
            case .hangUp: _ = reload()
            case .terminate, .interrupt: beginStop(graceNanoseconds: settings.drain.nanoseconds, at: now)
            default: try reapGates(at: now)
            }
        }
    }

    func nextToken() -> UInt64 {
        lastToken += 1
        return lastToken
    }

    func allGates() -> [GateProcess] {
        services.values.flatMap { [$0.serving, $0.starting].compactMap { $0 } } + draining
    }
}
