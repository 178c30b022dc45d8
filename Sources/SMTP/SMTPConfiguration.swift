// What a mail server is set to. Every default is one that a server on the Internet can run with.
// Source: RFC 5321 4.5.3; shared/reference/protocols.md 2.2 and 2.3 for what other servers have.
public import HandlerKit

/// How strict the engine is about line endings and brackets.
public enum SMTPProfile: Sendable {
    /// For mail from anywhere. CR LF is the only line ending: a message with a bare CR or LF is refused, and nobody may send
    /// a message before it was asked for.
    case internet
    /// For trying out clients. In commands and in DATA a bare LF counts as CR LF, but never ends a message; `MAIL FROM:a@b`
    /// needs no brackets.
    case lab
}

/// How much a client may do.
public struct SMTPLimits: Sendable {
    /// The most messages of a session that EHLO can tell of: six digits (RFC 9422 4.1).
    public static var mostMessages: Int { 999_999 }

    /// The largest message, in octets; SIZE says it to clients.
    public var messageSize = 26_214_400
    /// The recipients of a message.
    public var recipients = 100
    /// The messages of a session.
    public var messages = 100
    /// The errors after which each further one is answered only after a second.
    public var errorsBeforeDelay = 10
    /// The errors after which the connection ends.
    public var errors = 20
    /// The commands that bring no mail forward, such as NOOP, after which each further one is an error. Counted anew after
    /// each message.
    public var idleCommands = 50
    /// The Received lines of a message.
    public var hops = 100

    /// The defaults.
    public init() {}
}

/// How long a client may take. See RFC 5321 4.5.3.2.
public struct SMTPTimeouts: Sendable {
    /// For one whole command.
    public var command = Duration.seconds(300)
    /// For the first byte of a message.
    public var dataStart = Duration.seconds(120)
    /// For each further one, and for a client to take a reply.
    public var dataBlock = Duration.seconds(180)
    /// The octets of a message in a minute of waiting for it, at least, on average over some minutes; 0: any.
    public var octetsPerMinute = 30_000
    /// How long an error is answered late.
    public var errorDelay = Duration.seconds(1)

    /// The defaults.
    public init() {}
}

/// How much is logged; each level has everything of those before it.
public enum SMTPLogLevel: Int, Sendable {
    /// Nothing.
    case nothing
    /// What somebody should look at: limits, timeouts, a wrong reply of the policy.
    case problems
    /// One line for each message: accepted, refused or aborted.
    case messages
    /// The begin and the end of each session, and refused senders and recipients.
    case sessions
    /// Every command with its reply's code.
    case commands
}

/// What a mail server is set to.
public struct SMTPConfiguration: Sendable {
    /// The host's name, which greetings and EHLO begin with.
    public var hostname: StaticBytes
    /// How strict.
    public var profile = SMTPProfile.internet
    /// How much.
    public var limits = SMTPLimits()
    /// How long.
    public var timeouts = SMTPTimeouts()
    /// What is logged.
    public var logLevel = SMTPLogLevel.messages
    /// Where log lines go.
    var logDescriptor: Int32 = 2
    /// Tests only: whether SIGTERM is answered; it is the process's, not the session's.
    var noticesTermination = true
    /// Tests only: whether a message may come before it was asked for.
    var allowsEarlyInput = false

    /// Whether input that comes before 354 was written ends the session: a client that cannot wait may be one that smuggles.
    var refusesEarlyInput: Bool { profile == .internet && !allowsEarlyInput }
    /// What is done about bare line endings in DATA.
    var bareLineEndings: BareLineEndingAction { profile == .internet ? .refuse : .repair }
    /// Whether paths need their brackets.
    var brackets: AddressParser.Brackets { profile == .internet ? .required : .optional }

    /// - Parameter hostname: the host's name.
    public init(hostname: StaticBytes) { self.hostname = hostname }
}
