// The lookup of recipients in a file.
import Glibc
import HandlerKit
import TestSupport
import Testing

@testable import Maildir

@Suite("recipients files")
struct RecipientsTests {
    let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    /// The line and the path for an address, or nil.
    private func find(_ address: String, in file: String) throws -> String? {
        let recipients = Recipients(immortal(try directory.write("recipients", file)))
        return try find(address, recipients)
    }

    private func find(_ address: String, _ recipients: Recipients) throws(RecipientsError) -> String? {
        var path = Pathname()
        let bytes = Array(address.utf8)
        guard let line = try recipients.find(bytes.span, maildir: &path) else { return nil }
        return "\(line) \(text(path.bytes))"
    }

    @Test(
        "an exact address comes before a domain at any place, and the first of equal lines counts",
        arguments: [
            ("ada@example.org", "4 /ada"), ("ADA@Example.ORG", "4 /ada"), ("bob@example.org", "2 /all"),
            ("bob@example.net", nil), ("ada@sub.example.org", nil), ("example.org", nil), ("postmaster", "6 /post"),
            ("POSTMASTER", "6 /post"), ("postmaster@example.org", "2 /all"), ("\"ada\"@example.org", "4 /ada"),
            ("\"a\\da\"@example.org", "4 /ada"), ("quoted local@example.com", "7 /q"),
            ("\"Quoted\\ Local\"@example.com", "7 /q"), ("quotedlocal@example.com", nil), ("", nil), ("@", nil),
        ])
    func order(address: String, found: String?) throws {
        let file = """
            # who gets mail here
            @example.org       /all
            @EXAMPLE.org       /never
            ada@example.org    /ada
            Ada@example.org    /never
            postmaster         /post
            "quoted local"@example.com /q
            """
        #expect(try find(address, in: file) == found)
    }

    @Test("a relative path starts in the file's directory")
    func relative() throws {
        #expect(try find("a@b", in: "a@b mail/a") == "1 \(directory.path)/mail/a")
        #expect(try find("a@b", in: "a@b .") == "1 \(directory.path)/.")
    }

    @Test("a faulty line before the address is an error with its place; one after it is not read")
    func faulty() throws {
        let file = "a@b /a\n\nc@d\ne@f /e\n"
        #expect(try find("a@b", in: file) == "1 /a")
        let fault = RecipientFault(3, "no path of a Maildir behind the address")
        for address in ["e@f", "nobody@b"] {
            #expect(throws: RecipientsError.faulty(line: 3, fault)) { try find(address, in: file) }
        }
    }

    @Test("a line that is too long is a fault, and the longest allowed one is not", arguments: [8191, 8192, 100_000])
    func longLines(length: Int) throws {
        let path = "/" + String(repeating: "x", count: 4000)
        let line = "# " + String(repeating: "-", count: length - 2)
        let file = "\(line)\na@b \(path)\n"
        if length < 8192 {
            #expect(try find("a@b", in: file) == "2 \(path)")
        } else {
            let fault = RecipientFault(8191, "a line of more than 8191 bytes")
            #expect(throws: RecipientsError.faulty(line: 1, fault)) { try find("a@b", in: file) }
        }
    }

    @Test("a file of 100000 lines is read to its last one, with and without a line ending")
    func large() throws {
        let lines = (1...100_000).map { "user\($0)@example.org /mail/\($0)" }.joined(separator: "\r\n")
        for ending in ["", "\r\n"] {
            #expect(try find("user100000@example.org", in: lines + ending) == "100000 /mail/100000")
            #expect(try find("user100001@example.org", in: lines + ending) == nil)
        }
    }

    @Test("a new file counts for those that open it later; those that have the old one open keep it")
    func replaced() throws {
        let recipients = Recipients(immortal(try directory.write("recipients", "a@b /old\n")))
        #expect(try find("a@b", recipients) == "1 /old")
        let path = try directory.write("next", "a@b /new\n")
        // Sound: the call does not keep the paths.
        #expect(unsafe rename(path, "\(directory.path)/recipients") == 0)
        #expect(try find("a@b", recipients) == "1 /old")
        #expect(try find("a@b", Recipients(immortal("\(directory.path)/recipients"))) == "1 /new")
    }

    @Test("a file that cannot be opened or read is an error of each lookup, and never a refusal")
    func unreadable() throws {
        let missing = RecipientsError.unreadable(StoreError(.openRecipients, ENOENT))
        #expect(throws: missing) { try find("a@b", Recipients("/nonexistent/recipients")) }
        let notAFile = RecipientsError.unreadable(StoreError(.openRecipients, EISDIR))
        #expect(throws: notAFile) { try find("a@b", Recipients("/")) }
    }

    @Test("a FIFO in place of the file is an error at once, without a wait for a writer")
    func fifo() throws {
        let path = "\(directory.path)/fifo"
        // Sound: the call does not keep the path.
        #expect(unsafe mkfifo(path, 0o600) == 0)
        let notAFile = RecipientsError.unreadable(StoreError(.openRecipients, EINVAL))
        #expect(throws: notAFile) { try find("a@b", Recipients(immortal(path))) }
    }

    @Test("with any bytes in the file a lookup ends, and its path is in the file")
    func mutations() throws {
        var generator = SeededGenerator(seed: 5)
        let seed = Array("ada@example.org /ada\n\"b c\"@x.y \\z\n@d e\n#\npostmaster p\r\n".utf8)
        for _ in 0..<2000 {
            var bytes = seed
            for _ in 0..<Int.random(in: 1...6, using: &generator) {
                bytes[Int.random(in: bytes.indices, using: &generator)] = UInt8.random(in: 0...127, using: &generator)
            }
            let recipients = Recipients(immortal(try directory.write("recipients", bytes: bytes)))
            for address in ["ada@example.org", "\"b c\"@x.y", "x@d", "postmaster", "\"\\"] {
                do throws(RecipientsError) {
                    guard let found = try find(address, recipients) else { continue }
                    let path = found.drop { $0 != " " }.dropFirst().utf8
                    let name =
                        path.starts(with: directory.path.utf8) ? path.dropFirst(directory.path.utf8.count + 1) : path
                    #expect(bytes.indices.contains { bytes[$0...].starts(with: name) })
                } catch {
                    guard case .faulty(let line, _) = error else { throw error }
                    #expect((1...8).contains(line) || bytes.count { $0 == 0x0a } >= line - 1)
                }
            }
        }
    }
}
