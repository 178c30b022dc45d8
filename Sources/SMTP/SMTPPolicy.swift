// What a mail server decides: one method for each thing that a client can say, and each with a default.
// The engine has read, checked and ordered everything before it asks, and does what the reply says: a command counts only if
// the reply is positive. Without a policy of its own it refuses every recipient: never an open relay.
// Source: shared/reference/protocols.md 1.7 (SM-01 to SM-27), where each of these was a method to override.
import HandlerKit

/// The decisions of a mail server. Replies may have any code that RFC 5321 4.3.2 has for the command, and 421; a positive one
/// does what the command says, any other leaves everything as it was. `reply.closing()` ends the connection after it.
///
///     struct PostmasterPolicy: SMTPPolicy {
///         mutating func rcpt(_ recipient: borrowing Path, _ session: borrowing SMTPSession) -> Reply {
///             recipient.kind == .postmaster ? .recipientAccepted : .relayDenied
///         }
///     }
public protocol SMTPPolicy: ~Copyable {
    /// A client has connected. 220 greets it; 554 refuses it, and it can only QUIT. Default: 220 with the host's name.
    mutating func connect(_ session: borrowing SMTPSession) -> Reply
    /// HELO. Default: 250 with the host's name.
    mutating func helo(_ name: Span<UInt8>, _ session: borrowing SMTPSession) -> Reply
    /// EHLO. To a positive reply the engine adds the lines of the extensions. Default: 250 with the host's name.
    mutating func ehlo(_ name: Span<UInt8>, _ session: borrowing SMTPSession) -> Reply
    /// MAIL. `session.message` already has the id that the message will have. Default: 250.
    mutating func mail(
        _ sender: borrowing Path, _ parameters: MailParameters, _ session: borrowing SMTPSession
    ) -> Reply
    /// RCPT. Default: 550 5.7.1, always.
    mutating func rcpt(_ recipient: borrowing Path, _ session: borrowing SMTPSession) -> Reply
    /// DATA, or the first BDAT: a message is about to come. Positive is 354 here. Default: 354.
    mutating func data(_ session: borrowing SMTPSession) -> Reply
    /// All bytes of the message in order: header, blank line and body, with CR LF, without the dots of the transport.
    /// In pieces of any size. Default: nothing.
    mutating func content(_ bytes: Span<UInt8>)
    /// A header field; its bytes were passed to `content`. Default: nothing.
    mutating func header(_ field: borrowing HeaderField)
    /// No more header fields will come. Default: nothing.
    mutating func endOfHeaders(_ end: HeaderEnd)
    /// Bytes behind the header, which were passed to `content` too. In pieces of any size. Default: nothing.
    mutating func body(_ bytes: Span<UInt8>)
    /// The message is whole. A positive reply says that it is safe; everything else that it was not taken. Default: 451,
    /// because nothing kept it.
    mutating func endOfMessage(_ session: borrowing SMTPSession) -> Reply
    /// The transaction will not come to its end. Called exactly once for each MAIL that had a positive reply and no
    /// `endOfMessage`. Default: nothing.
    mutating func abort(_ reason: AbortReason, _ session: borrowing SMTPSession)
    /// EXPN. Default: 502.
    mutating func expn(_ text: Span<UInt8>, _ session: borrowing SMTPSession) -> Reply
    /// VRFY. Default: 252, which says neither yes nor no.
    mutating func vrfy(_ text: Span<UInt8>, _ session: borrowing SMTPSession) -> Reply
    /// NOOP. Default: 250.
    mutating func noop(_ session: borrowing SMTPSession) -> Reply
    /// RSET; the transaction is given up if the reply is positive. Default: 250.
    mutating func rset(_ session: borrowing SMTPSession) -> Reply
    /// HELP, with what was asked about, perhaps nothing. Default: 214.
    mutating func help(_ text: Span<UInt8>, _ session: borrowing SMTPSession) -> Reply
    /// QUIT; the connection ends whatever the reply is. Default: 221.
    mutating func quit(_ session: borrowing SMTPSession) -> Reply
    /// A line that is no command. Default: 500.
    mutating func unknown(_ line: Span<UInt8>, _ session: borrowing SMTPSession) -> Reply
}

extension SMTPPolicy where Self: ~Copyable {
    /// 220 with the host's name.
    public mutating func connect(_ session: borrowing SMTPSession) -> Reply {
        var reply = Reply(220, session.configuration.hostname)
        reply.append(" ESMTP ready")
        return reply
    }

    /// 250 with the host's name.
    public mutating func helo(_ name: Span<UInt8>, _ session: borrowing SMTPSession) -> Reply {
        Reply(250, session.configuration.hostname)
    }

    /// 250 with the host's name.
    public mutating func ehlo(_ name: Span<UInt8>, _ session: borrowing SMTPSession) -> Reply {
        Reply(250, session.configuration.hostname)
    }

    /// 250.
    public mutating func mail(
        _ sender: borrowing Path, _ parameters: MailParameters, _ session: borrowing SMTPSession
    ) -> Reply { .senderAccepted }

    /// 550 5.7.1, always.
    public mutating func rcpt(_ recipient: borrowing Path, _ session: borrowing SMTPSession) -> Reply { .relayDenied }

    /// 354.
    public mutating func data(_ session: borrowing SMTPSession) -> Reply { .startMailInput }
    /// Nothing.
    public mutating func content(_ bytes: Span<UInt8>) {}
    /// Nothing.
    public mutating func header(_ field: borrowing HeaderField) {}
    /// Nothing.
    public mutating func endOfHeaders(_ end: HeaderEnd) {}
    /// Nothing.
    public mutating func body(_ bytes: Span<UInt8>) {}

    /// 451, because nothing kept the message.
    public mutating func endOfMessage(_ session: borrowing SMTPSession) -> Reply {
        Reply(451, .x(3, 0), "nothing here keeps messages")
    }

    /// Nothing.
    public mutating func abort(_ reason: AbortReason, _ session: borrowing SMTPSession) {}

    /// 502.
    public mutating func expn(_ text: Span<UInt8>, _ session: borrowing SMTPSession) -> Reply {
        Reply(502, .x(7, 0), "lists are not expanded here")
    }

    /// 252.
    public mutating func vrfy(_ text: Span<UInt8>, _ session: borrowing SMTPSession) -> Reply {
        Reply(252, .x(5, 0), "cannot verify; send mail and see")
    }

    /// 250.
    public mutating func noop(_ session: borrowing SMTPSession) -> Reply { .ok }
    /// 250.
    public mutating func rset(_ session: borrowing SMTPSession) -> Reply { .ok }

    /// 214.
    public mutating func help(_ text: Span<UInt8>, _ session: borrowing SMTPSession) -> Reply {
        var reply = Reply(214, .x(0, 0), "HELO EHLO MAIL RCPT DATA BDAT RSET NOOP VRFY HELP QUIT")
        reply.beginLine()
        reply.append("see RFC 5321")
        return reply
    }

    /// 221 with the host's name.
    public mutating func quit(_ session: borrowing SMTPSession) -> Reply {
        var reply = Reply(221, .x(0, 0), session.configuration.hostname)
        reply.append(" closing connection")
        return reply
    }

    /// 500. The line is not sent back: it is the peer's, and of any length.
    public mutating func unknown(_ line: Span<UInt8>, _ session: borrowing SMTPSession) -> Reply {
        Reply(500, .x(5, 2), "command not recognized")
    }
}
