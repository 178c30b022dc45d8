// CCrypt compared with libxcrypt, for any password, and the settings that it refuses.
import TestSupport
import Testing

@testable import Passwords

/// A method of hashing, and the number of salts and passwords to test it with.
struct HashMethod: CustomTestStringConvertible, Sendable {
    let name: String
    let count: Int
    let setting: @Sendable (inout SeededGenerator) -> String

    var testDescription: String { name }

    static let all = [
        HashMethod(name: "DES", count: 1000) { digits(2, &$0) },
        HashMethod(name: "SHA-256", count: 150) {
            "$5$rounds=\(Int.random(in: 1000...1300, using: &$0))$" + anySalt(&$0)
        },
        HashMethod(name: "SHA-512", count: 150) {
            "$6$rounds=\(Int.random(in: 1000...1300, using: &$0))$" + anySalt(&$0)
        },
        HashMethod(name: "SHA-256 in 5000 rounds", count: 20) { "$5$" + anySalt(&$0) },
        HashMethod(name: "SHA-512 in 5000 rounds", count: 20) { "$6$" + anySalt(&$0) },
        HashMethod(name: "bcrypt 2a", count: 300) { "$2a$04$" + digits(22, &$0) },
        HashMethod(name: "bcrypt 2b", count: 100) { "$2b$0\(Int.random(in: 4...5, using: &$0))$" + digits(22, &$0) },
        HashMethod(name: "bcrypt 2y", count: 100) { "$2y$0\(Int.random(in: 4...6, using: &$0))$" + digits(22, &$0) },
    ]

    private static func anySalt(_ random: inout SeededGenerator) -> String {
        digits(Int.random(in: 0...16, using: &random), &random)
    }

    private static func digits(_ count: Int, _ random: inout SeededGenerator) -> String {
        let alphabet = Array("./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
        return String((0..<count).map { _ in alphabet.randomElement(using: &random)! })
    }
}

/// A password of any bytes except NUL; every other one has many bytes 0xff, which $2a$ treats specially.
private func password(_ number: Int, _ random: inout SeededGenerator) -> [UInt8] {
    let count = number % 4 == 0 ? number / 4 % 101 : Int.random(in: 0...100, using: &random)
    return (0..<count).map { _ in
        number % 2 == 1 && Bool.random(using: &random) ? 0xff : UInt8.random(in: 1...255, using: &random)
    }
}

@Suite("crypt")
struct CryptTests {
    @Test("every password and salt has the hash of libxcrypt", arguments: HashMethod.all)
    func oracle(method: HashMethod) {
        var random = SeededGenerator(seed: 2083)
        for number in 0..<method.count {
            let password = password(number, &random)
            let setting = method.setting(&random)
            let expected = systemCrypt(password, setting)
            #expect(expected != nil && crypt(password, setting) == expected, "\(setting) \(password)")
        }
    }

    @Test("a whole hash as the setting gives the same hash", arguments: HashMethod.all)
    func wholeHashes(method: HashMethod) throws {
        var random = SeededGenerator(seed: 1)
        let hash = try #require(crypt(bytes("foobar"), method.setting(&random)))
        #expect(crypt(bytes("foobar"), hash) == hash)
        #expect(crypt(bytes("foobaz"), hash) != hash)
    }

    @Test(
        "short passwords of high bytes have the hashes of libxcrypt, some of which differ between $2a$ and $2b$",
        arguments: ["a", "b", "y"])
    func highBytes(kind: String) {
        let setting = "$2\(kind)$04$abcdefghijklmnopqrstuu"
        for first in [0x41, 0x80, 0xff] as [UInt8] {
            for second in [0x41, 0x80, 0xff] as [UInt8] {
                for third in [0x41, 0x80, 0xff] as [UInt8] {
                    let password = [first, second, third]
                    let expected = systemCrypt(password, setting)
                    #expect(crypt(password, setting) == expected, "\(password)")
                }
            }
        }
        let others = crypt([0xff, 0xff, 0xa3], "$2b" + setting.dropFirst(3))
        #expect((crypt([0xff, 0xff, 0xa3], setting)?.dropFirst(3) == others?.dropFirst(3)) == (kind != "a"))
    }

    @Test(
        "an incomplete setting is refused, by libxcrypt as well",
        arguments: [
            "", "a", "!a", "a!", "$", "$2", "$2a$", "$2a$04$abcdefghijklmnopqrstu", "$2a$04$abcdefghijklmnopqrst!u",
            "$2a$03$abcdefghijklmnopqrstuu", "$2a$32$abcdefghijklmnopqrstuu", "$2a$4$abcdefghijklmnopqrstuuu",
            "$2a$0:$abcdefghijklmnopqrstuu", "$2c$04$abcdefghijklmnopqrstuu", "$2a/04$abcdefghijklmnopqrstuu",
            "$2a$04/abcdefghijklmnopqrstuu", "$5$rounds=$salt", "$5$rounds=999$salt", "$6$rounds=1000000000$salt",
            "$6$rounds=99999999999999999999999$salt", "$6$rounds=1x00$salt", "$6$rounds=01000$salt", "$6$rounds=1000",
            "$6$rounds=-1000$salt",
        ])
    func refused(setting: String) {
        #expect(crypt(bytes("foobar"), setting) == nil)
        #expect(systemCrypt(bytes("foobar"), setting) == nil)
    }

    @Test("a bcrypt setting with a NUL for its kind is refused")
    func noKind() {
        #expect(crypt(bytes("foobar"), "$2\0$04$abcdefghijklmnopqrstuu") == nil)
    }

    @Test("a password with a NUL or of more than 255 bytes has no hash", arguments: HashMethod.all)
    func refusedPasswords(method: HashMethod) {
        var random = SeededGenerator(seed: 7)
        let setting = method.setting(&random)
        for password in [[0], bytes("foobar\0"), bytes("foo\0bar"), Array(repeating: 0x61, count: 256)] as [[UInt8]] {
            #expect(crypt(password, setting) == nil, "\(password)")
        }
        let longest = [UInt8](repeating: 0xe9, count: 255)
        let expected = systemCrypt(longest, setting)
        #expect(expected != nil && crypt(longest, setting) == expected)
    }
}
