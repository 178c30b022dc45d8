// What is known about a session while it lasts: who it is with, how it was greeted, and which message is on its way.
// The engine writes it; the policy reads it.
public import HandlerKit

/// How the client said hello.
public enum Hello: Sendable {
    /// Not yet.
    case none
    /// HELO.
    case helo
    /// EHLO.
    case ehlo
}

/// The message that a MAIL has begun; between messages an empty one.
public struct MailMessage: ~Copyable {
    /// Its name.
    public let id: MessageID
    /// What MAIL said about it.
    public let parameters: MailParameters
    /// The sender's address as it was written, without brackets and without a source route; nothing for `<>`.
    public var sender: Span<UInt8> {
        @_lifetime(borrow self)
        get { senderText.bytes }
    }
    /// Whether there is one.
    public var isBegun: Bool { id != .none }
    /// How many recipients were accepted.
    public internal(set) var recipientCount = 0
    /// How many octets of it were passed to `content`.
    public internal(set) var size = 0
    private var senderText = ShortText()

    /// None yet.
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

/// A session, as a policy sees it.
public struct SMTPSession: ~Copyable {
    /// What the server is set to.
    public let configuration: SMTPConfiguration
    /// Who is on the other end.
    public let peer: Peer
    /// How the client said hello.
    public internal(set) var hello = Hello.none
    /// The name that it said, as it was written: visible ASCII without blanks.
    public var helloName: Span<UInt8> {
        @_lifetime(borrow self)
        get { name.bytes }
    }
    /// The message that is on its way.
    public internal(set) var message = MailMessage()
    /// How many messages were accepted.
    public internal(set) var messagesAccepted = 0
    private var name = ShortText()

    init(configuration: SMTPConfiguration, peer: Peer) {
        self.configuration = configuration
        self.peer = peer
    }

    /// The protocol's name for a Received line's `with`: SMTP, ESMTP or UTF8SMTP.
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
