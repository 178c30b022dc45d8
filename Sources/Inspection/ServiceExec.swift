// `doorward exec`: runs one handler of a service on this terminal, in the sandbox and with the limits of its gate.
// This process waits; a child of it takes the steps of a gate, and then those of a handler.
internal import HostDefinition
internal import LinuxSystem
internal import Messages
internal import Sandbox
internal import ServiceModel
internal import Spawner

/// The reason why no handler ran.
package struct ServiceExecError: Error, CustomStringConvertible {
    package let description: String
}

package enum ServiceExec {
    /// Runs the handler to its end.
    ///
    /// - Returns: the handler's exit status; 128 and the signal's number when a signal killed it.
    package static func run(_ assessment: Assessment) throws(ServiceExecError) -> Int32 {
        if let reason = assessment.refusalReason {
            throw ServiceExecError(description: "refused: \(reason.sentence) (\(reason.origin)) [\(reason.remedy)]")
        }
        do {
            return try runAdmitted(assessment)
        } catch {
            throw ServiceExecError(description: "\(error)")
        }
    }

    private static func runAdmitted(_ assessment: Assessment) throws -> Int32 {
        let service = assessment.definition.service
        let privilege = Privilege.current
        let network = SandboxPlan.wantsEmptyNetwork(service, with: privilege) ? try EmptyNetwork() : nil
        let groups = try groupsIfAny()
        let group = try groups?.makeGroup(service.name, limits: service.limits)
        let networkNumber: Int32? =
            switch network {
            case .some(let network): network.descriptor.number
            case .none: nil
            }
        let plan = SandboxPlan(
            service: service,
            credentials: try DynamicUsers.credentials(
                of: service, state: assessment.settings.state, privilege: privilege),
            privilege: privilege, emptyNetwork: networkNumber, group: group?.path)
        try Processes.becomeSubreaper()
        try SignalQueue.resetDispositions()
        let signals = try SignalQueue([.hangUp, .interrupt, .terminate, .child])
        let pid = try Processes.fork(into: group?.number)
        if pid == 0 { become(assessment, plan) }
        let end = try wait(for: pid, signals)
        // Processes that the handler has left end with it, as they do in a service.
        Processes.signalGroup(of: pid, .kill)
        try Processes.reap(pid)
        try ChildList().killAll()
        try group?.kill()
        _ = group?.isRemoved()
        groups?.remove()
        return end.status
    }

    private static func groupsIfAny() throws -> ControlGroups? {
        do throws(ControlGroups.Unavailable) {
            return try ControlGroups(pid: Processes.ownPID, claiming: .subgroup)
        } catch {
            // The supervisor does the same: without control groups gates run without them, and its log says so.
            return nil
        }
    }

    /// Waits for the end of a process. An interrupt ends it as a drain does: with TERM, and the next one with KILL.
    private static func wait(for pid: Int32, _ signals: borrowing SignalQueue) throws(SystemError) -> ProcessEnd.Way {
        var poller = try Poller()
        try poller.add(signals.number, token: 0)
        var isEnding = false
        while true {
            _ = try poller.wait(timeoutNanoseconds: nil)
            while let signal = try signals.next() {
                if signal == .child { continue }
                Processes.signalGroup(of: pid, isEnding ? .kill : .terminate)
                isEnding = true
            }
            while let end = try Processes.nextEnd() {
                if end.pid == pid { return end.way }
                try Processes.reap(end.pid)
            }
        }
    }

    /// In the child: takes the steps of a gate before its first accept, and those of a handler before its first
    /// instruction.
    private static func become(_ assessment: Assessment, _ sandbox: SandboxPlan) -> Never {
        let service = assessment.definition.service
        do {
            try Startup.closeAll(but: [sandbox.emptyNetwork].compactMap { $0 })
            let null = try Startup.openNull().release()
            let hasFilters = service.chain(rule: assessment.ruleIndex).count > 1
            if hasFilters { try Processes.startSession() }
            let limits = ResourceLimit.all(of: service.limits, with: sandbox.privilege)
            let child = try Sandbox.enter(sandbox)
            var plan = SpawnPlan(
                service: service, limits: limits, log: 2, null: null,
                confinement: child)
            if hasFilters {
                let signals = try SignalQueue([.child, .terminate])
                var chain = try ExecChain(service, plan: plan, signals: signals)
                Processes.exit(try chain.run(rule: assessment.ruleIndex, facts: assessment.facts))
            }
            if let failure = plan.become(rule: assessment.ruleIndex, facts: assessment.facts) {
                StandardError.write("doorward exec: \(service.name): stage \(failure.stage): \(failure.errno)")
            }
        } catch {
            StandardError.write("doorward exec: \(service.name): \(error)")
        }
        Processes.exit(127)
    }
}

extension Assessment {
    /// The facts of a connection by this client at this moment: no port, the first connection of its source.
    var facts: ConnectionFacts {
        let id = ConnectionID(pid: Processes.ownPID, number: 1)
        var facts = ConnectionFacts(peer: peer, local: local, sourceCount: 1, id: id)
        facts.lists = live?.sourceStatus?.matches ?? 0
        return facts
    }
}
