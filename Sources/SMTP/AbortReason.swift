// Why a message that was begun will never be whole.
public import HandlerKit

/// Why a mail transaction ended without the end of a message.
public enum AbortReason: Sendable {
    /// RSET.
    case reset
    /// HELO or EHLO, which reset too (RFC 5321 4.1.4).
    case helloAgain
    /// QUIT.
    case quit
    /// The policy, or a limit on the session, ended the connection.
    case disconnected
    /// The peer went away, or its stream ended in the middle.
    case peerIsGone
    /// The peer was silent or slow for too long.
    case timeout
    /// The process was told to end, by SIGTERM.
    case terminated
    /// A CR or an LF that are not CR LF, in the message (profile `internet`).
    case bareLineEnding
    /// The message is larger than is allowed.
    case tooLarge
    /// It went through too many hosts already: a loop.
    case tooManyHops
    /// The policy refused to begin the message that a first BDAT brought.
    case refused

    /// Its word in the log.
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
