// The log lines of esmtp itself: the reason for which mail was not stored, for the administrator. Each has the
// message's id and the peer.
import HandlerKit
import Maildir
import SMTP

extension SMTPSession {
    /// Logs a fault of the recipients file: `recipients faulty … at=FILE:LINE:COLUMN reason=…`.
    func report(_ error: RecipientsError, in file: StaticBytes) {
        switch error {
        case .faulty(let line, let fault):
            log("recipients faulty") { report in
                var place = Self.place(file, line)
                place.append(":")
                place.append(fault.column)
                report.add("at", place.bytes)
                report.add("reason", fault.reason)
            }
        case .unreadable(let error):
            log("recipients unreadable") { report in
                report.add("file", file)
                report.add(error)
            }
        }
    }

    /// Logs that a recipient's Maildir takes no mail:
    /// `not stored … maildir=… at=FILE:LINE act=… errno=… remedy=…`.
    func report(_ error: StoreError, maildir: Span<UInt8>, of file: StaticBytes, line: Int) {
        log("not stored") { report in
            let place = Self.place(file, line)
            report.add("maildir", maildir)
            report.add("at", place.bytes)
            report.add(error)
        }
    }

    /// Logs that a message was not stored, with the line of the Maildir that failed:
    /// `not stored … at=FILE:LINE act=… errno=… remedy=…`.
    func report(_ error: DeliveryError, of file: StaticBytes) {
        log("not stored") { report in
            let place = Self.place(file, error.line)
            report.add("at", place.bytes)
            report.add(error.reason)
        }
    }

    private static func place(_ file: StaticBytes, _ line: Int) -> ShortText {
        var place = ShortText()
        place.append(file)
        place.append(":")
        place.append(line)
        return place
    }
}

extension LogLine {
    fileprivate mutating func add(_ error: StoreError) {
        add("act", error.act.rawValue)
        add("errno", Int(error.errno))
        if let remedy = error.remedy { add("remedy", remedy) }
    }
}
