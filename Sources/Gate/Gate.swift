// The process of one service: accepts, admits, spawns, reaps and logs, with no more rights than the handlers it starts.
// One thread, one loop, one wait. Never returns to the supervisor's code that it was forked from: it ends by exit.
// The phases of a connection are in Gate+Accept.swift, Gate+Lobby.swift and Gate+Reap.swift, its way out in
// Gate+Drain.swift.
internal import Admission
internal import EventLog
internal import LinuxSystem
internal import Sandbox
internal import ServiceModel
internal import Spawner

/// A gate, from the fork to its end.
package struct Gate: ~Copyable {
    let setup: GateSetup
    let lifetimeNanoseconds: Int64?
    let pid: Int32
    let channel: MessageChannel
    let signals: SignalQueue
    var poller: Poller
    var log = EventLog()
    var plan: SpawnPlan
    var admission: Admission
    var connections: ConnectionTable
    /// The programs of a connection, none of them started.
    let chain: ProcessChain
    var blockList: SharedBytes
    var bans: SharedBytes
    var banHits: BanHits
    /// Monotonic: when to tell the supervisor what the bans refused.
    var tellHitsAt: Int64?
    /// nil when the service gives points for nothing.
    var penalties: PenaltyTable?
    var offenceBudget = TokenBucket(at: 0)
    var pace: TotalPace
    var doors: Doors
    var parking: ParkingPlaces
    let lobbyRules: LobbyRules
    var lobby: Lobby
    /// Those in the lobby who wait for nothing but a handler.
    var waitingRoom: WaitingRoom
    /// What DNS block lists have said.
    var lists: ListCache
    /// Who asks them; nil: nobody does.
    var resolver: MessageChannel?
    var checkCache: CheckCache
    var checkRuns: CheckRuns
    /// Whether somebody waits for a check to be started.
    var isCheckDue = false
    /// For looking at PROXY headers.
    var peeked: [UInt8]
    /// What is said to those who are refused.
    let denyMessage: [UInt8]
    var throttle = Throttle()
    var drain = Drain()
    /// While the listeners are about to close.
    var lastCall: LastCall?
    let null: Int32
    let handlerPipe: HandlerPipe
    var handlerLines = HandlerLines()
    var handlerLogBudget = LogBudget.handlers
    var refusalBudget = LogBudget.refusals
    var handlerBytes = [UInt8](repeating: 0, count: 16384)
    let children: ChildList
    /// Monotonic: when to look for what handlers that have ended left behind.
    var sweepAt: Int64?
    var sweepBudget = SweepBudget()
    /// Orphans that have changed their user: this gate cannot end them, its supervisor does when the gate is gone.
    var outOfReach: Set<Int32> = []
    /// Whether children may have ended that were not reaped yet.
    var hasMoreEnds = false
    /// Held so that one more connection can be taken when no descriptor is left.
    var reserve: Descriptor?
    /// Accepted and admitted, but not all of its processes could be made yet.
    var stalled: StartingConnection?
    var isListening = false
    var hasListeners = true
    var lastNumber: UInt64 = 0

    enum Token {
        static let signals: UInt64 = 1 << 32
        static let channel: UInt64 = 2 << 32
        static let handlerLog: UInt64 = 3 << 32
        static let parking: UInt64 = 4 << 32
        static let resolver: UInt64 = 5 << 32
        /// The last, because guests have numbers without end.
        static let lobby: UInt64 = 6 << 32
    }

    /// Runs a gate in a process that was just forked for it.
    package static func serve(_ setup: GateSetup) -> Never {
        serveUntilFault(setup)
        Processes.exit(1)
    }

    /// Returns when this gate cannot serve, or not any more, and has said why.
    private static func serveUntilFault(_ setup: GateSetup) {
        var gate: Gate
        do {
            let passed = [setup.sandbox.emptyNetwork, setup.resolver].compactMap { $0 }
            try Startup.closeAll(
                but: setup.listeners.map(\.number) + [setup.channel, setup.blockListNumber, setup.bansNumber] + passed)
            // What `ps` shows.
            try Processes.setName("gate \(setup.service.name)")
            try Processes.becomeSubreaper()
            gate = try Gate(setup)
        } catch {
            report(.failed("\(error)"), to: MessageChannel(adopting: setup.channel))
            return
        }
        if let problem = gate.rehearse() {
            report(.failed(problem), to: gate.channel)
            return
        }
        report(.ready, to: gate.channel)
        gate.run()
    }

    private static func report(_ message: GateMessage, to channel: borrowing MessageChannel) {
        do throws(SystemError) {
            try channel.send(message.bytes)
        } catch {
            // The supervisor is gone. The loop finds the channel closed and drains.
        }
    }

    private init(_ setup: GateSetup) throws {
        let service = setup.service
        let signals = try SignalQueue([.child])
        let poller = try Poller()
        let null = try Startup.openNull()
        let children = try ChildList()
        let blockList = try SharedBytes(mapping: Descriptor(owning: setup.blockListNumber))
        let bans = try SharedBytes(mapping: Descriptor(owning: setup.bansNumber))
        let banCount = Self.count(of: bans)
        // Before the sandbox: afterwards there may be no zones to read.
        let doors = try Doors(service.admission)
        try poller.add(signals.number, token: Token.signals)
        try poller.add(setup.channel, token: Token.channel)
        if let number = setup.resolver { try poller.add(number, token: Token.resolver) }
        // Before the user changes: a pipe belongs to who made it, and handlers are not to open its other end.
        let pipe = try HandlerPipe()
        try poller.add(pipe.readerNumber, token: Token.handlerLog)
        // Who waits has a descriptor; the standard is a thousand of them for a process.
        if service.waitingPlaces > 0 { try ProcessLimits.raise(ProcessLimits.files) }
        let limits = ResourceLimit.all(of: service.limits, with: setup.sandbox.privilege)
        let child = try Sandbox.enter(setup.sandbox)
        let reserve = try Descriptor.duplicate(of: null.number)
        self.setup = setup
        lifetimeNanoseconds = service.limits.lifetime.value?.nanoseconds
        pid = Processes.ownPID
        channel = MessageChannel(adopting: setup.channel)
        self.signals = signals
        self.poller = poller
        self.blockList = blockList
        banHits = BanHits(bans: banCount)
        self.bans = bans
        self.doors = doors
        penalties = service.admission.penalties.areNone ? nil : PenaltyTable(penalties: service.admission.penalties)
        parking = ParkingPlaces()
        lobbyRules = LobbyRules(service)
        // And one for whoever is about to take the place of another one.
        lobby = Lobby(capacity: service.waitingPlaces + 1)
        waitingRoom = WaitingRoom(capacity: max(service.waitingPlaces, 1))
        lists = ListCache(rules: service.admission.dnsbl, answersPerFamily: Self.rememberedAnswers(service))
        resolver = setup.resolver.map { MessageChannel(adopting: $0) }
        let checks = service.admission.checks
        checkCache = CheckCache(
            holds: checks.cache.nanoseconds, sourcesPerFamily: checks.programs.isEmpty ? 1 : CheckCache.standardSources)
        checkRuns = CheckRuns(capacity: Checks.atOnce)
        peeked = [UInt8](repeating: 0, count: service.admission.upstreams.isEmpty ? 0 : ProxyHeader.mostBytes)
        pace = TotalPace(service.limits.totalRate)
        denyMessage = Array(service.admission.refusal.message.utf8)
        self.reserve = consume reserve
        self.children = children
        handlerPipe = pipe
        // Its number lives on, until the gate ends.
        self.null = null.release()
        plan = SpawnPlan(
            service: service, limits: limits, log: handlerPipe.writerNumber, null: self.null,
            confinement: child)
        admission = Admission(service: service, sourcePrefix: setup.sourcePrefix)
        chain = ProcessChain(
            inputFilters: service.inputFilters.count, outputFilters: service.outputFilters.count)
        connections = ConnectionTable(capacity: service.limits.connections, programs: chain.count)
    }

    /// As few as there can be, where there are no lists.
    private static func rememberedAnswers(_ service: Service) -> Int {
        service.admission.dnsbl.isEmpty ? 1 : ListCache.standardAnswers
    }

    static func count(of bans: borrowing SharedBytes) -> Int { BanList.count(of: bans.bytes) }

    /// Why handlers could not be started, or nil.
    private mutating func rehearse() -> String? {
        if let failure = plan.rehearse() {
            if failure.stage == "limits", let limit = ResourceLimit.aboveHardLimit(of: setup.service.limits) {
                return limit
            }
            return "a handler cannot be started: stage \(failure.stage): \(failure.errno)"
        }
        // A bare name in a service with a root of its own is looked up by a descriptor, not by this path.
        for program in setup.service.programs where setup.service.sandbox.root == nil || !program.command.isBare {
            let command = program.command
            if let errno = Files.executionProblem(command.path) {
                let isHidden = setup.service.sandbox.privateTemporary != nil && errno == .noEntry
                if isHidden, ["/tmp/", "/var/tmp/"].contains(where: command.path.hasPrefix) {
                    return "\(program.key) '\(command.path)' is hidden by the service's own /tmp [private_tmp]"
                }
                return
                    "\(program.key) '\(command.path)' cannot be executed by uid \(Accounts.effectiveUser): \(errno); "
                    + "it and every directory above it must let that user through"
            }
        }
        return nil
    }

    private mutating func run() {
        do throws(SystemError) {
            try listenOrNot()
            while true { try turn() }
        } catch {
            // Nothing that a peer or a handler does gets here. The supervisor starts another gate.
            logFault(error)
            exit(1)
        }
    }

    /// Ends this process at once: children may be on their way to exec in memory that is ours. Not inlined, so that nothing of
    /// the gate is taken apart before, as Swift would do with what is not used any more.
    @inline(never)
    borrowing func exit(_ status: Int32) -> Never { Processes.exit(status) }

    private mutating func turn() throws(SystemError) {
        let ready = try poller.wait(timeoutNanoseconds: timeout())
        let now = Clock.monotonicNanoseconds()
        // The supervisor first: who connects after a block list was said to be in force is judged by it, whatever order epoll
        // reports the two in.
        for index in 0..<ready where poller.token(at: index) == Token.channel { try obeySupervisor(at: now) }
        var sawListener = false
        for index in 0..<ready {
            switch poller.token(at: index) {
            case Token.channel: break
            case Token.signals: try reapHandlers(at: now)
            case Token.resolver: try hearResolver(at: now)
            case Token.handlerLog: try relayHandlerLog(at: now)
            case let guest where guest >= Token.lobby: try wake(guest - Token.lobby, at: now)
            case let parked where parked >= Token.parking: leaveParking(Int(parked - Token.parking))
            case let listener:
                sawListener = true
                acceptFrom(setup.listeners[Int(listener)])
            }
        }
        if hasMoreEnds { try reapHandlers(at: now) }
        try endLastCall(isQuiet: isListening && !sawListener && ready < poller.mostAtOnce, at: now)
        throttle.resumeIfDue(at: now)
        if throttle.until == nil { startStalled(at: now) }
        try endPhases(at: now)
        try endHandlers(at: now)
        tendChecks(at: now)
        try serveWaiting(at: now)
        try sweepOrphans(at: now)
        logSuppressedLines(at: now)
        logSuppressedRefusals(at: now)
        clearParking(at: now)
        tellHits(at: now)
        setup.counters[.active] = UInt64(connections.count)
        setup.counters[.waiting] = UInt64(lobby.count)
        try listenOrNot()
        closeListeners()
        try endIfDrained(at: now)
    }

    /// Listeners are in the poll set only while a connection could be served, or let into the lobby: at the service's limit,
    /// while throttled and while draining, connections wait in the listen queue and cost nothing.
    private mutating func listenOrNot() throws(SystemError) {
        let isWanted = mayAccept(at: Clock.monotonicNanoseconds())
        guard isWanted != isListening else { return }
        for (index, listener) in setup.listeners.enumerated() {
            if isWanted {
                try poller.add(listener.number, token: UInt64(index))
            } else {
                try poller.remove(listener.number)
            }
        }
        isListening = isWanted
    }

    /// A draining gate gives its copies of the listening sockets up, so that nothing but the supervisor holds them.
    private mutating func closeListeners() {
        guard hasListeners, drain.isDraining, !isEmptyingQueues else { return }
        for listener in setup.listeners { _ = Descriptor(owning: listener.number) }
        hasListeners = false
        logClosed()
    }

    private func timeout() -> Int64? {
        if hasMoreEnds { return 0 }
        let own = earlier(earlier(throttle.until, connections.nextLook), earlier(drain.deadline, sweepAt))
        let reports = earlier(earlier(handlerLogBudget.reportAt, refusalBudget.reportAt), tellHitsAt)
        let now = Clock.monotonicNanoseconds()
        let wait = pace.wait(at: now)
        let hasWaiting = waitingRoom.count > 0
        if hasWaiting, mayServe(at: now) { return 0 }
        let paced = wait > 0 && (!drain.isDraining || isEmptyingQueues || hasWaiting) ? now + wait : nil
        let waits = earlier(earlier(parking.deadline, lobby.deadline), checkRuns.deadline)
        let closing = isListening ? lastCall?.settledAt : nil
        let deadline = earlier(earlier(own, reports), earlier(earlier(paced, waits), closing))
        return deadline.map { max($0 - now, 0) }
    }
}

/// The earlier of two times, where nil is never.
func earlier(_ first: Int64?, _ second: Int64?) -> Int64? {
    guard let first, let second else { return first ?? second }
    return min(first, second)
}
