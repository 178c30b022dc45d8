// The settings of a mail server. A server on the Internet can run with every default.
// Sources: RFC 5321 4.5.3; postconf(5) and the manuals of Exim, Haraka and OpenSMTPD for the defaults of other servers.
public import HandlerKit

/// How strictly the server treats line endings and brackets.
public enum SMTPProfile: Sendable {
    /// For mail from the Internet. CR LF is the only line ending: the server refuses a message with a bare CR or LF,
    /// and a client that sends a message before the 354.
    case internet
    /// For testing clients. In commands and in DATA a bare LF counts as CR LF, but never ends a message; `MAIL
    /// FROM:a@b` needs no brackets.
    case lab
}

/// The limits on what a client may do in a session.
public struct SMTPLimits: Sendable {
    /// The highest limit of messages that EHLO can announce, which has six digits (RFC 9422 4.1).
    public static var mostMessages: Int { 999_999 }

    /// The size of the largest message, in octets; EHLO announces it with SIZE.
    public var messageSize = 26_214_400
    /// The most recipients of a message.
    public var recipients = 100
    /// The most messages of a session.
    public var messages = 100
    /// The number of errors after which the server delays the reply to each further error.
    public var errorsBeforeDelay = 10
    /// The number of errors at which the connection ends.
    public var errors = 20
    /// The number of commands outside of a mail transaction, such as NOOP, after which each further one is an error.
    /// Counted anew after each message.
    public var idleCommands = 50
    /// The number of Received lines at which a message is refused.
    public var hops = 100

    /// The defaults.
    public init() {}
}

/// The times that a client may take. Source: RFC 5321 4.5.3.2.
public struct SMTPTimeouts: Sendable {
    /// The longest time for one whole command.
    public var command = Duration.seconds(300)
    /// The longest wait for the first byte of a message.
    public var dataStart = Duration.seconds(120)
    /// The longest wait for each further byte, and for the client to take a reply.
    public var dataBlock = Duration.seconds(180)
    /// The least number of octets of a message in a minute of waiting for it, on average over some minutes; 0: no
    /// limit.
    public var octetsPerMinute = 30_000
    /// The delay of a reply to an error, after `errorsBeforeDelay` of them.
    public var errorDelay = Duration.seconds(1)

    /// The defaults.
    public init() {}
}

/// How much is logged; each level includes the levels before it.
public enum SMTPLogLevel: Int, Sendable {
    /// Nothing.
    case nothing
    /// Events that an administrator should know of: limits, timeouts, a wrong reply of the policy.
    case problems
    /// One line for each message: accepted, refused or aborted.
    case messages
    /// The beginning and the end of each session, and refused senders and recipients.
    case sessions
    /// Each command with the code of its reply.
    case commands
}

/// The settings of a mail server.
public struct SMTPConfiguration: Sendable {
    /// The name of the host, with which greetings and the reply to EHLO begin.
    public var hostname: StaticBytes
    /// How strictly the server treats line endings and brackets.
    public var profile = SMTPProfile.internet
    /// The limits on a client.
    public var limits = SMTPLimits()
    /// The times that a client may take.
    public var timeouts = SMTPTimeouts()
    /// How much is logged.
    public var logLevel = SMTPLogLevel.messages
    /// The descriptor of the log.
    var logDescriptor: Int32 = 2
    /// For tests only: whether the session notices SIGTERM, which is caught for the whole process.
    var noticesTermination = true
    /// For tests only: whether a message may come before the 354.
    var allowsEarlyInput = false

    /// Whether input that comes before the 354 ends the session: it may be an attempt to smuggle a message (RFC 2920
    /// 3.1).
    var refusesEarlyInput: Bool { profile == .internet && !allowsEarlyInput }
    /// What is done about bare line endings in DATA.
    var bareLineEndings: BareLineEndingAction { profile == .internet ? .refuse : .repair }
    /// Whether paths need their brackets.
    var brackets: AddressParser.Brackets { profile == .internet ? .required : .optional }

    /// - Parameter hostname: the name of the host.
    public init(hostname: StaticBytes) { self.hostname = hostname }
}
