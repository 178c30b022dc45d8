// Texts that are hashes, and texts that are not.
import Testing

@testable import Passwords

@Suite("hash formats")
struct HashFormatTests {
    private func format(_ text: String) throws(HashFault) -> HashFormat {
        let hash = bytes(text)
        return try HashFormat(hash.span)
    }

    private static let digits = String(repeating: "./Az09", count: 20)

    @Test(
        "the formats of htpasswd are recognised",
        arguments: [
            ("$apr1$abcdefgh$" + digits.prefix(22), HashFormat.md5(salt: 6..<14)),
            ("$apr1$$" + digits.prefix(22), .md5(salt: 6..<6)),
            ("{SHA}iEPX+SQWIR3p67lj/0zigSWTKHg=", .sha1), ("$1$ab$" + digits.prefix(22), .md5(salt: 3..<5)),
            ("$2y$05$" + digits.prefix(53), .crypt), ("$2b$17$" + digits.prefix(53), .crypt),
            ("$2a$04$" + digits.prefix(53), .crypt), ("$5$salt$" + digits.prefix(43), .crypt),
            ("$6$rounds=1000000$salt$" + digits.prefix(86), .crypt), (String(digits.prefix(13)), .crypt),
        ] as [(String, HashFormat)])
    func known(text: String, expected: HashFormat) throws {
        #expect(try format(text) == expected)
    }

    @Test(
        "plain text and incomplete hashes are refused",
        arguments: [
            "", "foobar", "plain text 13", "{SHA}", "{SHA}iEPX+SQWIR3p67lj/0zigSWTKHg",
            "{SHA}iEPX+SQWIR3p67lj/0zigSWTK!g=",
            "{PLAIN}foobar", "$", "$$", "$apr1$", "$apr1$abcdefghi$" + digits.prefix(22),
            "$apr1$ab$" + digits.prefix(21),
            "$apr1$a$b$" + digits.prefix(22), "$apr1$a b$" + digits.prefix(22), "$2y$05$" + digits.prefix(52),
            "$2y$03$" + digits.prefix(53), "$2y$5$" + digits.prefix(54), "$2x$05$" + digits.prefix(53),
            "$2y$+5$" + digits.prefix(53), "$5$salt$" + digits.prefix(42), "$6$salt$" + digits.prefix(43),
            "$6$rounds=$salt$" + digits.prefix(86), "$6$rounds=9$salt$" + digits.prefix(86),
            "$6$rounds=5e3$salt$" + digits.prefix(86), "$6$rounds=5000", "$5$", "$1$",
            "$y$j9T$abc$" + digits.prefix(43),
            "$7$" + digits.prefix(40), "*", "!", "_" + digits.prefix(19), String(digits.prefix(14)),
            "\0\0\0\0\0\0\0\0\0\0\0\0\0",
        ] as [String])
    func unknown(text: String) {
        #expect(throws: HashFault.unknownFormat) { try format(text) }
    }

    @Test(
        "a hash that would take too long is refused",
        arguments: [
            "$2y$18$" + digits.prefix(53), "$2b$31$" + digits.prefix(53), "$2a$99$" + digits.prefix(53),
            "$6$rounds=1000001$salt$" + digits.prefix(86), "$5$rounds=99999999999999999999$salt$" + digits.prefix(43),
        ] as [String])
    func tooCostly(text: String) {
        #expect(throws: HashFault.tooCostly) { try format(text) }
    }
}
