// The test vectors of the specifications, digit by digit.
import COracle
import Testing

@testable import Passwords

@Suite("vectors of crypt")
struct CryptVectorTests {
    private static let stretched =
        "a very much longer text to encrypt.  This one even stretches over morethan one line."
    private static let minimum = "the minimum number is still observed"

    // Its last vectors have rounds=10, which means 1000 there; CCrypt refuses that setting, so the vectors here have
    // 1000.
    @Test(
        "the appendix of Drepper's SHA-crypt.txt",
        arguments: [
            ("Hello world!", "$5$saltstring", "$5B8vYYiY.CVt1RlTTf8KbXBH3hsxY/GNooZaBBGWEc5"),
            (
                "Hello world!", "$5$rounds=10000$saltstringsaltstring",
                "$3xv.VbSHBb41AL9AvLeujZkZRBAwqFMz2.opqey6IcA"
            ),
            (
                "This is just a test", "$5$rounds=5000$toolongsaltstring",
                "$Un/5jzAHMgOGZ5.mWJpuVolil07guHPvOW8mGRcvxa5"
            ),
            (stretched, "$5$rounds=1400$anotherlongsaltstring", "$Rx.j8H.h8HjEDGomFU8bDkXm3XIUnzyxf12oP84Bnq1"),
            (minimum, "$5$rounds=1000$roundstoolow", "$yfvwcWrQ8l/K0DAWyuPMDNHpIVlTQebY9l/gL972bIC"),
            (
                "Hello world!", "$6$saltstring",
                "$svn8UoSVapNtMuq1ukKS4tPQd8iKwSMHWjl/O817G3uBnIFNjnQJuesI68u4OTLiBFdcbYEdFCoEOfaS35inz1"
            ),
            (
                "Hello world!", "$6$rounds=10000$saltstringsaltstring",
                "$OW1/O6BYHV6BcXZu8QVeXbDWra3Oeqh0sbHbbMCVNSnCM/UrjmM0Dp8vOuZeHBy/YTBmSK6H9qs/y3RnOaw5v."
            ),
            (
                "This is just a test", "$6$rounds=5000$toolongsaltstring",
                "$lQ8jolhgVRVhY4b5pZKaysCLi0QBxGoNeKQzQ3glMhwllF7oGDZxUhx1yxdYcz/e1JSbq3y6JMxxl8audkUEm0"
            ),
            (
                stretched, "$6$rounds=1400$anotherlongsaltstring",
                "$POfYwTEok97VWcjxIiSOjiykti.o/pQs.wPvMxQ6Fm7I6IoYN3CmLs66x9t0oSwbtEW7o7UmJEiDwGqd8p4ur1"
            ),
            (
                minimum, "$6$rounds=1000$roundstoolow",
                "$kUMsbe306n21p9R.FRkW3IGn.S9NPN0x50YhH1xhLsPuWGsUSklZt58jaTfF4ZEQpyUNGc0dqbpBYYBaHHrsX."
            ),
        ])
    func sha(password: String, setting: String, expected: String) throws {
        let made = try #require(crypt(bytes(password), setting))
        #expect(made.hasSuffix(expected))
        let start = made.dropLast(expected.count)
        #expect(setting.hasPrefix(start) && start.split(separator: "$").last!.count == min(16, salt(setting).count))
    }

    private func salt(_ setting: String) -> Substring { setting.split(separator: "$").last! }

