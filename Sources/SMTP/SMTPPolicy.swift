// The decisions of a mail server: one method for each command of a client, and each method has a default. The engine
// has read and checked a command, and its place in the sequence, before it calls the policy. A command takes effect
// only if the policy's reply is positive. With the defaults a server refuses every recipient, so it is never an open
// relay.
// Sources: RFC 5321 4.3.2 for the replies; the methods are those of the Perl class Apache2::Protocol::ESMTP.
import HandlerKit

/// The decisions of a mail server. A reply may have any code that RFC 5321 4.3.2 has for the command, or 421. A
/// positive reply carries the command out; any other changes nothing. `reply.closing()` ends the connection after the
/// reply.
///
///     struct PostmasterPolicy: SMTPPolicy {
///         mutating func rcpt(_ recipient: borrowing Path, _ session: borrowing SMTPSession) -> Reply {
///             recipient.kind == .postmaster ? .recipientAccepted : .relayDenied
///         }
///     }
public protocol SMTPPolicy: ~Copyable {
    /// Greets a client that has connected: 220 accepts it; 554 refuses it, and it can only QUIT. Default: 220 with the
    /// host's name.
    mutating func connect(_ session: borrowing SMTPSession) -> Reply
    /// Answers HELO. Default: 250 with the host's name.
    mutating func helo(_ name: Span<UInt8>, _ session: borrowing SMTPSession) -> Reply
    /// Answers EHLO. The engine adds the lines of the extensions to a positive reply. Default: 250 with the host's
    /// name.
    mutating func ehlo(_ name: Span<UInt8>, _ session: borrowing SMTPSession) -> Reply
    /// Answers MAIL. `session.message` already has the id of the message. Default: 250.
    mutating func mail(
        _ sender: borrowing Path, _ parameters: MailParameters, _ session: borrowing SMTPSession
    ) -> Reply
    /// Answers RCPT. Default: 550 5.7.1, always.
    mutating func rcpt(_ recipient: borrowing Path, _ session: borrowing SMTPSession) -> Reply
    /// Answers DATA, or the first BDAT, after which a message comes. Here 354 is the positive reply. Default: 354.
    mutating func data(_ session: borrowing SMTPSession) -> Reply
    /// Takes all bytes of the message in order, in pieces of any size: header, blank line and body, with CR LF, without
    /// the dots of the transport. Default: does nothing.
    mutating func content(_ bytes: Span<UInt8>)
    /// Takes a header field, whose bytes were passed to `content`. Default: does nothing.
    mutating func header(_ field: borrowing HeaderField)
    /// Takes the end of the header. Default: does nothing.
    mutating func endOfHeaders(_ end: HeaderEnd)
    /// Takes the bytes of the body, in pieces of any size; they were passed to `content` too. Default: does nothing.
    mutating func body(_ bytes: Span<UInt8>)
    /// Answers the end of a message. A positive reply promises that the message is safe; any other means that it was
    /// not taken. Default: 451, because no policy has stored it.
    mutating func endOfMessage(_ session: borrowing SMTPSession) -> Reply
    /// Ends a transaction without a message. Called exactly once for each MAIL that had a positive reply and no
    /// `endOfMessage`. Default: does nothing.
    mutating func abort(_ reason: AbortReason, _ session: borrowing SMTPSession)
    /// Answers EXPN. Default: 502.
    mutating func expn(_ text: Span<UInt8>, _ session: borrowing SMTPSession) -> Reply
    /// Answers VRFY. Default: 252, which neither confirms nor denies the user.
    mutating func vrfy(_ text: Span<UInt8>, _ session: borrowing SMTPSession) -> Reply
    /// Answers NOOP. Default: 250.
    mutating func noop(_ session: borrowing SMTPSession) -> Reply
    /// Answers RSET; a positive reply aborts the transaction. Default: 250.
    mutating func rset(_ session: borrowing SMTPSession) -> Reply
    /// Answers HELP with its argument, which may be empty. Default: 214.
    mutating func help(_ text: Span<UInt8>, _ session: borrowing SMTPSession) -> Reply
    /// Answers QUIT; the connection ends after any reply. Default: 221.
    mutating func quit(_ session: borrowing SMTPSession) -> Reply
    /// Answers a line that is no command. Default: 500.
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
    /// Does nothing.
    public mutating func content(_ bytes: Span<UInt8>) {}
    /// Does nothing.
    public mutating func header(_ field: borrowing HeaderField) {}
    /// Does nothing.
    public mutating func endOfHeaders(_ end: HeaderEnd) {}
    /// Does nothing.
    public mutating func body(_ bytes: Span<UInt8>) {}

    /// 451, because no policy has stored the message.
    public mutating func endOfMessage(_ session: borrowing SMTPSession) -> Reply {
        Reply(451, .x(3, 0), "nothing here keeps messages")
    }

    /// Does nothing.
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

    /// 500. The reply does not repeat the line, which may have any bytes and any length.
    public mutating func unknown(_ line: Span<UInt8>, _ session: borrowing SMTPSession) -> Reply {
        Reply(500, .x(5, 2), "command not recognized")
    }
}
