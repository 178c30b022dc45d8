// The emptying of the listen queues before the last gate of a service closes them. A listening socket that closes
// resets every client in its queue, and every client with a handshake under way, though both may take themselves for
// connected. So the supervisor first lets no new handshake begin, and the gate then accepts all clients that have
// begun. Pure: the time is a parameter.

/// The time between the order to drain and the closing of the listeners.
package struct QueueFlush: Hashable, Sendable {
    /// Monotonic: the time from which on no handshake is under way.
    package let settledAt: Int64

    /// Long enough for a distant client that lost a packet.
    package static let handshakeNanoseconds: Int64 = 100_000_000

    /// - Parameter isLocal: whether all clients are on this machine, where a handshake takes no time.
    package init(isLocal: Bool, at now: Int64) { settledAt = isLocal ? now : now + Self.handshakeNanoseconds }

    /// - Parameter isQuiet: whether the last poll of all listeners has found no connection.
    package func isOver(isQuiet: Bool, at now: Int64) -> Bool { isQuiet && now >= settledAt }
}
