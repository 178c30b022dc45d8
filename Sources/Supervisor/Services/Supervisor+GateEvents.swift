// The reports of gates, and the consequences of their ends.
internal import Control
internal import HostDefinition
internal import LinuxSystem
internal import Messages
internal import ServiceModel

extension Supervisor {
    private static let messagesAtOnce = 16

    /// Reads the reports of a gate.
    func handleMessages(of gate: GateProcess, at now: Int64) throws(SystemError) {
        // A limited number at once, so that one gate does not delay the others. The next turn reads the rest.
        for _ in 0..<Self.messagesAtOnce {
            guard try mayRead(.gate(gate), at: now) else { return }
            switch try gate.channel.receive() {
            case .nothing: return
            case .closed:
                // The gate ends; SIGCHLD brings its status.
                return try stopReading(.gate(gate))
            case .malformed: return try gateTalksNonsense(gate)
            case .frame(let bytes):
                gate.sign?.heard(at: now)
                switch GateMessage.read(bytes) {
                case .unknown:
                    // The program was replaced while it ran, or an attacker controls the gate. In either case the
                    // message asks for nothing, and the gate may have live connections.
                    guard !gate.flow.hasSentUnknown else { continue }
                    gate.flow.hasSentUnknown = true
                    journal.unknownMessage(bytes, of: "gate", pid: gate.pid, service: gate.definition.service.name)
                case .message(let message) where handleMessage(message, of: gate, at: now): break
                case .message, .nonsense: return try gateTalksNonsense(gate)
                }
            }
        }
        loop.hasUnread = true
    }

    /// A gate handles untrusted input, so an attacker may control it. The supervisor handles its end like any other
    /// gate's.
    private func gateTalksNonsense(_ gate: GateProcess) throws(SystemError) {
        journal.problem("gate_nonsense", "pid \(gate.pid) says what no gate says, and is killed")
        note(.nonsense, of: gate)
        // What is left in its pipe would wake the loop, and be logged, again and again until the gate is reaped.
        try stopReading(.gate(gate))
    }

    /// - Returns: whether this gate may send this message.
    private func handleMessage(_ message: GateMessage, of gate: GateProcess, at now: Int64) -> Bool {
        switch message {
        case .ready: if gate.life.note(.ready) == .takeOver { takeOver(gate, at: now) }
        case .failed(let reason):
            gate.failure = reason
            note(.failed, of: gate)
        case .offence(let prefix, let offence): return handleBanReport(offence, of: prefix, from: gate, at: now)
        case .alive: break
        case .closed: gate.closing = nil
        case .hits(let hits): bans.addHits(hits, at: now)
        case .sourceStatus(let number, let sourceStatus): handleSourceStatus(sourceStatus, number: number, from: gate)
        }
        return true
    }

    /// Handles the report that a gate accepts. Only now may the gate that it replaces drain.
    private func takeOver(_ gate: GateProcess, at now: Int64) {
        gate.sign = SignOfLife(at: now)
        guard let service = services[gate.definition.service.name], service.starting === gate else { return }
        let replaced = service.serving
        service.serving = gate
        service.starting = nil
        service.problem = nil
        if let replaced { startDrain(replaced, at: now) }
        services.closeUnwantedListeners()
        for open in gate.listeners {
            do throws(SystemError) {
                try open.listener.setOptions(gate.definition.service.socket)
            } catch {
                journal.problem("options_failed", "\(open.bound): \(error) [socket]")
            }
        }
        journal.ready(gate)
    }

    /// Drains a gate: it ends when its handlers have. If no service wants its sockets any more, the gate first accepts
    /// the clients in their queues, because closing a listening socket resets these.
    ///
    /// - Parameter isConflicting: whether a new address needs the sockets closed at once all the same.
    func startDrain(_ gate: GateProcess, isConflicting: Bool = false, at now: Int64) {
        let given = gate.listeners
        gate.giveUpListeners()
        services.drain(gate)
        let wanted = services.wantedListeners
        if !isConflicting, !given.isEmpty, !given.contains(where: { open in wanted.contains { $0 === open } }) {
            stopHandshakes(given)
            // A gate at its limit serves the queue for as long as its connections last.
            send(.queueFlush, to: gate)
        } else {
            gate.closing = GateClosing(at: now)
        }
        send(.drain(graceNanoseconds: nil), to: gate)
    }

    private static let mostEndsAtOnce = 64

    /// Reaps children, and orphans of gates that have died.
    func reapChildren(at now: Int64) throws(SystemError) {
        loop.hasMoreEnds = true
        // A limited number at once: orphans that fork and end without pause would keep the supervisor from all its
        // other work.
        for _ in 0..<Self.mostEndsAtOnce {
            guard let end = try Processes.nextEnd() else {
                loop.hasMoreEnds = false
                return
            }
            // While the pid is still its own: what it sent last may be a reason to kill it.
            if case .worker(let process)? = descendants.roster.child(pid: end.pid) { readLast(of: process, at: now) }
            try Processes.reap(end.pid)
            log.sourceEnded(end.pid)
            switch descendants.roster.remove(pid: end.pid) {
            case .gate(let gate):
                gateEnded(gate, end, at: now)
                setBackListeners(of: gate, at: now)
            case .worker(let process): workerEnded(process, end, at: now)
            case .reader:
                if let outcome = files.reading.ended(end.way, &loop.poller) { reload(with: outcome, at: now) }
            case nil: break
            }
        }
    }

    private func gateEnded(_ gate: GateProcess, _ end: ProcessEnd, at now: Int64) {
        descendants.orphans.end(gate.group)
        for client in control.queries.ended(gate: gate.pid) { client.reply(.refused(.gateUnreachable)) }
        let name = gate.definition.service.name
        switch gate.life.note(.ended) {
        case .startFailed:
            if let service = services[name] { failedToStart(service, gate, at: now) }
            return
        case .died:
            if let service = services[name] { died(service, gate, at: now) }
            journal.gateEnd("gate_died", end, service: name)
        case .done, .nothing, .kill, .takeOver: journal.gateEnd("gate_ended", end, service: name)
        }
        services.ended(gate)
        tell(descendants.terminateOrphans(at: now))
    }

    private func died(_ service: WantedService, _ gate: GateProcess, at now: Int64) {
        service.serving = nil
        if service.starting == nil { service.restart.died(gate.life, at: now) }
    }

    private func failedToStart(_ service: WantedService, _ gate: GateProcess, at now: Int64) {
        let reason = gate.failure ?? unreadFailure(of: gate) ?? "it ended without a report"
        var problem = ServiceProblem(reason: reason, of: gate.definition)
        service.starting = nil
        if let serving = service.serving {
            // The new definition cannot be served, so the old one stays in force.
            service.definition = serving.definition
            service.listeners = serving.listeners
            services.closeUnwantedListeners()
            problem.isOldInForce = true
            service.problem = problem
            journal.startFailure(service, problem.description, retryIn: nil)
        } else {
            service.problem = problem
            journal.startFailure(service, reason, retryIn: service.restart.failed(at: now))
        }
    }

    /// The failure that an ended gate had reported, from messages that were not read before it ended. A report that it
    /// was ready means nothing any more.
    private func unreadFailure(of gate: GateProcess) -> String? {
        do throws(SystemError) {
            for _ in 0..<Self.messagesAtOnce {
                switch try gate.channel.receive() {
                case .nothing, .closed, .malformed: return nil
                case .frame(let bytes):
                    if case .failed(let reason) = GateMessage(bytes) { return reason }
                }
            }
        } catch {
            journal.problem("gate_unreachable", "pid \(gate.pid): \(error)")
        }
        return nil
    }
}
