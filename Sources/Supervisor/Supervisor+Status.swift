// The supervisor's report on itself and its services.
internal import Addresses
internal import Admission
internal import Control
internal import HostDefinition
internal import LinuxSystem
internal import Messages
internal import Sandbox
internal import ServiceModel

extension Supervisor {
    /// The state at this moment.
    func report() -> StatusReport {
        let now = Clock.monotonicNanoseconds()
        var report = StatusReport()
        report.pid = Int(Processes.ownPID)
        report.uptime = .nanoseconds(now - startedAt)
        if privilege == .ordinary { report.skipped = RootStep.allCases }
        report.limitations = Landlock.abi.limitations
        report.controlGroups = orphans.groups.map { $0.withoutControllers.map { .missing($0) } } ?? .noGroups
        report.blockListFile = blockList.path
        report.blockListEntries = blockList.entryCount
        report.bans = bans.active(at: now).count
        report.kernelFilter = filter.status
        report.resolver = resolverStatus(at: now)
        report.isStopping = stop.isStopping
        report.faults = blockListFaults + fileFaults
        report.services = services.values.map { status(of: $0, at: now) }
        let gone = draining.filter { services[$0.definition.service.name] == nil }
        report.services += gone.map { status(of: $0, .draining, at: now) }
        report.services.sort { $0.name < $1.name }
        return report
    }

    private func status(of service: WantedService, at now: Int64) -> ServiceStatus {
        var status = ServiceStatus()
        if let gate = service.serving ?? service.starting {
            status = self.status(of: gate, gate === service.serving ? .serving : .starting, at: now)
        } else {
            status.name = service.name
            status.state = .failing
            status.listen = service.definition.service.listen.map(\.description)
            status.limit = service.definition.service.limits.connections
        }
        status.file = service.definition.service.file
        status.failure = service.problem
        status.faults = service.faults
        status.retryIn = service.retryAt.map { .nanoseconds(max($0 - now, 0)) }
        for gate in draining where gate.definition.service.name == service.name { status.counts.add(counts(of: gate)) }
        if let past = pastCounts[service.name] { status.counts.add(past) }
        return status
    }

    private func status(of gate: GateProcess, _ state: ServiceStatus.State, at now: Int64) -> ServiceStatus {
        var status = ServiceStatus()
        status.name = gate.definition.service.name
        status.file = gate.definition.service.file
        status.state = state
        status.listen = gate.listeners.map(\.bound.description)
        status.gate = Int(gate.pid)
        status.uptime = .nanoseconds(now - gate.startedAt)
        status.limit = gate.definition.service.limits.connections
        status.counts = counts(of: gate)
        return status
    }

    /// The counts of a gate. Its handlers may have changed the memory, so each value is cut to 48 bits and used as a
    /// number only.
    func counts(of gate: GateProcess) -> ServiceCounts {
        var counts = ServiceCounts()
        for counter in GateCounter.allCases {
            counts[counter] = Int(clamping: gate.counters[counter] & 0xffff_ffff_ffff)
        }
        return counts
    }

    /// Adds the counts of an ended gate to those of its service, as long as the service exists.
    func remember(_ gate: GateProcess) {
        let name = gate.definition.service.name
        guard services[name] != nil else {
            pastCounts[name] = nil
            return
        }
        var counts = counts(of: gate)
        counts[.active] = 0
        counts[.waiting] = 0
        pastCounts[name, default: ServiceCounts()].add(counts)
    }
}
