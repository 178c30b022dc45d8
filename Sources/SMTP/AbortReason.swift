// The reasons for which a mail transaction ends without a message.
public import HandlerKit

/// Why a mail transaction ended before the end of a message.
public enum AbortReason: Sendable {
    /// The client sent RSET.
    case reset
    /// The client sent HELO or EHLO, which reset too (RFC 5321 4.1.4).
    case helloAgain
    /// The client sent QUIT.
    case quit
    /// The policy, or a limit on the session, ended the connection.
    case disconnected
    /// The client went away, or its stream ended inside the transaction.
    case peerIsGone
    /// The client was silent or slow for too long.
    case timeout
    /// The process got SIGTERM.
    case terminated
    /// The message has a CR or an LF that is not part of a CR LF (profile `internet`).
    case bareLineEnding
    /// The message is larger than the limit.
    case tooLarge
    /// The message has too many Received lines: it goes in a loop.
    case tooManyHops
    /// The policy refused to begin the message that a first BDAT brought.
    case refused

    /// The word for the log.
    public var word: StaticBytes {
        switch self {
        case .reset: "reset"
        case .helloAgain: "hello-again"
        case .quit: "quit"
        case .disconnected: "disconnected"
        case .peerIsGone: "peer-is-gone"
        case .timeout: "timeout"
        case .terminated: "terminated"
        case .bareLineEnding: "bare-line-ending"
        case .tooLarge: "too-large"
        case .tooManyHops: "too-many-hops"
        case .refused: "refused"
        }
    }
}
