// Requests by the control socket, STATE/control: one message in, one out, each whole. What is answered travels as sealed memory,
// so that however long it is and however slow the client, writing it never waits.
internal import Control
internal import LinuxSystem
internal import Messages
internal import ServiceModel
internal import Wire

/// Somebody who has connected to the control socket.
final class ControlClient {
    let channel: MessageChannel
    /// By the kernel's word.
    let uid: UInt32
    let pid: Int32
    /// Monotonic: when it must have asked.
    let askBy: Int64

    init(_ caller: consuming ControlConnection, askBy: Int64) {
        uid = caller.uid
        pid = caller.pid
        channel = caller.takeChannel()
        self.askBy = askBy
    }
}

extension Supervisor {
    private static let mostClients = 16
    private static let askWithinNanoseconds: Int64 = 5_000_000_000

    func openControl() {
        do throws(SystemError) {
            try Files.makeDirectory(settings.state, mode: 0o711)
            let socket = try ControlSocket(path: settings.state + "/control")
            try poller.add(socket.number, token: Token.control)
            control = consume socket
        } catch {
            logProblem(
                "no_control", "\(settings.state)/control: \(error); status, reload, drain and stop are not served")
        }
    }

    /// Nobody is to wait for a supervisor that is gone.
    func closeControl() {
        guard let socket = control.take() else { return }
        do throws(SystemError) {
            try socket.remove()
        } catch {
            logProblem("control_left", "\(settings.state)/control: \(error)")
        }
    }

    func acceptControl(at now: Int64) throws(SystemError) {
        while let caller = try nextClient() {
            // Those who are too many find the end.
            guard controlClients.count < Self.mostClients else { continue }
            let token = nextToken()
            try poller.add(caller.channel.number, token: token)
            controlClients[token] = ControlClient(caller, askBy: now + Self.askWithinNanoseconds)
        }
    }

    private func nextClient() throws(SystemError) -> ControlConnection? {
        switch control {
        case .some(let socket): return try socket.accept()
        case .none: return nil
        }
    }

    func dropSilentClients(at now: Int64) {
        controlClients = controlClients.filter { now < $0.value.askBy }
    }

    /// Reads what a client asks, and answers. A client asks once; one that asked to be told of the end keeps its connection.
    func answer(_ token: UInt64) {
        guard let client = controlClients.removeValue(forKey: token) else { return }
        do throws(SystemError) {
            guard case .message(let bytes, _) = try client.channel.receive() else { return }
            // Who waits for an answer, or for our end, has no more to say, and its own end is not to wake us all the time.
            try poller.remove(client.channel.number)
            guard let request = ControlRequest(wireBytes: bytes) else {
                try send(.refused(.unknownRequest), to: client)
                return
            }
            // Who looks every ten seconds is not to fill the log.
            if request.changesSomething { logRequest("\(request)", of: client) }
            if let reply = handleRequest(request, of: client) { try send(reply, to: client) }
            if request == .drain || request == .stop { waitingForEnd.append(client) }
        } catch {
            // The client is gone, and its answer with it.
        }
    }

    /// Answers somebody who has waited for it.
    func reply(_ reply: ControlReply, to client: ControlClient) {
        do throws(SystemError) {
            try send(reply, to: client)
        } catch {
            // The client is gone, and its answer with it.
        }
    }

    private func send(_ reply: ControlReply, to client: ControlClient) throws(SystemError) {
        let memory = try SharedBytes(sealing: reply.wireBytes, name: "control reply")
        try client.channel.send([1], passing: memory.descriptor.number)
    }

    /// - Returns: the answer; nil when it comes later.
    private func handleRequest(_ request: ControlRequest, of client: ControlClient) -> ControlReply? {
        switch request {
        case .status: return .status(report())
        case .block(let prefix, let reason, let length):
            return block(prefix, reason: reason, length: length, at: Clock.monotonicNanoseconds())
        case .unblock(let prefix): return unblock(prefix, at: Clock.monotonicNanoseconds())
        case .blocked: return blocked(at: Clock.monotonicNanoseconds())
        case .sourceStatus(let service, let asker):
            return sourceStatus(of: asker, in: service, for: client, at: Clock.monotonicNanoseconds())
        case .reload:
            guard !stop.isStopping else { return .refused(.stopping) }
            waitingForReload.append((client, reload()))
            return nil
        case .drain, .stop:
            let grace = request == .drain ? nil : settings.drain.nanoseconds
            beginStop(byCommandWithGrace: grace, at: Clock.monotonicNanoseconds())
            let active = draining.reduce(0) { $0 + counts(of: $1)[.active] }
            return .stopping(active: active)
        }
    }
}
