// The lines of a recipients file.
import Testing

@testable import Maildir

@Suite("lines of a recipients file")
struct RecipientLineTests {
    @Test(
        "a line is an address, a domain or postmaster, blanks, and a path",
        arguments: [
            ("ada@example.org /mail/ada", ["ada", "example.org", "/mail/ada"]),
            ("  ada@example.org\t \t/mail/ada \r", ["ada", "example.org", "/mail/ada"]),
            ("@example.org all", ["", "example.org", "all"]), ("PostMaster p", ["PostMaster", "", "p"]),
            ("\"a b\\\"@\"@example.org x", ["\"a b\\\"@\"", "example.org", "x"]),
            ("ada@[192.0.2.1] x#y", ["ada", "[192.0.2.1]", "x#y"]),
            ("ü@exämple.org ä", ["ü", "exämple.org", "ä"]),
        ])
    func parts(line: String, parts: [String]) throws {
        let bytes = Array(line.utf8)
        let found = try #require(try RecipientLine(bytes.span))
        #expect(
            [found.localPart, found.domain, found.path].map { String(decoding: bytes[$0], as: UTF8.self) } == parts)
    }

    @Test("a comment and a blank line are nil", arguments: ["", " ", "\t\r", "#", "  # ada@example.org x"])
    func nothing(line: String) throws {
        #expect(try RecipientLine(Array(line.utf8).span) == nil)
    }

    @Test(
        "a fault of a line has its column",
        arguments: [
            ("ada /mail", 1, "an address needs @ and a domain (only postmaster does without)"),
            ("  ada@ /mail", 7, "no domain behind @"), ("@ /mail", 2, "no domain behind @"),
            ("ada@example.org", 16, "no path of a Maildir behind the address"),
            ("ada@example.org  ", 16, "no path of a Maildir behind the address"),
            ("ada@example.org /mail # hers", 22, "a blank in the path of a Maildir"),
            ("a\u{0}a@example.org x", 2, "a control character"), ("ada@example.org a\u{7f}", 18, "a control character"),
            (" \"ada@example.org x", 2, "a quote that is not closed"), ("\"a\\", 1, "a quote that is not closed"),
            ("\"a\" x", 4, "no @ behind the quoted local part"),
            ("<ada@example.org> x", 1, "a character that an address can only have in quotes"),
            ("a@b@c x", 2, "a character that an address can only have in quotes"),
            ("\"a\"@b,c x", 6, "a character that an address can only have in quotes"),
            ("\u{feff}ada@example.org x", 1, "a byte order mark"),
        ])
    func faults(line: String, column: Int, reason: String) {
        #expect(throws: RecipientFault(column - 1, immortal(reason))) { try RecipientLine(Array(line.utf8).span) }
    }
}
