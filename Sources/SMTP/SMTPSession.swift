// The facts of a session: its peer, the client's HELO or EHLO, and the message of the current transaction.
// The engine sets them; a policy reads them.
public import HandlerKit

/// The command with which the client introduced itself.
public enum Hello: Sendable {
    /// None yet.
    case none
    /// HELO.
    case helo
    /// EHLO.
    case ehlo
}

/// The message of the current transaction; without a transaction, an empty one.
public struct MailMessage: ~Copyable {
    /// The id.
    public let id: MessageID
    /// The parameters of MAIL.
    public let parameters: MailParameters
    /// The sender's address as the client wrote it, without brackets and without a source route; empty for `<>`.
    public var sender: Span<UInt8> {
        @_lifetime(borrow self)
        get { senderText.bytes }
    }
    /// Whether there is a transaction.
    public var isBegun: Bool { id != .none }
    /// The number of accepted recipients.
    public internal(set) var recipientCount = 0
    /// The number of octets that were passed to `content`.
    public internal(set) var size = 0
    private var senderText = ShortText()

    /// The message without a transaction.
    init() {
        id = .none
        parameters = MailParameters()
    }

    init(id: MessageID, sender: Span<UInt8>, parameters: MailParameters) {
        self.id = id
        self.parameters = parameters
        senderText.append(sender)
    }
}

/// A session, as a policy gets it.
public struct SMTPSession: ~Copyable {
    /// The settings of the server.
    public let configuration: SMTPConfiguration
    /// The client.
    public let peer: Peer
    /// The command with which the client introduced itself.
    public internal(set) var hello = Hello.none
    /// The argument of HELO or EHLO as the client wrote it: visible ASCII without blanks.
    public var helloName: Span<UInt8> {
        @_lifetime(borrow self)
        get { name.bytes }
    }
    /// The message of the current transaction.
    public internal(set) var message = MailMessage()
    /// The number of accepted messages.
    public internal(set) var messagesAccepted = 0
    private var name = ShortText()

    init(configuration: SMTPConfiguration, peer: Peer) {
        self.configuration = configuration
        self.peer = peer
    }

    /// The name of the protocol after `with` in a Received line: SMTP, ESMTP or UTF8SMTP.
    /// Source: RFC 5321 4.4, RFC 6531 4.3.
    public var protocolName: StaticBytes {
        if message.parameters.isInternational { return "UTF8SMTP" }
        return hello == .ehlo ? "ESMTP" : "SMTP"
    }

    mutating func greeted(_ hello: Hello, as name: Span<UInt8>) {
        self.hello = hello
        self.name = ShortText()
        self.name.append(name)
    }
}
