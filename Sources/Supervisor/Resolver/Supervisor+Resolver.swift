// Starts the resolver for the first service with DNS block lists, connects gates with it, and starts it again when it
// dies. Without a resolver no list refuses a connection, and nothing else changes.
internal import Admission
internal import Control
internal import HostDefinition
internal import LinuxSystem
internal import Messages
internal import Resolver
internal import ServiceModel

extension Supervisor {
    /// The gate's end of a channel to the resolver, for a gate that is about to start. nil when the service has no
    /// lists, or when no resolver runs; the gate then gets the channel later.
    func resolverEnd(for service: Service, at now: Int64) throws(SystemError) -> FrameChannel? {
        guard !service.admission.dnsbl.isEmpty else { return nil }
        if resolver.process == nil, resolver.restart.at == nil { startResolver(at: now) }
        guard let process = resolver.process else { return nil }
        return try connect(service, to: process)
    }

    /// Connects a gate with the resolver.
    ///
    /// - Returns: the gate's end of the channel.
    private func connect(_ service: Service, to process: ResolverProcess) throws(SystemError) -> FrameChannel {
        let lists = ListCache.lists(of: service.admission.dnsbl)
        resolver.sendOrdersAt = 0
        return try FrameChannelPair().takeOne { process.addGate($0, lists: lists) }
    }

    private func startResolver(at now: Int64) {
        resolver.restart.cancel()
        do {
            let sandbox = try ResolverSetup.sandbox(state: settings.state, privilege: self.process.privilege)
            let number = loop.numbers.next()
            let channel = try ProcessChannel()
            // Before the fork, as for gates.
            try loop.poller.add(channel.parent.number, .child(number))
            let setup = ResolverSetup(sandbox: sandbox, servers: settings.nameServers, channel: channel.child.numbers)
            let pid = try Processes.fork(into: nil)
            if pid == 0 { Resolver.serve(setup) }
            let process = ResolverProcess(pid: pid, channel: channel.takeParentEnd(), startedAt: now)
            descendants.roster.add(.resolver(process), number)
            resolver.process = process
        } catch {
            let failure = ResolverFailure(.notStarted, message: "\(error)")
            retryResolver(because: failure, in: resolver.restart.failed(at: now))
        }
    }

    private func retryResolver(because failure: ResolverFailure, in wait: Duration) {
        resolver.failure = failure
        journal.resolverFailure(failure, retryIn: wait)
    }

    /// Starts a resolver, and gives every gate with lists a channel to it.
    private func replaceResolver(at now: Int64) {
        startResolver(at: now)
        guard let process = resolver.process else { return }
        for gate in askingGates() {
            do throws(SystemError) {
                let end = try connect(gate.definition.service, to: process)
                send(.resolver, to: gate, passing: end.numbers.all)
            } catch {
                journal.problem("gate_without_resolver", "pid \(gate.pid): \(error)")
            }
        }
    }

    /// Starts another resolver, because the name servers may have changed. It takes over, and the old one ends.
    func renewResolver(at now: Int64) {
        guard let old = resolver.process else { return }
        resolver.process = nil
        replaceResolver(at: now)
        endProcess(old)
    }

    private func endProcess(_ process: ResolverProcess) {
        _ = process.life.note(.dismissed)
        // A resolver keeps no state, so KILL loses nothing.
        Processes.signal(process.pid, .kill)
    }

    private func askingGates() -> [GateProcess] {
        allGates().filter { !$0.definition.service.admission.dnsbl.isEmpty }
    }

    /// Does what is due: starts a resolver again, and sends queued orders.
    func tendResolver(at now: Int64) {
        if resolver.restart.isDue(at: now) {
            if askingGates().isEmpty { resolver.restart.cancel() } else { replaceResolver(at: now) }
        }
        guard let process = resolver.process else { return }
        if askingGates().isEmpty {
            resolver.process = nil
            return endProcess(process)
        }
        guard let due = resolver.sendOrdersAt, now >= due else { return }
        do throws(SystemError) {
            resolver.sendOrdersAt = try process.sendOrders() ? nil : now + 10_000_000
        } catch {
            // The resolver has ended, and SIGCHLD follows.
            resolver.sendOrdersAt = nil
        }
    }

    /// Reads the reports of a resolver.
    func handleMessages(of process: ResolverProcess) throws(SystemError) {
        switch try process.channel.receive() {
        case .nothing: break
        case .malformed: resolverTalksNonsense(process)
        case .closed:
            // The resolver ends; SIGCHLD brings its status.
            if !process.isChannelClosed { try loop.poller.remove(process.channel.number) }
            process.isChannelClosed = true
        case .frame(let bytes):
            switch ResolverReport.read(bytes) {
            case .message(.ready):
                guard process.life.note(.ready) == .takeOver else { return }
                resolver.failure = nil
                journal.resolverReady(process)
            case .message(.failed(let reason)):
                note(.failed, of: process)
                if resolver.process === process { resolver.failure = ResolverFailure(.reported, message: reason) }
            case .unknown:
                // The program was replaced while it ran; the message asks for nothing.
                guard !process.hasSentUnknown else { return }
                process.hasSentUnknown = true
                journal.unknownMessage(bytes, of: "resolver", pid: process.pid, service: nil)
            case .nonsense: resolverTalksNonsense(process)
            }
        }
    }

    private func resolverTalksNonsense(_ process: ResolverProcess) {
        journal.problem("resolver_nonsense", "pid \(process.pid) says what no resolver says, and is killed")
        note(.nonsense, of: process)
    }

    /// Handles the end of a resolver: another one starts later, unless this one was told to end.
    func resolverEnded(_ process: ResolverProcess, _ end: ProcessEnd, at now: Int64) {
        // Dismissed: another one has its place, or none is needed.
        guard process.life.state != .leaving else { return }
        do throws(SystemError) {
            // Messages that it sent before its end.
            try handleMessages(of: process)
        } catch {
            journal.problem("resolver_unreachable", "\(error)")
        }
        resolver.process = nil
        journal.gateEnd("resolver_died", end, service: nil)
        retryResolver(
            because: resolver.failure ?? ResolverFailure(.ended), in: resolver.restart.died(process.life, at: now))
    }

    /// The state of the resolver, for `status`.
    func resolverStatus(at now: Int64) -> ResolverStatus {
        if let process = resolver.process { return .running(pid: Int(process.pid)) }
        guard let wait = resolver.restart.wait(at: now) else { return .unused }
        return .failed(resolver.failure ?? ResolverFailure(.ended), retryIn: wait)
    }
}
