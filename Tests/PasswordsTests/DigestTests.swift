// The test vectors of the two standards, and digests of bytes that are added in pieces.
import Testing

@testable import Passwords

func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

func hexadecimal(_ bytes: [UInt8]) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
}

private func hexadecimal<Core: DigestCore>(_ core: Core.Type, _ pieces: [[UInt8]], _ read: (Core.Bytes) -> [UInt8])
    -> String
{
    var digest = Digest<Core>()
    for piece in pieces { digest.add(piece.span) }
    return hexadecimal(read(digest.finish()))
}

private func md5(_ pieces: [[UInt8]]) -> String {
    hexadecimal(MD5Core.self, pieces) { bytes in bytes.indices.map { bytes[$0] } }
}

private func sha1(_ pieces: [[UInt8]]) -> String {
    hexadecimal(SHA1Core.self, pieces) { bytes in bytes.indices.map { bytes[$0] } }
}

@Suite("digests")
struct DigestTests {
    private static let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

    @Test(
        "MD5 of the texts of RFC 1321 A.5",
        arguments: [
            ("", "d41d8cd98f00b204e9800998ecf8427e"), ("a", "0cc175b9c0f1b6a831c399e269772661"),
            ("abc", "900150983cd24fb0d6963f7d28e17f72"), ("message digest", "f96b697d7cb7938d525a2f31aaf161d0"),
            ("abcdefghijklmnopqrstuvwxyz", "c3fcd3d76192e4007dfb496cca67e13b"),
            (alphabet, "d174ab98d277d9f5a5611c2c9f419d9f"),
            (String(repeating: "1234567890", count: 8), "57edf4a22be3c955ac49da2e2107b67a"),
        ])
    func md5Vectors(text: String, expected: String) {
        #expect(md5([bytes(text)]) == expected)
    }

    @Test(
        "SHA-1 of the texts of RFC 3174 7.3",
        arguments: [
            ("abc", 1, "a9993e364706816aba3e25717850c26c9cd0d89d"),
            ("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 1, "84983e441c3bd26ebaae4aa1f95129e5e54670f1"),
            ("a", 1_000_000, "34aa973cd4c4daa4f61eeb2bdbad27316534016f"),
            (
                "0123456701234567012345670123456701234567012345670123456701234567", 10,
                "dea356a2cddd90c7a7ecedc5ebb563934f460452"
            ),
        ])
    func sha1Vectors(text: String, count: Int, expected: String) {
        #expect(sha1(Array(repeating: bytes(text), count: count)) == expected)
    }

    @Test("a message of any length around a block has one digest, in one piece and byte by byte")
    func lengths() {
        for length in 0...130 {
            let message = (0..<length).map { UInt8($0) }
            #expect(md5([message]) == md5(message.map { [$0] }))
            #expect(sha1([message]) == sha1(message.map { [$0] }))
        }
    }
}
