// Mail for the tests of esmtp: recipients with Maildirs, and a client that sends commands line by line.
import Glibc
import LinuxSystem
import TestSupport

/// Maildirs of `NAME@example.org` below a directory of the test, and the recipients file that lists them.
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
    /// The arguments of esmtp.
    var arguments: [String] { ["--hostname", "mx.example.org", "--recipients", recipients] }

    /// Replaces the recipients file.
    func write(_ text: String) throws { try directory.write("recipients", text) }

    func files(_ place: String) throws -> [String] {
        try Files.names(in: "\(directory.path)/\(place)").map { "\(directory.path)/\(place)/\($0)" }
    }

    /// The messages in the new of a Maildir.
    func messages(_ name: String) throws -> [String] {
        try files("\(name)/new").map { String(decoding: try Files.read($0, most: 1 << 26), as: UTF8.self) }
    }

    /// The number of files in the tmp of all Maildirs.
    func temporaryFiles() throws -> Int { try names.map { try files("\($0)/tmp").count }.reduce(0, +) }
}

/// A client of esmtp.
struct MailClient {
    let handler: RunningHandler
    private(set) var unread: [UInt8] = []

    init(_ handler: RunningHandler) { self.handler = handler }

    /// Reads the next reply, with LF between its lines; at the end of the stream, the part of it that came.
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

    /// Sends a line and returns the reply.
    mutating func say(_ line: String) -> String {
        handler.send(line + "\r\n")
        return reply()
    }

    /// Sends EHLO, MAIL and RCPT, and returns the codes of the replies, with that of the greeting.
    mutating func begin(to recipients: [String], from sender: String = "bob@example.net") -> [String] {
        let lines = ["EHLO client.example", "MAIL FROM:<\(sender)>"] + recipients.map { "RCPT TO:<\($0)>" }
        return ([reply()] + lines.map { say($0) }).map { String($0.prefix(3)) }
    }

    /// Sends a message after DATA and returns the reply to it.
    mutating func send(message: String) -> String {
        let start = say("DATA")
        guard start.hasPrefix("354") else { return start }
        handler.send(message + "\r\n.\r\n")
        return reply()
    }
}
