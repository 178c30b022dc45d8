// Where a session stands, and which commands are in order there. A table, apart from everything that is done about it.
// Source: RFC 5321 4.1.4, 3.1, 3.3; RFC 3030 2 for BDAT.

/// Where a session stands.
enum SessionState: CaseIterable {
    /// Greeted, but the client did not say hello yet.
    case greeted
    /// No message is on its way.
    case ready
    /// A sender was accepted.
    case sender
    /// A recipient was accepted.
    case recipients
    /// Chunks of a message have come, and the last one has not.
    case chunks
    /// The greeting refused the client.
    case refused

    /// Whether a message is on its way.
    var hasTransaction: Bool { self == .sender || self == .recipients || self == .chunks }
}

/// Why a command is out of order.
enum SequenceFault: CaseIterable {
    case refusedClient
    case needHello
    case needSender
    case needRecipient
    case senderAlready
    case betweenChunks
}

extension SessionState {
    /// What is wrong with a command here, or nil.
    func fault(of verb: CommandVerb) -> SequenceFault? {
        if verb == .quit { return nil }
        if self == .refused { return .refusedClient }
        switch verb {
        case .helo, .ehlo, .rset, .noop, .vrfy, .expn, .help, .quit: return nil
        case .mail:
            return self == .greeted ? .needHello : hasTransaction ? .senderAlready : nil
        case .rcpt:
            if self == .chunks { return .betweenChunks }
            return self == .greeted ? .needHello : hasTransaction ? nil : .needSender
        case .data, .bdat:
            switch self {
            case .greeted: return .needHello
            case .ready, .refused: return .needSender
            case .sender: return .needRecipient
            case .recipients: return nil
            case .chunks: return verb == .bdat ? nil : .betweenChunks
            }
        }
    }
}
