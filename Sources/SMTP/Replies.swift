// The replies that more than one place gives.
import HandlerKit

extension Reply {
    /// 250 2.0.0.
    public static var ok: Reply { Reply(250, .x(0, 0), "ok") }
    /// 250 2.1.0 to MAIL.
    public static var senderAccepted: Reply { Reply(250, .x(1, 0), "sender ok") }
    /// 250 2.1.5 to RCPT.
    public static var recipientAccepted: Reply { Reply(250, .x(1, 5), "recipient ok") }
    /// 550 5.7.1 to RCPT.
    public static var relayDenied: Reply { Reply(550, .x(7, 1), "no mail for this recipient here") }
    /// 354 to DATA.
    public static var startMailInput: Reply { Reply(354, "start mail input; end with <CRLF>.<CRLF>") }

    /// 250 2.0.0 to the end of a message, with the message's name.
    public static func messageAccepted(_ id: MessageID) -> Reply {
        var reply = Reply(250, .x(0, 0), "accepted as ")
        reply.append(id)
        return reply
    }
}
