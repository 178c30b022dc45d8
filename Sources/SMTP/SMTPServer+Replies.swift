// Saying a reply: when it goes out, what it counts as, and whether the session goes on after it.
// Source: RFC 5321 7.8 for what a server may do about a client that makes errors only.
import HandlerKit

extension SMTPServer where Policy: ~Copyable {
    /// Sends a reply; one that is an error counts, comes late after many, and is the last one after too many.
    mutating func send(_ reply: consuming Reply, on connection: inout Connection) throws(ConnectionError) {
        let (limits, timeouts) = (session.configuration.limits, session.configuration.timeouts)
        if reply.code.isPermanent { errors += 1 }
        if errors >= limits.errors, !reply.closes {
            log(.problems, "too many errors") { $0.add("limit", limits.errors) }
            reply = .tooManyErrors
        } else if errors > limits.errorsBeforeDelay && reply.code.isPermanent {
            connection.pause(for: timeouts.errorDelay)
        }
        log(.commands, "reply") { $0.add("code", reply.code.number) }
        if reply.closes { isClosing = true }
        try reply.write(to: &connection)
    }

    /// One more command that brings no mail forward.
    mutating func countIdleCommand() {
        idleCommands += 1
        if idleCommands > session.configuration.limits.idleCommands { errors += 1 }
    }

    /// Says, if the peer can still hear it, why the session ends.
    func sendLastReply(for error: ConnectionError, on connection: inout Connection) throws(ConnectionError) {
        switch error.abortReason {
        case .timeout: try Reply.timeout.write(to: &connection)
        case .terminated: try Reply.terminated.write(to: &connection)
        default: return
        }
        try connection.flush()
    }
}

extension SMTPTimeouts {
    /// The least rate of a message, measured over twice the longest silence that is allowed: a pause is up to the other limits.
    var leastRate: MinimumRate? {
        let seconds = Int(max(dataStart.components.seconds, dataBlock.components.seconds)) * 2 + 2
        let octets = octetsPerMinute * seconds / 60
        return octets > 0 ? .bytes(octets, per: .seconds(seconds)) : nil
    }
}

extension ConnectionError {
    /// What this error means for a message.
    var abortReason: AbortReason {
        switch self {
        case .idleLimitPassed, .deadlinePassed, .tooSlow: .timeout
        case .terminated: .terminated
        case .peerIsGone, .endedEarly, .reading, .writing, .shuttingDown: .peerIsGone
        }
    }
}

extension Connection {
    /// Waits for a command, which must then be whole in this time; false at the end of input.
    mutating func awaitCommand(within time: Duration) throws(ConnectionError) -> Bool {
        beginPhase(within: time)
        idleLimit = time
        return try peek() != nil
    }

    /// The byte that is read next, or nil at the end of input.
    mutating func nextByte() throws(ConnectionError) -> UInt8? {
        guard let waiting = try peek() else { return nil }
        return bytes(of: waiting)[0]
    }

    /// Begins to read a message, which may take as long as it keeps coming.
    mutating func beginStream(_ timeouts: SMTPTimeouts) {
        beginPhase()
        idleLimit = timeouts.dataStart
        minimumRate = timeouts.leastRate
    }
}
