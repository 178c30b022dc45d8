import Addresses
import TestSupport
import Testing

@testable import Admission

private func address(_ text: [UInt8]) -> IPAddress? { PrefixReader.address(text.span, 0..<text.count) }
private func prefix(_ text: [UInt8]) -> IPPrefix? { PrefixReader.prefix(text.span, 0..<text.count) }

/// The reader that gives reasons.
private func expected(_ text: [UInt8]) -> IPPrefix? {
    guard let text = String(validating: text, as: UTF8.self) else { return nil }
    do {
        return try IPPrefix(text)
    } catch {
        return nil
    }
}

private let good = [
    "0.0.0.0", "255.255.255.255", "192.0.2.7/32", "10.0.0.0/8", "0.0.0.0/0", "::", "::/0", "::1", "1::", "1::/16",
    "2001:db8::/32", "2001:db8:0:1:2:3:4:5", "1:2:3:4:5:6:7::", "::2:3:4:5:6:7:8", "ABCD:ef01::", "::1.2.3.4",
    "1:2:3:4:5:6:1.2.3.4", "::ffff:10.0.0.0/104", "::ffff:a00:0/104", "64:ff9b::192.0.2.33", "1::2:3:4:5:6:7",
    "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128", "1:2:3:4:5:6:7:0/112",
]

/// Both families, each malformed in a way that some other reader accepts.
private let bad = [
    "", " ", "1", "1.2.3", "1.2.3.4.5", "1.2.3.4.", ".1.2.3.4", "1..2.3", "256.0.0.1", "1.2.3.999", "01.2.3.4",
    "1.2.3.04", "00.0.0.0", "0x1.2.3.4", "0x7f000001", "2130706433", "127.1", "1.2.3.-4", "+1.2.3.4", "1.2.3.4 ",
    " 1.2.3.4", "1 .2.3.4", "1.2.3.4/", "1.2.3.4/33", "1.2.3.4/032", "1.2.3.0/024", "1.2.3.4/-1", "1.2.3.4/ 8",
    "1.2.3.4/8", "10.0.0.1/31", "10.0.0.0/8/8", "10.0.0.0/255.0.0.0", "10.0.0.0/99999999999999999999",
    "99999999999999999999.0.0.0", "1.2.3.4\0", "1.2.3.4%eth0", "1.2.3.4:80", "[::1]", "[::1]/128", "::1%lo",
    "fe80::1%eth0", "fe80::%2/64", ":", ":::", "::::", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1::2::3", "12345::",
    "00001::", "g::", "1:2:3:4:5:6:7:8::", "::1:2:3:4:5:6:7:8", "1:", ":1", "1:2:3:4:5:6:7:", ":2:3:4:5:6:7:8", "::1/",
    "::1/129", "::1/0128", "::1/64", "2001:db8::1/32", "::1.2.3", "::1.2.3.4.5", "::01.2.3.4", "::1.2.3.4:5",
    "1.2.3.4::", "1:2:3:4:5:6:7:1.2.3.4", "1::2:3:4:5:6:7:8", "::ffff:1.2.3.4/32", "::ffff:1.2.3.4/95",
    "::ffff:0:0/95", "::ffff:1.2.3.4/129", "::ffff:1.2.3.4/100", "example.org", "localhost", "١.٢.٣.٤", "１.2.3.4",
    "1.2.3.4\r", "1.2.3.4\t/32", "::/ 0", ":: /0", "/", "/8", "1.2.3.4//32", "::1/1e1", "::1/0x10",
]

struct PrefixReaderTests {
    @Test("an address or prefix of either family is read", arguments: good)
    func isRead(text: String) throws {
        #expect(prefix(Array(text.utf8)) == (try IPPrefix(text)))
        #expect(address(Array(text.utf8)) == IPAddress(text))
    }

    @Test("malformed text is refused, as by the reader that gives reasons", arguments: bad)
    func isNothing(text: String) {
        #expect(prefix(Array(text.utf8)) == nil)
        #expect(throws: IPPrefixError.self) { try IPPrefix(text) }
    }

    @Test("randomly changed text is read as by the reader that gives reasons", arguments: 0..<16)
    func mutations(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let bytes = Array("0123456789abcdefF:./: .%-\0\u{80}".utf8)
        let seeds = (good + bad).map { Array($0.utf8) }
        for _ in 0..<1500 {
            var text = try #require(seeds.randomElement(using: &random))
            for _ in 0...Int.random(in: 0..<4, using: &random) {
                let place = Int.random(in: 0...text.count, using: &random)
                let byte = try #require(bytes.randomElement(using: &random))
                switch Int.random(in: 0..<3, using: &random) {
                case 0: text.insert(byte, at: place)
                case 1: if place < text.count { text[place] = byte }
                default: if place < text.count { text.remove(at: place) }
                }
            }
            try #require(prefix(text) == expected(text), "\(text)")
            try #require(address(text) == IPAddress(String(decoding: text, as: UTF8.self)), "\(text)")
        }
    }

    @Test("every address is read back from its own text", arguments: 0..<4)
    func roundTrip(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<1000 {
            let mask = UInt128.random(in: 0 ... .max, using: &random)
            let v6 = IPAddress(v6Bits: .random(in: 0 ... .max, using: &random) & (mask << 64 | mask >> 90))
            let v4 = IPAddress.v4(.random(in: 0 ... .max, using: &random))
            for value in [v4, v6] {
                let written = IPPrefix(of: value, length: .random(in: 0...value.bitWidth, using: &random))
                try #require(prefix(Array(written.description.utf8)) == written, "\(written)")
                try #require(address(Array(value.description.utf8)) == value, "\(value)")
            }
        }
    }
}
