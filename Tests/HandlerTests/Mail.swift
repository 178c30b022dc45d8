// Mail for the tests of esmtp: recipients with Maildirs, and a client that talks to the handler line by line.
import Glibc
import LinuxSystem
import TestSupport

/// Maildirs of `NAME@example.org` below a directory of the test's own, and the file that lists them.
final class Mailboxes {
    let directory: TemporaryDirectory
    let names: [String]

    init(_ names: [String] = ["ada"]) throws {
        directory = try TemporaryDirectory()
        self.names = names
        for name in names {
            for part in ["tmp", "new", "cur"] { try directory.makeDirectory("\(name)/\(part)") }
        }
        try write(names.map { "\($0)@example.org \($0)\n" }.joined())
    }

    var recipients: String { "\(directory.path)/recipients" }
    /// What esmtp is started with.
    var arguments: [String] { ["--hostname", "mx.example.org", "--recipients", recipients] }

    /// Replaces the recipients file.
    func write(_ text: String) throws { try directory.write("recipients", text) }

    func files(_ place: String) throws -> [String] {
        try Files.names(in: "\(directory.path)/\(place)").map { "\(directory.path)/\(place)/\($0)" }
    }

    /// The messages in a Maildir's new.
    func messages(_ name: String) throws -> [String] {
        try files("\(name)/new").map { String(decoding: try Files.read($0, most: 1 << 26), as: UTF8.self) }
    }

    /// How many files there are in tmp of all Maildirs.
    func temporaryFiles() throws -> Int { try names.map { try files("\($0)/tmp").count }.reduce(0, +) }
}

/// A client of esmtp.
struct MailClient {
    let handler: RunningHandler
    private(set) var unread: [UInt8] = []

    init(_ handler: RunningHandler) { self.handler = handler }

    /// The next reply, whole, with LF between its lines; what there is of it at the end of the stream.
    mutating func reply() -> String {
        var lines: [String] = []
        while true {
            guard let end = unread.firstIndex(of: 0x0a) else {
                let more = handler.receive()
                if more.isEmpty { return lines.joined(separator: "\n") }
                unread += more
                continue
            }
            let line = String(decoding: unread[..<end].filter { $0 != 0x0d }, as: UTF8.self)
            unread.removeFirst(end + 1)
            lines.append(line)
            if line.dropFirst(3).first != "-" { return lines.joined(separator: "\n") }
        }
    }

    /// Sends a line, and returns the reply.
    mutating func say(_ line: String) -> String {
        handler.send(line + "\r\n")
        return reply()
    }

    /// Greets, and begins a message; the replies' codes.
    mutating func begin(to recipients: [String], from sender: String = "bob@example.net") -> [String] {
        let lines = ["EHLO client.example", "MAIL FROM:<\(sender)>"] + recipients.map { "RCPT TO:<\($0)>" }
        return ([reply()] + lines.map { say($0) }).map { String($0.prefix(3)) }
    }

    /// Sends a message behind DATA; the reply to it.
    mutating func send(message: String) -> String {
        let start = say("DATA")
        guard start.hasPrefix("354") else { return start }
        handler.send(message + "\r\n.\r\n")
        return reply()
    }
}
