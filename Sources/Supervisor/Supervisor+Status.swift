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
        report.uptime = .nanoseconds(now - process.startedAt)
        if process.privilege == .ordinary { report.skipped = RootStep.allCases }
        report.limitations = Landlock.abi.limitations
        let groups = descendants.orphans.groups
        report.controlGroups = groups.map { $0.withoutControllers.map { .missing($0) } } ?? .noGroups
        report.blockListFile = blockList.file.path
        report.blockListEntries = blockList.file.entryCount
        report.bans = bans.active(at: now).count
        report.kernelFilter = blockList.filter.status
        report.resolver = resolver.status(at: now)
        report.isStopping = process.stop.isStopping
        report.faults = blockList.faults + files.faults
        report.services = services.all.map { status(of: $0, at: now) }
        let gone = services.draining.filter { services[$0.definition.service.name] == nil }
        report.services += gone.map { status(of: $0, .draining, at: now) }
        report.services.sort { $0.name < $1.name }
        return report
    }

    private func status(of service: WantedService, at now: Int64) -> ServiceStatus {
        var status = ServiceStatus()
        if let gate = service.serving ?? service.starting {
            let isSilent = gate.sign?.isSilent == true
            status = self.status(
                of: gate, gate === service.serving ? (isSilent ? .silent : .serving) : .starting, at: now)
        } else {
            status.name = service.name
            status.state = .failing
            status.listen = service.definition.service.listen.map(\.description)
            status.limit = service.definition.service.limits.connections
        }
        status.file = service.definition.service.file
        status.failure = service.problem
        status.faults = service.faults
        status.retryIn = service.restart.wait(at: now)
        status.counts.add(services.formerCounts(of: service.name))
        status.draining = services.draining.filter { $0.definition.service.name == service.name }.map { gate in
            ServiceStatus.DrainingGate(
                pid: Int(gate.pid), active: gate.counts[.active], uptime: .nanoseconds(now - gate.life.startedAt))
        }
        return status
    }

    private func status(of gate: GateProcess, _ state: ServiceStatus.State, at now: Int64) -> ServiceStatus {
        var status = ServiceStatus()
        status.name = gate.definition.service.name
        status.file = gate.definition.service.file
        status.state = state
        status.listen = gate.listeners.map(\.bound.description)
        status.gate = Int(gate.pid)
        status.uptime = .nanoseconds(now - gate.life.startedAt)
        status.limit = gate.definition.service.limits.connections
        status.counts = gate.counts
        return status
    }
}
