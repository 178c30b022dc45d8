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
            resolver.started(try makeResolver(at: now))
        } catch {
            tell(resolver.notStarted(error, at: now), of: .resolver)
        }
    }

    private func makeResolver(at now: Int64) throws -> WorkerProcess {
        let sandbox = try WorkerTask.resolver.sandbox(state: settings.state, privilege: process.privilege)
        let lines = try LogPipe(capacity: LogPipe.capacity)
        let linesNumber = lines.writerNumber
        let worker = try makeWorker(.resolver, at: now) { channel, passed in
            passed.errors = linesNumber
            let setup = ResolverSetup(
                sandbox: sandbox, servers: settings.nameServers, channel: passed.add(channel))
            return try process.programs.startResolver(setup, passed)
        }
        readLog(lines, of: .resolver(pid: worker.pid), pid: worker.pid)
        return worker
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
}
