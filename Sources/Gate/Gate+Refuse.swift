// The actions of a refusal: close, reset, send a message first, or let the client wait. Nothing here waits or starts a
// process.
internal import Addresses
internal import Admission
internal import LinuxSystem
internal import Messages
internal import ServiceModel

extension Gate {
    /// The time that a peer has to read its message and close.
    private static let lingerNanoseconds: Int64 = 2_000_000_000
    private static let tarpitNanoseconds: Int64 = 60_000_000_000

    mutating func refuse(_ connection: consuming AcceptedConnection, _ refusal: Refusal, at now: Int64) {
        let peer = connection.peer
        let action = action(of: refusal)
        setup.counters.increment(.refused(refusal.cause))
        journal.logRefusal(refusal, peer: peer, action, bans: bans.table, at: now)
        charge(refusal, to: peer, at: now)
        let socket = connection.takeDescriptor()
        switch action {
        case .close: break
        case .message(let text): sendThenLinger(from: socket, saying: text, at: now)
        case .reset:
            // A failure is ignored: a socket that cannot be reset is closed.
            socket.resetAtClose()
        case .tarpit:
            _ = lingering.linger(socket, until: now + Self.tarpitNanoseconds)
        }
    }

    /// Adds the cost of a refusal to its peer: a hit of its ban, penalty points, or a ban.
    private mutating func charge(_ refusal: Refusal, to peer: Peer, at now: Int64) {
        switch refusal {
        case .ban(let ban):
            bans.hits.add(ban.index)
            bans.reportHitsAt = bans.reportHitsAt ?? now + Self.hitsIntervalNanoseconds
        case .plain(.sensor): report(.sensor, of: peer, at: now)
        case .sourceLimit, .plain(.sourceRate), .plain(.displaced): penalize(peer, for: .limit, at: now)
        case .plain(.noData), .plain(.firstByte):
            if setup.service.admission.start == .data { penalize(peer, for: .noData, at: now) }
        default: break
        }
    }

    private func action(of refusal: Refusal) -> RefusalAction {
        switch refusal {
        // The peer has closed, so it can neither read a message nor wait.
        case .plain(.noData), .proxyHeader(.cut): .close
        default:
            refusal.actionOfRule(setup.service.access, setup.service.admission.dnsbl)
                ?? setup.service.admission.refusal
        }
    }

    /// Sends the message, and closes when the peer has closed. An earlier close could reset the connection before the
    /// peer reads the message. Source: RFC 1122 4.2.2.13.
    private mutating func sendThenLinger(from socket: consuming Descriptor, saying text: String, at now: Int64) {
        guard socket.sendAtOnce(text.utf8.span), socket.endOutput() else { return }
        let number = socket.number
        guard let place = lingering.linger(socket, until: now + Self.lingerNanoseconds) else { return }
        do throws(SystemError) {
            try poller.add(number, token: PollToken.lingering(place).bits)
        } catch {
            lingering.close(place)
        }
    }

    /// Discards input of a lingering socket, and closes it when its peer has closed.
    mutating func readLingering(_ number: Int) {
        if !lingering.drain(number) { lingering.close(number) }
    }

    mutating func closeLingering(at now: Int64) { lingering.clear(at: now) }
}
