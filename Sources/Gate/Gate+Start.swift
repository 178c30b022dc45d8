// How a gate comes to be: from the fork to the first accept. What it needs as the supervisor's user it takes first; then the
// sandbox; then a rehearsal, so that a service which could not serve says so before its first connection.
internal import Admission
internal import LinuxSystem
internal import Messages
internal import Sandbox
internal import ServiceModel
internal import Spawner

extension Gate {
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

    init(_ setup: GateSetup) throws {
        let service = setup.service
        let signals = try SignalQueue([.child])
        let poller = try Poller()
        let null = try Startup.openNull()
        let children = try ChildList()
        let blockList = try SharedBytes(mapping: Descriptor(owning: setup.blockListNumber))
        let bans = try SharedBytes(mapping: Descriptor(owning: setup.bansNumber))
        // Before the sandbox: afterwards there may be no zones to read.
        let openingHours = try OpeningHours(service.admission)
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
        self.bans = BanView(bans)
        self.openingHours = openingHours
        penalties = service.admission.penalties.areNone ? nil : PenaltyTable(penalties: service.admission.penalties)
        lingering = LingeringSockets()
        phasePlan = PhasePlan(service)
        // And one for whoever is about to take the place of another one.
        pendingConnections = PendingConnections(capacity: service.waitingPlaces + 1)
        handlerQueue = HandlerQueue(capacity: max(service.waitingPlaces, 1))
        lists = ListCache(rules: service.admission.dnsbl, answersPerFamily: Self.rememberedAnswers(service))
        resolver = setup.resolver.map { MessageChannel(adopting: $0) }
        checks = GateChecks(service.admission.checks)
        peeked = [UInt8](repeating: 0, count: service.admission.upstreams.isEmpty ? 0 : ProxyHeader.mostBytes)
        serviceRate = ServiceRateLimit(service.limits.totalRate)
        self.reserve = consume reserve
        orphans = Orphans(children)
        let writer = pipe.writerNumber
        handlerLog = HandlerLog(pipe)
        // Its number lives on, until the gate ends.
        self.null = null.release()
        plan = SpawnPlan(
            service: service, limits: limits, log: writer, null: self.null,
            confinement: child)
        admission = Admission(service: service, sourcePrefix: setup.sourcePrefix)
        chain = FilterChain(
            inputFilters: service.inputFilters.count, outputFilters: service.outputFilters.count)
        connections = ConnectionTable(capacity: service.limits.connections, programs: chain.count)
    }

    /// As few as there can be, where there are no lists.
    private static func rememberedAnswers(_ service: Service) -> Int {
        service.admission.dnsbl.isEmpty ? 1 : ListCache.standardAnswers
    }

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
}
