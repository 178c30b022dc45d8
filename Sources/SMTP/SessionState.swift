// The states of a session, and the commands that each state allows: a table, without any of the actions.
// Source: RFC 5321 4.1.4, 3.1, 3.3; RFC 3030 2 for BDAT.

/// The state of a session.
enum SessionState: CaseIterable {
    /// The server has greeted; the client has not sent HELO or EHLO.
    case greeted
    /// There is no transaction.
    case ready
    /// The server has accepted a sender.
    case sender
    /// The server has accepted a recipient.
    case recipients
    /// The client has sent chunks of a message, but not the last one.
    case chunks
    /// The greeting has refused the client.
    case refused

    /// Whether there is a mail transaction.
    var hasTransaction: Bool { self == .sender || self == .recipients || self == .chunks }
}

/// The reason for which a state does not allow a command (503, bad sequence of commands).
enum SequenceFault: CaseIterable {
    case refusedClient
    case needHello
    case needSender
    case needRecipient
    case senderAlready
    case betweenChunks
}

extension SessionState {
    /// The reason for which this state does not allow a command, or nil if it does.
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
