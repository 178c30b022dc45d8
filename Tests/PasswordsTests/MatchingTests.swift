// Passwords and hashes that other programs made.
import HandlerKit
import TestSupport
import Testing

@testable import Passwords

private func matching(_ password: [UInt8], _ hash: String) -> Bool? {
    let hash = bytes(hash)
    do throws(HashFault) { return try matches(password.span, hash.span) } catch { return nil }
}

/// These suites run one after the other, because one of the tests measures times.
@Suite("passwords", .serialized)
struct PasswordsTests {}

extension PasswordsTests {
    @Suite("matching", .serialized)
    struct MatchingTests {
        static let commands: [String] =
            ["-m", "-B", "-BC 4", "-2", "-5", "-2r 1000", "-5r 7777", "-d", "-s"].map { options in
                let letters = options.dropFirst().prefix { $0 != " " }
                let rest = options.drop { $0 != " " }
                return "htpasswd -nb\(letters)\(rest) u"
            } + ["openssl passwd -apr1", "openssl passwd -1", "openssl passwd -5", "openssl passwd -6"]

        private func hash(_ command: String, _ password: String) -> String {
            let text = line(of: "\(command) '\(password)' 2>/dev/null")
            return text.hasPrefix("u:") ? String(text.dropFirst(2)) : text
        }

        @Test("a password matches its hash, and no other one does", arguments: commands)
        func formats(command: String) {
            for password in ["foobar", "x", "a: b\u{e9}\\$", String(repeating: "Long", count: 15)] {
                let hash = hash(command, password)
                #expect(!hash.isEmpty)
                #expect(matching(bytes(password), hash) == true, "\(hash)")
                #expect(matching(bytes("F" + password), hash) == false, "\(hash)")
                #expect(matching([], hash) == false, "\(hash)")
                #expect(matching(Array(bytes(password).dropLast()), hash) == (password.count > 8 && hash.count == 13))
            }
        }

        @Test("$apr1$ of every length up to 64 matches the hash of openssl")
        func apacheMD5Lengths() {
            for length in 1...64 {
                let password = String((0..<length).map { Character(UnicodeScalar(UInt8(0x41 + $0 % 50))) })
                let quoted = password.replacing("'", with: "")
                let expected = line(of: "printf %s '\(quoted)' | openssl passwd -apr1 -salt 'ab.\(length)' -stdin")
                #expect(matching(bytes(quoted), expected) == true, "\(quoted) \(expected)")
            }
        }

        @Test("$1$ of any bytes matches the hash of libxcrypt")
        func md5() throws {
            var random = SeededGenerator(seed: 1321)
            for count in stride(from: 0, through: 100, by: 3) {
                let password = (0..<count).map { _ in UInt8.random(in: 1...255, using: &random) }
                let hash = try #require(systemCrypt(password, "$1$" + "ab./Zz09".prefix(count % 9)))
                #expect(matching(password, hash) == true, "\(hash) \(password)")
            }
        }

        @Test("in DES only the first eight characters count")
        func des() {
            let hash = htpasswd("d", "12345678")
            #expect(matching(bytes("12345678 and more"), hash) == true)
            #expect(matching(bytes("1234567"), hash) == false)
        }

        @Test("bytes above 127 count, and a NUL does not end a password")
        func anyBytes() {
            let hashes = ["-apr1", "-5"].map { line(of: "printf 'p\\351ss' | openssl passwd \($0) -stdin") }
            for hash in hashes + [htpasswd("s", "foobar"), htpasswd("B", "foobar"), htpasswd("m", "foobar")] {
                let password = hashes.contains(hash) ? [0x70, 0xe9, 0x73, 0x73] : bytes("foobar")
                #expect(matching(password, hash) == true)
                #expect(matching(password + [0], hash) == false)
                #expect(matching(password + [0] + password, hash) == false)
            }
        }

        @Test("a password of 255 bytes is hashed, and a longer one matches no hash of CCrypt")
        func longPasswords() {
            let long = String(repeating: "a", count: 255)
            let hash = line(of: "htpasswd -nb5 u '\(long)'").dropFirst(2)
            #expect(matching(bytes(long), String(hash)) == true)
            #expect(matching(bytes(long + "a"), String(hash)) == false)
        }
    }
}
