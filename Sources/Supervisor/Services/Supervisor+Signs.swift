// Processes that do not answer: one that gives no sign of life is replaced, and a gate that keeps listening although
// another has its place is ended.
internal import HostDefinition
internal import LinuxSystem
internal import Messages
internal import ServiceModel

extension Supervisor {
    /// Asks the processes that serve for signs of life, and replaces those that give none.
    func tendSigns(at now: Int64) {
        for child in descendants.roster.all {
            switch (child.started.sign?.tend(at: now), child) {
            case (nil, _), (.nothing, _), (_, .reader): break
            case (.ask, .gate(let gate)): send(.signOfLife, to: gate)
            case (.ask, .resolver(let process)): if resolver.process === process { resolver.askForSign() }
            case (.silent, .gate(let gate)): isSilent(gate, at: now)
            case (.silent, .resolver(let process)):
                journal.silent("resolver_silent", pid: process.pid, service: nil)
                if resolver.process === process { renewResolver(at: now) }
            }
        }
    }

    private func isSilent(_ gate: GateProcess, at now: Int64) {
        let name = gate.definition.service.name
        journal.silent("gate_silent", pid: gate.pid, service: name)
        // A process of its user may have stopped it; then it drains when another one has its place.
        Processes.signal(gate.pid, .goOn)
        if let service = services[name], service.serving === gate {
            if service.starting == nil { start(service, at: now) }
        } else {
            end(gate, because: "it drains, and gives no sign of life")
        }
    }

    /// Ends gates that go on listening although another one has their place.
    func endUnwillingGates(at now: Int64) {
        for gate in services.unwilling(at: now) {
            let seconds = GateProcess.closeWithinNanoseconds / 1_000_000_000
            end(gate, because: "it did not stop accepting within \(seconds) seconds")
        }
    }

    /// Kills a gate, after the handlers whose connections end with it were named.
    private func end(_ gate: GateProcess, because reason: String) {
        for handler in Processes.children(of: gate.pid) { journal.lost(handler: handler, of: gate) }
        journal.problem("gate_killed", "pid \(gate.pid): \(reason)")
        Processes.signal(gate.pid, .kill)
        if let group = gate.group { tell([Orphans.kill(group)].compactMap { $0 }) }
    }
}
