// Why somebody who was accepted never got as far as a handler.

/// What ends a connection that waits in the gate.
package enum Unserved: Hashable, Sendable {
    /// The peer closed before its first byte.
    case noData
    /// The first byte did not come in time.
    case firstByte
    /// The peer talked first.
    case earlyTalker
    /// An upstream did not say properly who the client is.
    case proxyHeader(ProxyTrouble)
    /// The checks did not end in time.
    case checkTimeout
    /// The check with this index was ended by a signal, or could not be started.
    case checkFailed(Int)
    /// Every handler was busy, and its source had more connections waiting than others.
    case crowded
    /// The gate had to go.
    case drain
}

/// What is wrong with the beginning of an upstream's connection.
package enum ProxyTrouble: Hashable, Sendable, CustomStringConvertible {
    case malformed(ProxyFault)
    /// It did not come in time.
    case late
    /// The connection ended within it.
    case cut

    package var description: String {
        switch self {
        case .malformed(let fault): fault.description
        case .late: "no whole PROXY header came within 5 seconds"
        case .cut: "the connection ended before its PROXY header did"
        }
    }
}
