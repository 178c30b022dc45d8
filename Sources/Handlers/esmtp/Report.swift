// What esmtp itself logs: why mail could not be stored, for whoever can mend it. One line each, with the message's id.
import HandlerKit
import Maildir
import SMTP

/// A report about the message that a session is busy with.
struct Report: ~Copyable {
    private var id = ShortText()

    init(_ session: borrowing SMTPSession) {
        session.message.id.append(to: &id)
    }

    /// The recipients file is at fault: `recipients-faulty id=… at=FILE:LINE:COLUMN reason=…`.
    consuming func log(_ error: RecipientsError, in file: StaticBytes) {
        switch error {
        case .faulty(let line, let fault):
            var place = ShortText()
            place.append(file)
            place.append(":")
            place.append(line)
            place.append(":")
            place.append(fault.column)
            var report = LogLine("recipients-faulty")
            report.add("id", id.bytes)
            report.add("at", place.bytes)
            report.add("reason", fault.reason)
            report.send()
        case .unreadable(let error):
            var report = LogLine("recipients-unreadable")
            report.add("id", id.bytes)
            report.add("file", file)
            report.add(error)
            report.send()
        }
    }

    /// A recipient's Maildir takes no mail: `not-stored id=… maildir=… at=FILE:LINE act=… errno=…`.
    consuming func log(_ error: StoreError, maildir: borrowing PathText, of file: StaticBytes, line: Int) {
        var place = ShortText()
        place.append(file)
        place.append(":")
        place.append(line)
        var report = LogLine("not-stored")
        report.add("id", id.bytes)
        report.add("maildir", maildir.bytes)
        report.add("at", place.bytes)
        report.add(error)
        report.send()
    }

    /// The message could not be stored: `not-stored id=… act=… errno=…`.
    consuming func log(_ error: StoreError) {
        var report = LogLine("not-stored")
        report.add("id", id.bytes)
        report.add(error)
        report.send()
    }
}

extension LogLine {
    fileprivate mutating func add(_ error: StoreError) {
        add("act", error.act.rawValue)
        add("errno", Int(error.errno))
        if let remedy = error.remedy { add("remedy", remedy) }
    }
}
