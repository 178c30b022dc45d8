// Starts the resolver for the first service with DNS block lists, connects gates with it, and starts it again when it
// dies.
internal import Admission
internal import HostDefinition
internal import LinuxSystem
internal import Messages
internal import ProcessSetup
internal import ServiceModel

extension Supervisor {
    /// The gate's end of a channel to the resolver, for a gate that is about to start. nil when the service has no
    /// lists, or when no resolver runs; the gate then gets the channel later.
    func resolverEnd(for service: Service, at now: Int64) throws(SystemError) -> FrameChannel? {
        guard !service.admission.dnsbl.isEmpty else { return nil }
        if resolver.isMissing { startResolver(at: now) }
        return try resolver.connect(lists: ListCache.lists(of: service.admission.dnsbl))
    }

    private func startResolver(at now: Int64) {
        resolver.cancelRestart()
        do {
            let sandbox = try ResolverSetup.sandbox(state: settings.state, privilege: process.privilege)
            let number = loop.numbers.next()
            let channel = try ProcessChannel()
            // Before the start, as for gates.
            try loop.poller.add(channel.parent.number, .child(number))
            var passed = SetupDescriptors()
            let setup = ResolverSetup(
                sandbox: sandbox, servers: settings.nameServers, channel: passed.add(channel.child.numbers))
            let pid = try process.programs.startResolver(setup, passed)
            let started = WorkerProcess(pid: pid, channel: channel.takeParentEnd(), startedAt: now)
            descendants.roster.add(.resolver(started), number)
            resolver.started(started)
        } catch {
            tell(resolver.notStarted(error, at: now))
        }
    }

    private func tell(_ notice: WorkerKeeper.Notice?) {
        switch notice {
        case nil: break
        case .ready(let pid): journal.resolverReady(pid: pid)
        case .notStarted(let failure, let wait), .died(let failure, let wait):
            journal.resolverFailure(failure, retryIn: wait)
        case .unknown(let bytes):
            journal.unknownMessage(bytes, of: "resolver", pid: resolver.process?.pid ?? 0, service: nil)
        }
    }

    /// Starts a resolver, and gives every gate with lists a channel to it.
    private func replaceResolver(at now: Int64) {
        startResolver(at: now)
        for gate in askingGates() {
            let lists = ListCache.lists(of: gate.definition.service.admission.dnsbl)
            do throws(SystemError) {
                guard let end = try resolver.connect(lists: lists) else { return }
                send(.resolver, to: gate, passing: end.numbers.all)
            } catch {
                journal.problem("gate_without_resolver", "pid \(gate.pid): \(error)")
            }
        }
    }

    /// Starts another resolver, because the name servers may have changed. It takes over, and the old one ends.
    func renewResolver(at now: Int64) {
        guard let old = resolver.dismiss() else { return }
        replaceResolver(at: now)
        // A resolver keeps no state, so KILL loses nothing.
        Processes.signal(old.pid, .kill)
    }

    private func askingGates() -> [GateProcess] {
        allGates().filter { !$0.definition.service.admission.dnsbl.isEmpty }
    }

    /// Does what is due: starts a resolver again, ends one that no gate needs, and sends queued orders.
    func tendResolver(at now: Int64) {
        guard resolver.process != nil || resolver.isRestartDue(at: now) else { return }
        let isNeeded = !askingGates().isEmpty
        if resolver.isRestartDue(at: now) {
            if isNeeded { replaceResolver(at: now) } else { resolver.cancelRestart() }
        }
        if !isNeeded, let old = resolver.dismiss() { Processes.signal(old.pid, .kill) }
        resolver.sendOrders(at: now)
    }

    /// Reads the reports of a resolver.
    func handleMessages(of process: WorkerProcess, at now: Int64) throws(SystemError) {
        guard try mayRead(.resolver(process), at: now) else { return }
        switch try process.channel.receive() {
        case .nothing: break
        case .closed:
            // The resolver ends; SIGCHLD brings its status.
            try stopReading(.resolver(process))
        case .malformed: try resolverTalksNonsense(process)
        case .frame(let bytes):
            process.sign?.heard(at: now)
            let (notice, isNonsense) = resolver.report(bytes, of: process)
            tell(notice)
            if case .ready? = notice { process.sign = SignOfLife(at: now) }
            if isNonsense { try resolverTalksNonsense(process) }
        }
    }

    private func resolverTalksNonsense(_ process: WorkerProcess) throws(SystemError) {
        journal.problem("resolver_nonsense", "pid \(process.pid) says what no resolver says, and is killed")
        note(.nonsense, of: process)
        // As for gates.
        try stopReading(.resolver(process))
    }

    private static let lastMessages = 16

    /// Reads what a resolver sent before its end.
    func readLast(of process: WorkerProcess, at now: Int64) {
        do throws(SystemError) {
            for _ in 0..<Self.lastMessages { try handleMessages(of: process, at: now) }
        } catch {
            journal.problem("resolver_unreachable", "\(error)")
        }
    }

    func resolverEnded(_ process: WorkerProcess, _ end: ProcessEnd, at now: Int64) {
        guard let notice = resolver.ended(process, at: now) else { return }
        journal.gateEnd("resolver_died", end, service: nil)
        tell(notice)
    }
}
