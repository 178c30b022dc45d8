// The decisions of esmtp: which recipients get mail here, and when a message is safe.
// Promises: a recipient that the file does not list is refused; a recipient whose Maildir cannot take mail now gets a
// 4yz reply, after which the client tries again, and the log has the reason and a remedy. Two recipients may share a
// Maildir, which gets one copy.
import HandlerKit
import Maildir
import SMTP

/// The policy of esmtp.
struct MaildirPolicy: SMTPPolicy, ~Copyable {
    private let settings: Settings
    private let recipients: Recipients
    private let delivery: Delivery
    /// The last recipient, for the Received line of a message with a single one.
    private var recipient = ShortText()

    /// Opens the recipients file, which then applies to the whole connection.
    init(_ settings: Settings) {
        self.settings = settings
        recipients = Recipients(settings.recipients)
        delivery = Delivery(
            host: settings.configuration.hostname, maximumMaildirs: settings.configuration.limits.recipients)
    }

    /// Replies 220, or 554 with the text of --refuse.
    mutating func connect(_ session: borrowing SMTPSession) -> Reply {
        if let refusal = settings.refusal { return Reply(554, refusal) }
        var reply = Reply(220, session.configuration.hostname)
        reply.append(" ESMTP ready")
        return reply
    }

    /// Replies 250 if the file lists the recipient and its Maildir takes a file; otherwise 550, 451 or 452.
    mutating func rcpt(_ recipient: borrowing Path, _ session: borrowing SMTPSession) -> Reply {
        var maildir = Pathname()
        let found: Int?
        do throws(RecipientsError) {
            found = try find(recipient, &maildir)
        } catch {
            session.report(error, in: settings.recipients)
            return Reply(451, .x(3, 0), "cannot look recipients up now")
        }
        guard let line = found else { return Reply(550, .x(1, 1), "no mail for this address here") }
        do throws(StoreError) {
            try delivery.add(
                recipient: recipient.mailbox, sender: session.message.sender, maildir: maildir,
                announcedSize: session.message.parameters.size ?? 0, line: line)
        } catch {
            session.report(error, maildir: maildir.bytes, of: settings.recipients, line: line)
            return error.reply
        }
        self.recipient = ShortText()
        self.recipient.append(recipient.mailbox)
        if recipient.kind == .postmaster {
            // A Received line has only mailboxes, which have a domain.
            self.recipient.append("@")
            self.recipient.append(settings.configuration.hostname)
        }
        return .recipientAccepted
    }

    /// Writes the Received line and replies 354.
    mutating func data(_ session: borrowing SMTPSession) -> Reply {
        var id = ShortText()
        session.message.id.append(to: &id)
        var trace = Trace(
            helo: session.helloName, peer: session.peer, host: settings.configuration.hostname,
            transport: session.protocolName, id: id.bytes)
        if session.message.recipientCount == 1 { trace.add(recipient: recipient.bytes) }
        trace.finish(MailDate())
        delivery.write(trace.bytes)
        return .startMailInput
    }

    /// Writes the bytes to every file.
    mutating func content(_ bytes: Span<UInt8>) {
        delivery.write(bytes)
    }

    /// Replies 250 when the message is on the disk in every Maildir; otherwise 451 or 452.
    mutating func endOfMessage(_ session: borrowing SMTPSession) -> Reply {
        do throws(DeliveryError) {
            try delivery.commit()
        } catch {
            session.report(error, of: settings.recipients)
            return error.reason.reply
        }
        return .messageAccepted(session.message.id)
    }

    /// Removes the files of the message.
    mutating func abort(_ reason: AbortReason, _ session: borrowing SMTPSession) {
        delivery.discard()
    }

    /// Looks up a recipient. `postmaster` without a domain has its own line in the file, or else that of the postmaster
    /// of this host.
    private func find(_ recipient: borrowing Path, _ maildir: inout Pathname) throws(RecipientsError) -> Int? {
        if let line = try recipients.find(recipient.mailbox, maildir: &maildir) { return line }
        guard recipient.kind == .postmaster else { return nil }
        var address = ShortText()
        address.append("postmaster@")
        address.append(settings.configuration.hostname)
        return try recipients.find(address.bytes, maildir: &maildir)
    }
}

extension StoreError {
    /// The reply to the client: without details, and always one after which it tries again.
    fileprivate var reply: Reply {
        isFull
            ? Reply(452, .x(3, 1), "no room for the message now")
            : Reply(451, .x(3, 0), "cannot store the message now")
    }
}
