// The decisions of smtp-lab: first the faults, then the patterns of recipients; everything else is accepted.
import CHandler
import HandlerKit
import SMTP

/// The policy of smtp-lab.
struct LabPolicy: SMTPPolicy, ~Copyable {
    let accepted: OptionValues
    let faults: FaultRules
    let directory: StaticBytes?
    let log: JSONLog
    private let noBytes: StaticBytes = ""
    private var file: MessageFile?
    private var commands = 0

    /// - Parameters:
    ///   - accepted: the patterns of recipients; without any, all are accepted.
    ///   - directory: the directory for messages; nil: they are not stored.
    init(accepted: OptionValues, faults: FaultRules, directory: StaticBytes?, log: JSONLog) {
        self.accepted = accepted
        self.faults = faults
        self.directory = directory
        self.log = log
    }

    /// Returns the usual reply, or that of a fault, and logs it.
    private mutating func answer(
        _ point: FaultPoint, _ argument: Span<UInt8>, _ session: borrowing SMTPSession, _ usual: consuming Reply
    ) -> Reply {
        commands += 1
        var line = log.begin(point.rawValue, session)
        if argument.count > 0 { line.add("text", argument) }
        switch faults.effect(at: point, commands, argument) {
        case .drop?:
            line.add("fault", "drop")
            line.send(log)
            chandler_exit(ExitStatus.done.rawValue)
        case .code(let number)?:
            line.add("fault", number)
            line.add("code", number)
            line.send(log)
            guard let code = ReplyCode(number) else { return usual }
            return Reply(code, .x(0, 0), "a fault, as asked for")
        case .delay?, nil:
            line.add("code", usual.code.number)
            line.send(log)
            return usual
        }
    }

    mutating func connect(_ session: borrowing SMTPSession) -> Reply {
        var reply = Reply(220, session.configuration.hostname)
        reply.append(" ESMTP smtp-lab")
        return answer(.connect, noBytes.bytes, session, reply)
    }

    mutating func helo(_ name: Span<UInt8>, _ session: borrowing SMTPSession) -> Reply {
        answer(.hello, name, session, Reply(250, session.configuration.hostname))
    }

    mutating func ehlo(_ name: Span<UInt8>, _ session: borrowing SMTPSession) -> Reply {
        answer(.hello, name, session, Reply(250, session.configuration.hostname))
    }

    mutating func mail(
        _ sender: borrowing Path, _ parameters: MailParameters, _ session: borrowing SMTPSession
    ) -> Reply {
        answer(.mail, sender.mailbox, session, .senderAccepted)
    }

    mutating func rcpt(_ recipient: borrowing Path, _ session: borrowing SMTPSession) -> Reply {
        let isAccepted = accepts(recipient.mailbox)
        return answer(
            .rcpt, recipient.mailbox, session,
            isAccepted ? .recipientAccepted : Reply(550, .x(1, 1), "no --accept takes this recipient"))
    }

    /// Whether a pattern matches this address, or there are no patterns.
    private func accepts(_ address: Span<UInt8>) -> Bool {
        guard accepted[0] != nil else { return true }
        var number = 0
        while let pattern = accepted[number] {
            if address.matches(pattern.bytes) { return true }
            number += 1
        }
        return false
    }

    mutating func data(_ session: borrowing SMTPSession) -> Reply {
        let reply = answer(.data, noBytes.bytes, session, .startMailInput)
        if reply.code == 354, let directory { file = MessageFile(in: directory, session.message.id) }
        return reply
    }

    mutating func content(_ bytes: Span<UInt8>) { file?.write(bytes) }

    mutating func endOfMessage(_ session: borrowing SMTPSession) -> Reply {
        var reply = answer(.message, session.message.sender, session, .messageAccepted(session.message.id))
        guard let file = file.take() else { return reply }
        guard reply.code.isPositive else {
            file.discard()
            return reply
        }
        let failure = file.finish()
        var line = log.begin(failure == 0 ? "stored" : "not stored", session)
        line.add("size", session.message.size)
        line.add("recipients", session.message.recipientCount)
        if failure != 0 {
            line.add("errno", Int(-failure))
            reply = Reply(451, .x(3, 0), "cannot write into --directory")
        }
        line.send(log)
        return reply
    }

    mutating func abort(_ reason: AbortReason, _ session: borrowing SMTPSession) {
        if let file = file.take() { file.discard() }
        var line = log.begin("abort", session)
        line.add("reason", reason.word)
        line.send(log)
    }

    mutating func expn(_ text: Span<UInt8>, _ session: borrowing SMTPSession) -> Reply {
        answer(.expn, text, session, Reply(502, .x(7, 0), "lists are not expanded here"))
    }

    mutating func vrfy(_ text: Span<UInt8>, _ session: borrowing SMTPSession) -> Reply {
        answer(.vrfy, text, session, Reply(252, .x(5, 0), "cannot verify; send mail and see"))
    }

    mutating func noop(_ session: borrowing SMTPSession) -> Reply {
        answer(.noop, noBytes.bytes, session, .ok)
    }

    mutating func rset(_ session: borrowing SMTPSession) -> Reply {
        answer(.rset, noBytes.bytes, session, .ok)
    }

    mutating func help(_ text: Span<UInt8>, _ session: borrowing SMTPSession) -> Reply {
        answer(.help, text, session, Reply(214, .x(0, 0), "smtp-lab --help says more"))
    }

    mutating func quit(_ session: borrowing SMTPSession) -> Reply {
        answer(.quit, noBytes.bytes, session, Reply(221, .x(0, 0), "closing connection"))
    }
}

extension Span<UInt8> {
    /// Whether a pattern matches these bytes: `*` stands for any number of bytes, and case does not matter.
    /// Takes at most a time proportional to the product of the lengths, and no memory.
    func matches(_ pattern: Span<UInt8>) -> Bool {
        var (position, next) = (0, 0)
        var star: (pattern: Int, position: Int)?
        while position < count {
            if next < pattern.count, pattern[next] == 0x2a {
                star = (next, position)
                next += 1
            } else if next < pattern.count, self[position].lowered == pattern[next].lowered {
                position += 1
                next += 1
            } else if let last = star {
                star = (last.pattern, last.position + 1)
                (next, position) = (last.pattern + 1, last.position + 1)
            } else {
                return false
            }
        }
        while next < pattern.count, pattern[next] == 0x2a { next += 1 }
        return next == pattern.count
    }
}

extension UInt8 {
    fileprivate var lowered: UInt8 { self >= 0x41 && self <= 0x5a ? self | 0x20 : self }
}