    @Test(
        "the tests of crypt_blowfish 1.3, except $2x$",
        arguments: [
            (bytes("U*U"), "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"),
            (bytes("U*U*"), "$2a$05$CCCCCCCCCCCCCCCCCCCCC.VGOzA784oUp/Z0DY336zx7pLYAy0lwK"),
            (bytes("U*U*U"), "$2a$05$XXXXXXXXXXXXXXXXXXXXXOAcXxm9kjPGEMsLznoKqmqw7tc8WCx4a"),
            ([], "$2a$05$CCCCCCCCCCCCCCCCCCCCC.7uG0VCzI2bS7j6ymqJi9CdcdxiRTWNy"),
            (
                bytes("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
                    + bytes("chars after 72 are ignored"),
                "$2a$05$abcdefghijklmnopqrstuu5s2v8.iXieOjg/.AySBTTZIIVFJeBui"
            ),
            ([0xa3], "$2y$05$/OK.fbVrR/bpIqNJ5ianF.Sa7shbm4.OzKpvFnX1pQLmQW96oUlCq"),
            ([0xff, 0xff, 0xa3], "$2a$05$/OK.fbVrR/bpIqNJ5ianF.nqd1wy.pTMdcvrRWxyiGL2eMz.2a85."),
            ([0xff, 0xff, 0xa3], "$2b$05$/OK.fbVrR/bpIqNJ5ianF.CE5elHaaO4EbggVDjb8P19RukzXSM3e"),
            (
                [0xff, 0xa3, 0x33, 0x34, 0xff, 0xff, 0xff, 0xa3, 0x33, 0x34, 0x35],
                "$2y$05$/OK.fbVrR/bpIqNJ5ianF.o./n25XVfn6oAPaUvHe.Csk4zRfsYPi"
            ),
            (
                [0xff, 0xa3, 0x33, 0x34, 0xff, 0xff, 0xff, 0xa3, 0x33, 0x34, 0x35],
                "$2a$05$/OK.fbVrR/bpIqNJ5ianF.ZC1JEJ8Z4gPfpe1JOr/oyPXTWl9EFd."
            ),
            ([0xff, 0xa3, 0x33, 0x34, 0x35], "$2a$05$/OK.fbVrR/bpIqNJ5ianF.nRht2l/HRhr6zmCp9vYUvvsqynflf9e"),
            ([0xa3, 0x61, 0x62], "$2a$05$/OK.fbVrR/bpIqNJ5ianF.6IflQkJytoRVc1yuaNtHfiuq.FRlSIS"),
            (
                Array(repeating: 0xaa, count: 72) + bytes("chars after 72 are ignored as usual"),
                "$2a$05$/OK.fbVrR/bpIqNJ5ianF.swQOIzjOiJ9GHEPuhEkvqrUyvWhEMx6"
            ),
        ] as [([UInt8], String)])
    func bcrypt(password: [UInt8], hash: String) {
        #expect(crypt(password, hash) == hash)
    }

    private func digest(_ width: UInt32, _ message: [UInt8], piece: Int) -> String {
        var result = [UInt8](repeating: 0, count: 8 * Int(width))
        // Sound: the count is that of the array, and the result has eight words.
        unsafe coracle_sha2(width, message, message.count, piece, &result)
        return hexadecimal(result)
    }

    @Test(
        "the examples of FIPS 180-4, which NIST publishes beside it",
        arguments: [
            (4, "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (
                4, "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
                "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
            ),
            (
                8, "abc",
                "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd"
                    + "454d4423643ce80e2a9ac94fa54ca49f"
            ),
        ] as [(UInt32, String, String)])
    func sha2(width: UInt32, text: String, expected: String) {
        #expect(digest(width, bytes(text), piece: 1000) == expected)
    }

    @Test(
        "SHA-256 and SHA-512 of every length around two blocks are those of openssl", arguments: [4, 8] as [UInt32])
    func lengths(width: UInt32) {
        for length in [0, 1, 54, 55, 56, 63, 64, 65, 110, 111, 112, 119, 120, 127, 128, 129, 239, 240, 255, 256] {
            let message = [UInt8](repeating: 0x78, count: length)
            let text = String(decoding: message, as: UTF8.self)
            let expected = line(of: "printf '%s' '\(text)' | openssl dgst -r -sha\(width * 64)").prefix { $0 != " " }
            for piece in [1, 7, 64, 1000] {
                #expect(digest(width, message, piece: piece) == String(expected), "\(length) in pieces of \(piece)")
            }
        }
    }

    @Test("the constants of Blowfish are the fraction of pi, by Machin's formula")
    func pi() {
        let words = fractionOfPi(words: 1042)
        for (index, word) in words.enumerated() { #expect(coracle_pi(UInt32(index)) == word, "word \(index)") }
    }
}
