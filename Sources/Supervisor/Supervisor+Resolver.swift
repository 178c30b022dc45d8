// Starting the resolver when the first service has DNS block lists, making gates known to it, and starting it again when it
// dies. Without it nobody is refused by a list, and nothing else changes.
internal import Admission
internal import Control
internal import HostDefinition
internal import LinuxSystem
internal import Messages
internal import Resolver
internal import ServiceModel

extension Supervisor {
    /// The gate's end of a channel to the resolver, for a gate that is about to be started; nil when it has no lists, or when
    /// there is no resolver: then it gets one later.
    func resolverEnd(for service: Service, at now: Int64) throws(SystemError) -> MessageChannel? {
        guard !service.admission.dnsbl.isEmpty else { return nil }
        if resolver.process == nil, resolver.retryAt == nil { startResolver(at: now) }
        guard let process = resolver.process else { return nil }
        return try introduce(service, to: process)
    }

    /// - Returns: the gate's end.
    private func introduce(_ service: Service, to process: ResolverProcess) throws(SystemError) -> MessageChannel {
        let lists = ListCache.lists(of: service.admission.dnsbl)
        resolver.tellAt = 0
        return try MessageChannel.pair().takeGateEnd { process.introduce($0, lists: lists) }
    }

    private func startResolver(at now: Int64) {
        resolver.retryAt = nil
        do {
            let sandbox = try ResolverSetup.sandbox(state: settings.state, privilege: privilege)
            let token = nextToken()
            let pair = try MessageChannel.pair()
            // Before the fork, as for gates.
            try poller.add(pair.supervisor.number, token: token)
            let setup = ResolverSetup(sandbox: sandbox, servers: settings.nameServers, channel: pair.gate.number)
            let pid = try Processes.fork(into: nil)
            if pid == 0 { Resolver.serve(setup) }
            resolver.process = ResolverProcess(
                pid: pid, token: token, channel: pair.takeSupervisorEnd(),
                provenAt: now + GateProcess.reportWithinNanoseconds)
        } catch {
            retryResolver(because: ResolverFailure(.notStarted, message: "\(error)"), at: now)
        }
    }

    private func retryResolver(because failure: ResolverFailure, at now: Int64) {
        let wait = resolver.backoff.failed()
        resolver.failure = failure
        resolver.retryAt = now + wait.nanoseconds
        logResolverFailure(failure, retryIn: wait)
    }

    /// Starts one, and hands it to every gate that asks: the first, or another in the place of one that was.
    private func replaceResolver(at now: Int64) {
        startResolver(at: now)
        guard let process = resolver.process else { return }
        for gate in askingGates() {
            do throws(SystemError) {
                let end = try introduce(gate.definition.service, to: process)
                send(.resolver, to: gate, passing: end.number)
            } catch {
                logProblem("gate_without_resolver", "pid \(gate.pid): \(error)")
            }
        }
    }

    /// The name servers may be others: another resolver takes over, and then the old one goes.
    func renewResolver(at now: Int64) {
        guard let old = resolver.process else { return }
        resolver.process = nil
        replaceResolver(at: now)
        endProcess(old)
    }

    private func endProcess(_ process: ResolverProcess) {
        resolver.ending.append(process)
        // It keeps nothing, so nothing is lost.
        Processes.signal(process.pid, .kill)
    }

    private func askingGates() -> [GateProcess] {
        allGates().filter { !$0.definition.service.admission.dnsbl.isEmpty }
    }

    /// Goes on with what is due.
    func tendResolver(at now: Int64) {
        if let due = resolver.retryAt, now >= due {
            if askingGates().isEmpty { resolver.retryAt = nil } else { replaceResolver(at: now) }
        }
        guard let process = resolver.process else { return }
        if askingGates().isEmpty {
            resolver.process = nil
            return endProcess(process)
        }
        guard let due = resolver.tellAt, now >= due else { return }
        do throws(SystemError) {
            resolver.tellAt = try process.tell() ? nil : now + 10_000_000
        } catch {
            // It is gone, and SIGCHLD is on its way.
            resolver.tellAt = nil
        }
    }

    /// Reads what the resolver reports.
    ///
    /// - Returns: whether it was the resolver's channel.
    func handleResolverMessages(_ token: UInt64) throws(SystemError) -> Bool {
        let all = [resolver.process].compactMap { $0 } + resolver.ending
        guard let process = all.first(where: { $0.token == token }) else { return false }
        switch try process.channel.receive() {
        case .nothing: break
        case .closed:
            // It ends; SIGCHLD says how.
            if !process.isChannelClosed { try poller.remove(process.channel.number) }
            process.isChannelClosed = true
        case .message(let bytes, _):
            switch ResolverReport(bytes) {
            case .ready:
                resolver.failure = nil
                logResolverReady(process)
            case .failed(let reason): resolver.failure = ResolverFailure(.reported, message: reason)
            case nil:
                logProblem("resolver_nonsense", "pid \(process.pid) says what no resolver says, and is killed")
                Processes.signal(process.pid, .kill)
            }
        }
        return true
    }

    /// A child has ended: starts another resolver later, when it was this one.
    ///
    /// - Returns: whether it was a resolver.
    func resolverEnded(_ end: ProcessEnd, at now: Int64) -> Bool {
        if let index = resolver.ending.firstIndex(where: { $0.pid == end.pid }) {
            resolver.ending.remove(at: index)
            return true
        }
        guard let process = resolver.process, process.pid == end.pid else { return false }
        do throws(SystemError) {
            // What it said before.
            _ = try handleResolverMessages(process.token)
        } catch {
            logProblem("resolver_unreachable", "\(error)")
        }
        if now >= process.provenAt { resolver.backoff.succeeded() }
        resolver.process = nil
        logGateEnd("resolver_died", end, service: nil)
        retryResolver(because: resolver.failure ?? ResolverFailure(.ended), at: now)
        return true
    }

    /// Monotonic: when ``tendResolver(at:)`` has something to do; nil for never.
    var resolverDeadline: Int64? { [resolver.retryAt, resolver.tellAt].compactMap { $0 }.min() }

    /// For `status`.
    func resolverStatus(at now: Int64) -> ResolverStatus {
        if let process = resolver.process { return .running(pid: Int(process.pid)) }
        guard let retryAt = resolver.retryAt else { return .unused }
        return .failed(
            resolver.failure ?? ResolverFailure(.ended), retryIn: .nanoseconds(max(retryAt - now, 0)))
    }

    /// Processes that are no gates and no orphans.
    var resolverPIDs: [Int32] { ([resolver.process].compactMap { $0 } + resolver.ending).map(\.pid) }
}
