// The texts of replies.
import HandlerKit

extension Reply {
    /// 250 2.0.0: done.
    public static var ok: Reply { Reply(250, .x(0, 0), "ok") }
    /// 250 2.1.0, to MAIL.
    public static var senderAccepted: Reply { Reply(250, .x(1, 0), "sender ok") }
    /// 250 2.1.5, to RCPT.
    public static var recipientAccepted: Reply { Reply(250, .x(1, 5), "recipient ok") }
    /// 550 5.7.1, to RCPT.
    public static var relayDenied: Reply { Reply(550, .x(7, 1), "no mail for this recipient here") }
    /// 354, to DATA.
    public static var startMailInput: Reply { Reply(354, "start mail input; end with <CRLF>.<CRLF>") }

    /// 250 2.0.0, to the end of a message, with the message's id.
    public static func messageAccepted(_ id: MessageID) -> Reply {
        var reply = Reply(250, .x(0, 0), "accepted as ")
        reply.append(id)
        return reply
    }

    // ---- replies of the engine

    static var needsArgument: Reply { Reply(501, .x(5, 4), "needs an argument") }
    static var needsNoArgument: Reply { Reply(501, .x(5, 4), "takes no argument") }
    static var badArgument: Reply { Reply(501, .x(5, 4), "needs one word as its argument") }
    static var clientIsRefused: Reply { Reply(503, .x(5, 1), "not here; QUIT is all there is") }
    static var tooLarge: Reply { Reply(552, .x(3, 4), "message is too large") }
    static var tooManyRecipients: Reply { Reply(452, .x(5, 3), "too many recipients; send the rest by itself") }
    static var bareLineEnding: Reply { Reply(550, .x(5, 2), "bare CR or LF in the message; lines end in CR LF") }
    static var tooManyHops: Reply { Reply(554, .x(4, 6), "too many Received lines: a loop") }
    static var earlyInput: Reply { Reply(554, .x(5, 0), "message came before it was asked for").closing() }
    static var lineTooLong: Reply { Reply(500, .x(5, 2), "line too long") }
    static var bareLineEndingInCommand: Reply { Reply(500, .x(5, 2), "lines end in CR LF") }
    static var tooManyErrors: Reply { Reply(421, .x(7, 0), "too many errors") }
    static var timeout: Reply { Reply(421, .x(4, 2), "timed out") }
    static var terminated: Reply { Reply(421, .x(3, 2), "shutting down") }

    /// To a BDAT whose chunk size cannot be read: the bytes that follow may be a message or commands, so the connection
    /// ends.
    static var unreadableChunk: Reply { Reply(501, .x(5, 4), "needs a size and perhaps LAST").closing() }

    /// 250, to a chunk that is not the last one.
    static func chunkReceived(_ count: Int) -> Reply {
        var reply = Reply(250, .x(0, 0), "")
        reply.append(count)
        reply.append(" octets received")
        return reply
    }

    /// 503, or 554 if every recipient was refused (RFC 5321 3.3).
    static func outOfOrder(_ fault: SequenceFault, hasRefusedRecipients: Bool) -> Reply {
        switch fault {
        case .refusedClient: .clientIsRefused
        case .needHello: Reply(503, .x(5, 1), "say EHLO first")
        case .needSender: Reply(503, .x(5, 1), "needs MAIL before it")
        case .needRecipient where hasRefusedRecipients: Reply(554, .x(5, 1), "no valid recipients")
        case .needRecipient: Reply(503, .x(5, 1), "needs RCPT before it")
        case .senderAlready: Reply(503, .x(5, 1), "sender already given; RSET begins anew")
        case .betweenChunks: Reply(503, .x(5, 1), "a message is coming by BDAT; finish it or RSET")
        }
    }

    /// The reply to arguments of MAIL or RCPT that are refused.
    static func refused(_ fault: ArgumentFault, isSender: Bool) -> Reply {
        switch fault {
        case .syntax where isSender: Reply(501, .x(5, 4), "syntax: MAIL FROM:<address> [parameters]")
        case .syntax: Reply(501, .x(5, 4), "syntax: RCPT TO:<address>")
        case .path(let fault): badAddress(fault, isSender ? .x(1, 7) : .x(1, 3))
        case .needsSMTPUTF8: Reply(553, .x(6, 7), "addresses beyond ASCII need SMTPUTF8 on MAIL")
        case .unknownParameter: Reply(555, .x(5, 4), "parameter not recognized")
        case .wrongParameter: Reply(501, .x(5, 4), "parameter given twice, or with a wrong value")
        }
    }

    private static func badAddress(_ fault: PathFault, _ status: EnhancedStatus) -> Reply {
        switch fault {
        case .syntax: Reply(501, status, "not an address; it looks like <local@domain>")
        case .noDomain: Reply(501, status, "address without a domain")
        case .tooLong: Reply(501, status, "address too long")
        }
    }

    /// Adds the lines of EHLO, one for each extension. Sources: RFC 2920, 6152, 6531, 3030, 2034, 5321 4.1.1.8, 9422,
    /// 1870.
    mutating func appendExtensions(_ configuration: SMTPConfiguration) {
        for keyword: StaticBytes in ["PIPELINING", "8BITMIME", "SMTPUTF8", "CHUNKING", "ENHANCEDSTATUSCODES", "HELP"] {
            beginLine()
            append(keyword)
        }
        beginLine()
        append("LIMITS RCPTMAX=")
        append(configuration.limits.recipients)
        append(" MAILMAX=")
        append(configuration.limits.messages)
        beginLine()
        append("SIZE ")
        append(configuration.limits.messageSize)
    }
}
