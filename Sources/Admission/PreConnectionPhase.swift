// The phases of a connection that was accepted and has no handler yet.

/// Where a connection is that was accepted and has no handler yet.
package enum PreConnectionPhase: Int, CaseIterable, Hashable, Sendable {
    /// Its upstream is to say who the client is.
    case proxyHeader
    /// DNS block lists were asked about it.
    case lists
    /// Checks were asked about it, or it waits for its turn.
    case checks
    /// The peer is to say nothing for a while.
    case greetDelay
    /// The peer is to say something.
    case firstByte
    /// Nothing more is asked of it: it waits for a free handler.
    case handler
}
