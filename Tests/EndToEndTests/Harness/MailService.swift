// The shipped services/smtp.toml under a supervisor, with other addresses, paths and limits.
import Foundation

/// A running mail service with Maildirs of its own.
final class MailService {
    let doorward: Supervised
    let port: UInt16

    /// - Parameter recipients: the names of Maildirs; `NAME@example.org` is delivered to each.
    init(_ recipients: [String] = ["ada"]) throws {
        let here = FileManager.default.currentDirectoryPath
        var text = try String(contentsOfFile: "\(here)/services/smtp.toml", encoding: .utf8)
        let changes = [
            "\nenabled = false\n": "\nenabled = true\n", "\"0.0.0.0:25\", \"[::]:25\"": "\"127.0.0.1:0\"",
            "/etc/doorward/mail": "DIRECTORY/etc", "/srv/mail": "DIRECTORY/mail",
            "connections = 100": "connections = 300",
            "per_source = 10": "per_source = 300",
            // Without root the service runs as the user that runs the tests.
            "\nuser = \"mail\"": isRoot ? "\nuser = \"mail\"" : "\n",
        ]
        for (old, new) in changes {
            guard text.contains(old) else { throw HarnessError("services/smtp.toml has no \(old)") }
            text = text.replacingOccurrences(of: old, with: new)
        }
        var files = ["etc/recipients": recipients.map { "\($0)@example.org ../mail/\($0)\n" }.joined()]
        for name in recipients { files["mail/\(name)/README"] = "not mail\n" }
        doorward = try Supervised(services: ["smtp": text], files: files)
        for name in recipients { chmod("\(doorward.directory)/mail/\(name)", 0o777) }
        port = try doorward.port("smtp")
    }

    /// The messages in a Maildir, as they are stored.
    func messages(_ name: String = "ada", in part: String = "new") throws -> [Data] {
        let directory = "\(doorward.directory)/mail/\(name)/\(part)"
        // The first delivery makes the directory.
        guard FileManager.default.fileExists(atPath: directory) else { return [] }
        return try FileManager.default.contentsOfDirectory(atPath: directory).map {
            try Data(contentsOf: URL(fileURLWithPath: "\(directory)/\($0)"))
        }
    }

    /// A message without the trace that it got here: Return-Path, Delivered-To and Received.
    static func withoutTrace(_ message: Data) -> Data {
        var lines = message.split(separator: 0x0a, omittingEmptySubsequences: false)[...]
        for field in ["Return-Path: ", "Delivered-To: ", "Received: "] {
            guard lines.first?.starts(with: field.utf8) == true else { return message }
            lines = lines.dropFirst()
            while lines.first?.first == 0x09 { lines = lines.dropFirst() }
        }
        return Data(lines.joined(separator: [0x0a]))
    }
}
