// A listener that is closed resets everybody in its queue, and everybody whose handshake is under way: they believe to be
// connected, or are. So before the last gate closes it, nobody may begin any more (that is the supervisor's doing), and
// whoever has begun is accepted. Pure: the time is a parameter.

/// The time between the order to drain and the closing of the listeners.
package struct QueueFlush: Hashable, Sendable {
    /// Monotonic: from then on no handshake is under way any more.
    package let settledAt: Int64

    /// A handshake takes less, but with a client at the other end of the world that lost a packet too.
    package static let handshakeNanoseconds: Int64 = 100_000_000

    /// - Parameter isLocal: whether all clients are on this machine, where a handshake takes no time.
    package init(isLocal: Bool, at now: Int64) { settledAt = isLocal ? now : now + Self.handshakeNanoseconds }

    /// - Parameter isQuiet: whether a look at all listeners has shown that nobody waits.
    package func isOver(isQuiet: Bool, at now: Int64) -> Bool { isQuiet && now >= settledAt }
}
