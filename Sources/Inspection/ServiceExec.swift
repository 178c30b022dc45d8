// `doorward exec`: runs one handler of a service on this terminal, in the sandbox and with the limits of its gate.
// This process waits; a child of it serves the connection, as Gate does in the foreground.
internal import Gate
internal import HostDefinition
internal import LinuxSystem
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
        if pid == 0 { serve(assessment, plan) }
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

    /// In the child: serves the connection, and says what kept a program from running.
    private static func serve(_ assessment: Assessment, _ sandbox: SandboxPlan) -> Never {
        func say(_ text: String) {
            StandardError.write("doorward exec: \(assessment.definition.service.name): \(text)")
        }
        do {
            let end = try Foreground.serve(
                ForegroundSetup(
                    sandbox: sandbox, peer: assessment.peer, local: assessment.local, rule: assessment.ruleIndex,
                    lists: assessment.matchingLists))
            for failure in end.failures { say("stage \(failure.stage): \(failure.errno)") }
            if let lack = end.lack { say("\(lack)") }
            if let filter = end.failedFilter { say("a filter has failed, with status \(filter.status)") }
            Processes.exit(end.status)
        } catch {
            say("\(error)")
        }
        Processes.exit(127)
    }
}

extension ForegroundEnd {
    /// The handler's status; 127 when a program could not be started, 1 when a filter failed.
    var status: Int32 {
        if lack != nil { return 127 }
        return failedFilter == nil ? handler?.status ?? 127 : 1
    }
}

extension ProcessEnd.Way {
    /// The exit status that a shell reports.
    var status: Int32 {
        switch self {
        case .exited(let status): status
        case .killed(let signal, _): 128 + signal.number
        }
    }
}
