// The start of a gate, from its program's first line to the first accept. It opens what only the supervisor's user may
// open, then enters the sandbox, then rehearses a handler's start, so that a service that cannot be served says so
// before its first connection.
internal import Admission
package import LinuxSystem
internal import Messages
package import ProcessSetup
internal import Sandbox
internal import ServiceModel
package import Spawner

extension Gate where Starter == SpawnPlan, Polled == Poller {
    /// Runs a gate in a process that was started for it.
    package static func serve(_ setup: GateSetup) -> Never {
        serveUntilFault(setup)
        Processes.exit(1)
    }

    /// Returns when this gate cannot serve, or cannot go on serving, after it has reported why.
    private static func serveUntilFault(_ setup: GateSetup) {
        var gate: Gate
        do {
            // The name that ps(1) shows.
            try Processes.setName("gate \(setup.service.name)")
            try Processes.becomeSubreaper()
            gate = try Gate(setup)
        } catch {
            report(.failed("\(error)"), to: ChildEnd(adopting: setup.channel))
            return
        }
        if let problem = gate.rehearse(setup.service) {
            gate.link.report(.failed(problem))
            return
        }
        gate.link.report(.ready)
        gate.run()
    }

    private static func report(_ message: GateMessage, to supervisor: borrowing ChildEnd) {
        // If the supervisor has died, the main loop finds the channel closed, and drains.
        supervisor.offer(message.bytes)
    }

    init(_ setup: GateSetup) throws {
        let service = setup.service
        let signals = try SignalQueue([.child])
        let poller = try Poller()
        let null = try Startup.openNull()
        let children = try ChildList()
        let blockList = try SharedBytes(mapping: Descriptor(owning: setup.blockListNumber))
        let bans = try SharedBytes(mapping: Descriptor(owning: setup.bansNumber))
        let counters = try SharedCounters.ofGate(adopting: Descriptor(owning: setup.countersNumber))
        // Before the sandbox, in which the time zone files may be hidden.
        let openingHours = try OpeningHours(service.admission)
        try poller.add(signals.number, .signals)
        try poller.add(setup.channel.orders, .channel)
        // Before the user changes: a pipe belongs to the user that made it, and handlers must not be able to open it in
        // /proc.
        let pipe = try HandlerPipe()
        // The descriptor stays open until the gate ends.
        let nullNumber = null.release()
        let plan = try SpawnPlan(entering: setup.sandbox, log: pipe.writerNumber, null: nullNumber)
        // The lowest free number, so that no number below it is left when descriptors are short.
        let reserve = try Descriptor.duplicate(of: nullNumber)
        let waitLimit = try WaitLimit.prepared()
        let pid = Processes.ownPID
        self.init(
            poller: poller, counters: counters,
            link: SupervisorLink(ChildEnd(adopting: setup.channel)),
            listeners: Listeners(
                setup.listeners.map(Intake.connections), rate: service.limits.totalRate, null: nullNumber,
                reserve: reserve),
            admission: AdmissionControl(
                service, sourcePrefix: setup.sourcePrefix, blockList: blockList, bans: bans,
                openingHours: openingHours),
            preConnection: PreConnection(service, resolver: setup.resolver.map { FrameChannel(adopting: $0) }),
            running: RunningConnections(service, pid: pid),
            children: Children(plan, signals: signals, list: children, waitLimit: waitLimit),
            refusals: Refusals(service),
            journal: Journal(service, blockListFile: setup.blockListFile, pid: pid, pipe: pipe))
    }

    /// Returns why handlers could not be started, or nil.
    private mutating func rehearse(_ service: Service) -> String? {
        if let failure = children.starter.rehearse() {
            if failure.stage == "limits", let limit = ResourceLimit.aboveHardLimit(of: service.limits) {
                return limit
            }
            return "a handler cannot be started: stage \(failure.stage): \(failure.errno)"
        }
        // In a service with its own root, a bare name is looked up by a descriptor and not by this path.
        for program in service.programs where service.sandbox.root == nil || !program.command.isBare {
            let command = program.command
            if let errno = Files.executionProblem(command.path) {
                let isHidden = service.sandbox.privateTemporary != nil && errno == .noEntry
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

/// A child is cloned for each program, and waitid(2) tells of its end.
extension SpawnPlan: ProcessStarter {
    package func nextEnd() throws(SystemError) -> ProcessEnd? { try Processes.nextEnd() }
    package func reap(_ pid: Int32) throws(SystemError) { try Processes.reap(pid) }
}
