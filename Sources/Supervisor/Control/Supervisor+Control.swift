// What the supervisor does on each request.
internal import Control
internal import LinuxSystem
internal import Messages
internal import ServiceModel

extension Supervisor {
    /// Makes the control socket.
    func openControl(at now: Int64) {
        if let error = control.open(at: now, &loop.poller) { logUnserved(error) }
    }

    func closeControl() {
        if let error = control.close() { journal.problem("control_left", "\(control.path): \(error)") }
    }

    func acceptControl(at now: Int64) {
        let numbers = loop.numbers
        tell(control.accept(at: now, &loop.poller, number: numbers.next))
    }

    func tell(_ notice: ControlServer.Notice?) {
        switch notice {
        case nil: break
        case .unserved(let error): logUnserved(error)
        case .paused(let error): journal.problem("control_paused", "\(control.path): \(error); commands wait")
        case .restored:
            journal.problem("control_restored", "\(control.path): the socket was lost, and is made again")
            if let problem = process.lock.renew() { logUnlocked(problem) }
            // The file of the bans may have been lost with the socket.
            saveBans()
        }
    }

    func logUnlocked(_ problem: String) {
        journal.problem("no_lock", "\(problem); another supervisor is not kept away")
    }

    private func logUnserved(_ error: SystemError) {
        journal.problem("no_control", "\(control.path): \(error); status, reload, drain and stop are not served")
    }

    /// Reads a client's request and answers it. A client that waits for the supervisor's end keeps its connection.
    func answer(_ number: UInt64, at now: Int64) {
        guard let asked = control.request(of: number, &loop.poller) else { return }
        let client = asked.client
        guard let request = asked.request else { return client.reply(.refused(.unknownRequest)) }
        // Requests that only read are not logged, so that a program that asks every ten seconds does not fill the log.
        if request.changesSomething { journal.request("\(request)", of: client) }
        let reply = handleRequest(request, of: client, at: now)
        if let reply { client.reply(reply) }
        if case .stopping? = reply { control.keepUntilEnd(client) }
    }

    /// - Returns: the answer; nil when it comes later.
    private func handleRequest(_ request: ControlRequest, of client: ControlClient, at now: Int64) -> ControlReply? {
        switch request {
        case .status: return .status(report())
        case .block(let prefix, let reason, let length): return block(prefix, reason: reason, length: length, at: now)
        case .unblock(let prefix): return unblock(prefix, at: now)
        case .blocked: return blocked(at: now)
        case .sourceStatus(let service, let asker): return sourceStatus(of: asker, in: service, for: client, at: now)
        case .reload:
            guard !process.stop.isStopping else { return .refused(.stopping) }
            guard !files.isFull else { return .refused(.tooMany) }
            requestReload(by: client)
            return nil
        case .drain, .stop:
            guard control.mayKeep() else { return .refused(.tooMany) }
            let grace = request == .drain ? nil : settings.drain.nanoseconds
            beginStop(byCommandWithGrace: grace, at: now)
            let active = services.draining.reduce(0) { $0.saturatingSum($1.counts[.active]) }
            return .stopping(active: active)
        }
    }

    /// Asks a gate for the status of a source.
    ///
    /// - Returns: the answer; nil when it comes later.
    private func sourceStatus(
        of asker: Client, in service: String, for client: ControlClient, at now: Int64
    ) -> ControlReply? {
        guard let gate = services[service]?.serving else { return .refused(.notServed(service: service)) }
        guard !control.queries.isFull else { return .refused(.tooMany) }
        let number = control.queries.nextNumber()
        guard send(.sourceStatus(number, asker), to: gate) else { return .refused(.gateUnreachable) }
        control.queries.add(number, to: gate.pid, for: client, at: now)
        return nil
    }

    /// Passes a gate's answer on to the client that waits for it. An answer that comes too late is ignored.
    func handleSourceStatus(_ status: SourceStatus, number: UInt32, from gate: GateProcess) {
        control.queries.answered(number, by: gate.pid)?.reply(.sourceStatus(status))
    }
}
