// Sends replies: counts errors, delays the replies to many of them, and ends the session.
// Source: RFC 5321 7.8, for a server's measures against a client that only makes errors.
import HandlerKit

extension SMTPServer where Policy: ~Copyable {
    /// Sends a reply. It counts if it is an error: after many errors it is delayed, and after too many the connection
    /// ends.
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

    /// Counts a command outside of a mail transaction; after too many, each is an error.
    mutating func countIdleCommand() {
        idleCommands += 1
        if idleCommands > session.configuration.limits.idleCommands { errors += 1 }
    }

    /// Sends the reason for which the session ends, if the peer can still read it.
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
    /// The least rate of a message, measured over twice the longest silence that is allowed, so that a pause never
    /// breaks it.
    var leastRate: MinimumRate? {
        let seconds = Int(max(dataStart.components.seconds, dataBlock.components.seconds)) * 2 + 2
        let octets = octetsPerMinute * seconds / 60
        return octets > 0 ? .bytes(octets, per: .seconds(seconds)) : nil
    }
}

extension ConnectionError {
    /// The reason for which this error aborts a transaction.
    var abortReason: AbortReason {
        switch self {
        case .idleLimitPassed, .deadlinePassed, .tooSlow: .timeout
        case .terminated: .terminated
        case .peerIsGone, .endedEarly, .reading, .writing, .shuttingDown: .peerIsGone
        }
    }
}

extension Connection {
    /// Waits for the beginning of a command, which must be complete within this time; false at the end of input.
    mutating func awaitCommand(within time: Duration) throws(ConnectionError) -> Bool {
        beginPhase(within: time)
        idleLimit = time
        return try peek() != nil
    }

    /// Peeks at the next byte; nil at the end of input.
    mutating func nextByte() throws(ConnectionError) -> UInt8? {
        guard let waiting = try peek() else { return nil }
        return bytes(of: waiting)[0]
    }

    /// Begins to read a message, which has no deadline while its bytes keep coming.
    mutating func beginStream(_ timeouts: SMTPTimeouts) {
        beginPhase()
        idleLimit = timeouts.dataStart
        minimumRate = timeouts.leastRate
    }
}
