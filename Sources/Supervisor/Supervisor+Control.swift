// Requests on the control socket, STATE/control. A client sends one message and gets one, each whole. The answer
// travels as sealed memory, so that sending it never waits, however long it is and however slow the client is.
internal import Control
internal import LinuxSystem
internal import Messages
internal import ServiceModel
internal import Wire

/// A program that has connected to the control socket.
final class ControlClient {
    let channel: MessageChannel
    /// The user, as the kernel reports it.
    let uid: UInt32
    let pid: Int32
    /// Monotonic: the time by which it must have sent its request.
    let askBy: Int64

    init(_ connection: consuming ControlConnection, askBy: Int64) {
        uid = connection.uid
        pid = connection.pid
        channel = connection.takeChannel()
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

    /// Removes the socket file, so that no client waits for a supervisor that has ended.
    func closeControl() {
        guard let socket = control.take() else { return }
        do throws(SystemError) {
            try socket.remove()
        } catch {
            logProblem("control_left", "\(settings.state)/control: \(error)")
        }
    }

    func acceptControl(at now: Int64) throws(SystemError) {
        while let connection = try nextClient() {
            // Beyond the limit, the connection closes at once.
            guard controlClients.count < Self.mostClients else { continue }
            let token = nextToken()
            try poller.add(connection.channel.number, token: token)
            controlClients[token] = ControlClient(connection, askBy: now + Self.askWithinNanoseconds)
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

    /// Reads a client's request and answers it. Each client sends one request; a client that waits for the supervisor's
    /// end keeps its connection.
    func answer(_ token: UInt64) {
        guard let client = controlClients.removeValue(forKey: token) else { return }
        do throws(SystemError) {
            guard case .message(let bytes, _) = try client.channel.receive() else { return }
            // A client that waits for an answer sends nothing more. Out of the poller, the end of its input cannot wake
            // the loop again and again.
            try poller.remove(client.channel.number)
            guard let request = ControlRequest(wireBytes: bytes) else {
                try send(.refused(.unknownRequest), to: client)
                return
            }
            // Requests that only read are not logged, so that a program that asks every ten seconds does not fill the
            // log.
            if request.changesSomething { logRequest("\(request)", of: client) }
            if let reply = handleRequest(request, of: client) { try send(reply, to: client) }
            if request == .drain || request == .stop { waitingForEnd.append(client) }
        } catch {
            // The client has closed its connection, so it needs no answer.
        }
    }

    /// Sends the answer to a client that has waited for it.
    func reply(_ reply: ControlReply, to client: ControlClient) {
        do throws(SystemError) {
            try send(reply, to: client)
        } catch {
            // The client has closed its connection, so it needs no answer.
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
            requestReload(by: client)
            return nil
        case .drain, .stop:
            let grace = request == .drain ? nil : settings.drain.nanoseconds
            beginStop(byCommandWithGrace: grace, at: Clock.monotonicNanoseconds())
            let active = draining.reduce(0) { $0 + counts(of: $1)[.active] }
            return .stopping(active: active)
        }
    }
}
