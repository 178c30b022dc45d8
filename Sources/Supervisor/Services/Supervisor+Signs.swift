// Processes that do not answer: one that gives no sign of life is replaced, and a gate that keeps listening although
// another has its place is ended.
internal import HostDefinition
internal import LinuxSystem
internal import Messages
internal import ServiceModel

extension Supervisor {
    /// How often a gate that drains may miss an answer, five seconds each, before it is ended with its connections. It
    /// may only wait for the log, or for a machine that is short of memory.
    private static let mostMissed = 12

    /// Asks the processes that serve for signs of life, and replaces those that give none.
    func tendSigns(at now: Int64) {
        for child in descendants.roster.all {
            switch (child.started.sign?.tend(at: now), child) {
            case (nil, _), (.nothing, _), (_, .reader): break
            case (.ask, .gate(let gate)): send(.signOfLife, to: gate)
            case (.ask, .worker(let process)): askForSign(process)
            case (.silent(let times), .gate(let gate)): isSilent(gate, times, at: now)
            case (.silent(let times), .worker(let process)): isSilent(process, times, at: now)
            }
        }
    }

    private func isSilent(_ gate: GateProcess, _ times: Int, at now: Int64) {
        let name = gate.definition.service.name
        if times == 1 {
            journal.silent("gate_silent", pid: gate.pid, service: name)
            // A process of its user may have stopped it; then it answers, and drains when another one has its place.
            Processes.signal(gate.pid, .goOn)
        }
        if let service = services[name], service.serving === gate {
            // Again each time: the one before may have failed to start.
            if service.starting == nil { start(service, at: now) }
        } else if times >= Self.mostMissed {
            end(gate, because: "it drains, and gives no sign of life")
        }
    }

    /// Ends gates that go on listening although another one has their place.
    func endUnwillingGates(at now: Int64) {
        for (gate, step) in services.closingSteps(at: now) {
            switch step {
            case .wait: break
            case .ask:
                Processes.signal(gate.pid, .goOn)
                send(.signOfLife, to: gate)
            case .end: end(gate, because: "it did not stop accepting in time")
            }
        }
    }

    /// Processes that are named. An attacker may have started many.
    private static let mostNamed = 100

    /// Kills a gate, after the processes were named whose connections end with it.
    private func end(_ gate: GateProcess, because reason: String) {
        Processes.signal(gate.pid, .stop)
        let children = Processes.children(of: gate.pid)
        for child in children.prefix(Self.mostNamed) { journal.lost(process: child, of: gate) }
        journal.problem("gate_killed", "pid \(gate.pid): \(reason); its processes: \(children.count)")
        Processes.signal(gate.pid, .kill)
        if let group = gate.group { tell([Orphans.kill(group)].compactMap { $0 }) }
    }
}
