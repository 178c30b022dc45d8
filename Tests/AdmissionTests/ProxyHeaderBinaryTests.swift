import Testing

@testable import Admission

/// A header with this version and command, family and transport, and what follows.
func binary(_ command: UInt8, _ family: UInt8, _ rest: [UInt8]) -> [UInt8] {
    Array("\r\n\r\n\0\r\nQUIT\n".utf8) + [command, family, UInt8(rest.count >> 8), UInt8(rest.count & 255)] + rest
}

private let v4: [UInt8] = [192, 0, 2, 7, 198, 51, 100, 1, 0xdc, 0x04, 0x01, 0xbb]
private let v6: [UInt8] =
    [0x20, 0x01, 0x0d, 0xb8] + [UInt8](repeating: 0, count: 11) + [7] + [UInt8](repeating: 0, count: 15) + [1]
    + [0, 1, 0xff, 0xff]
private let unix = [UInt8](repeating: 47, count: 216)

private func extensionBytes(_ type: UInt8, _ value: [UInt8]) -> [UInt8] {
    [type, UInt8(value.count >> 8), UInt8(value.count & 255)] + value
}

/// A header with its right checksum among its extensions.
private func withChecksum(_ rest: [UInt8], following: [UInt8] = []) -> [UInt8] {
    var header = binary(0x21, 0x11, rest + extensionBytes(3, [0, 0, 0, 0]) + following)
    var checksum = CRC32C()
    for byte in header { checksum.add(byte) }
    for index in 0..<4 {
        header[16 + rest.count + 3 + index] = UInt8(truncatingIfNeeded: checksum.value >> UInt32(24 - 8 * index))
    }
    return header
}

struct ProxyHeaderBinaryTests {
    @Test("clients of both families are read, and the client's first byte follows the header")
    func clients() throws {
        #expect(try reading(binary(0x21, 0x11, v4) + [1, 2]) == client(28, "192.0.2.7", 56324, "198.51.100.1", 443))
        #expect(try reading(binary(0x21, 0x21, v6)) == client(52, "2001:db8::7", 1, "::1", 65535))
        let mapped = [UInt8](repeating: 0, count: 10) + [255, 255, 192, 0, 2, 7]
        #expect(
            try reading(binary(0x21, 0x21, mapped + mapped + [0, 1, 0, 2]))
                == client(52, "192.0.2.7", 1, "192.0.2.7", 2))
    }

    @Test("a health check belongs to the upstream, whatever else the header has")
    func local() {
        for (family, rest) in [(0, []), (0x11, v4), (0xff, [1, 2, 3]), (0x21, [])] as [(UInt8, [UInt8])] {
            let header = binary(0x20, family, rest)
            #expect(reading(header) == .header(ProxyHeader(length: header.count, origin: .upstream)))
        }
    }

    @Test(
        "a client without TCP is unknown",
        arguments: [
            (0x00, []), (0x00, [1, 2, 3]), (0x01, v4), (0x10, v4), (0x12, v4), (0x20, v6), (0x22, v6), (0x30, unix),
            (0x31, unix), (0x32, unix + extensionBytes(4, [])),
        ] as [(UInt8, [UInt8])])
    func unknown(family: UInt8, rest: [UInt8]) {
        #expect(reading(binary(0x21, family, rest)) == .header(ProxyHeader(length: 16 + rest.count, origin: .unknown)))
    }

    @Test("extensions are skipped, and a checksum must be right")
    func extensions() throws {
        let more =
            extensionBytes(1, Array("h2".utf8)) + extensionBytes(4, [])
            + extensionBytes(0xee, [UInt8](repeating: 1, count: 300))
        let header = binary(0x21, 0x11, v4 + more)
        #expect(try reading(header) == client(header.count, "192.0.2.7", 56324, "198.51.100.1", 443))
        for (rest, following) in [(v4, []), (v4 + more, []), (v4, more)] {
            let header = withChecksum(rest, following: following)
            #expect(try reading(header + [9]) == client(header.count, "192.0.2.7", 56324, "198.51.100.1", 443))
            // Any other value of a byte after the fixed ones makes the checksum wrong.
            for index in 16..<header.count {
                var changed = header
                changed[index] ^= 0x10
                guard case .malformed = reading(changed) else {
                    // Unless the type of the extension has changed, so that there is no checksum.
                    try #require(changed[index] == 0x13)
                    continue
                }
            }
        }
    }

    @Test(
        "every beginning of a header needs more",
        arguments: [
            binary(0x21, 0x11, v4), binary(0x21, 0x21, v6), binary(0x20, 0, []), binary(0x20, 0, [1, 2]),
            binary(0x21, 0x31, unix), withChecksum(v4),
        ])
    func cuts(header: [UInt8]) throws {
        try requireEveryCut(header)
    }

    @Test(
        "a malformed header is refused",
        arguments: [
            (binary(0x11, 0x11, v4), .version), (binary(0x31, 0x11, v4), .version), (binary(0x22, 0x11, v4), .command),
            (binary(0x2f, 0x11, v4), .command), (binary(0x21, 0x41, v4), .family), (binary(0x21, 0x13, v4), .family),
            (binary(0x21, 0x11, Array(v4.dropLast())), .tooShort), (binary(0x21, 0x21, v4), .tooShort),
            (binary(0x21, 0x31, v6), .tooShort), (binary(0x21, 0x11, []), .tooShort),
            (binary(0x21, 0x11, v4 + [4]), .extensions), (binary(0x21, 0x11, v4 + [4, 0]), .extensions),
            (binary(0x21, 0x11, v4 + [4, 0, 1]), .extensions),
            (binary(0x21, 0x11, v4 + [4, 255, 255, 1]), .extensions),
            (binary(0x21, 0x11, v4 + extensionBytes(3, [])), .extensions),
            (binary(0x21, 0x11, v4 + extensionBytes(3, [0, 0, 0, 0, 0])), .extensions),
            (binary(0x21, 0x11, v4 + extensionBytes(3, [0, 0, 0, 0])), .checksum),
            (withChecksum(v4, following: extensionBytes(3, [0, 0, 0, 0])), .extensions),
        ] as [([UInt8], ProxyFault)])
    func faults(header: [UInt8], fault: ProxyFault) {
        #expect(reading(header) == .malformed(fault))
    }

    @Test("a fault is refused before the rest of the header has come")
    func early() {
        #expect(reading(Array(binary(0x11, 0x11, v4).prefix(13))) == .malformed(.version))
        #expect(reading(Array(binary(0x22, 0x11, v4).prefix(13))) == .malformed(.command))
        #expect(reading(Array(binary(0x21, 0x11, []).prefix(16))) == .malformed(.tooShort))
    }

    @Test("a header may be 4096 bytes long, and no longer, not even one of the upstream's own")
    func long() {
        let rest = 4096 - 16
        let header = binary(0x21, 0x11, v4 + extensionBytes(4, [UInt8](repeating: 0, count: rest - 12 - 3)))
        #expect(header.count == 4096)
        guard case .header = reading(header) else {
            Issue.record("not read")
            return
        }
        for command: UInt8 in [0x20, 0x21] {
            #expect(
                reading(Array(binary(command, 0, [UInt8](repeating: 0, count: rest + 1)).prefix(16)))
                    == .malformed(.tooLong))
        }
    }
}
