import Addresses
import TestSupport
import Testing

@testable import Admission

/// The simple implementation: split the line, and read each word as a text.
private func origin(_ line: String) -> ProxyHeader.Origin? {
    let words = line.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
    if words.count >= 2, words[0] == "PROXY", words[1] == "UNKNOWN" { return .unknown }
    guard words.count == 6, words[0] == "PROXY", words[1] == "TCP4" || words[1] == "TCP6" else { return nil }
    func endpoint(_ address: String, _ port: String) -> ProxyHeader.Endpoint? {
        guard let address = IPAddress(address), address.bitWidth > 0, let number = UInt16(port), "\(number)" == port
        else { return nil }
        return .init(address: address, port: number)
    }
    guard let source = endpoint(words[2], words[4]), let destination = endpoint(words[3], words[5]),
        words[2].contains(":") == (words[1] == "TCP6"), words[3].contains(":") == (words[1] == "TCP6")
    else { return nil }
    return .client(source, destination: destination)
}

struct ProxyHeaderTextTests {
    // The example line and the worst cases are those of proxy-protocol.txt, 2.1.
    @Test("the documented lines are read, and the client's first byte follows them")
    func documented() throws {
        #expect(
            try reading("PROXY TCP4 192.168.0.1 192.168.0.11 56324 443\r\nGET / HTTP/1.1\r\n")
                == client(47, "192.168.0.1", 56324, "192.168.0.11", 443))
        #expect(
            try reading("PROXY TCP4 255.255.255.255 255.255.255.255 65535 65535\r\n")
                == client(56, "255.255.255.255", 65535, "255.255.255.255", 65535))
        let ones = "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"
        #expect(try reading("PROXY TCP6 \(ones) \(ones) 65535 65535\r\n") == client(104, ones, 65535, ones, 65535))
        #expect(reading("PROXY UNKNOWN\r\n") == .header(ProxyHeader(length: 15, origin: .unknown)))
        #expect(
            reading("PROXY UNKNOWN \(ones) \(ones) 65535 65535\r\n")
                == .header(ProxyHeader(length: 107, origin: .unknown)))
    }

    @Test("an IPv4-mapped address is IPv4, next to one of either family")
    func mapped() throws {
        #expect(
            try reading("PROXY TCP6 ::ffff:192.0.2.7 2001:db8::1 0 1\r\n")
                == client(45, "192.0.2.7", 0, "2001:db8::1", 1))
    }

    @Test(
        "every beginning of a line needs more",
        arguments: [
            "PROXY TCP4 192.0.2.7 198.51.100.1 56324 443\r\n", "PROXY UNKNOWN\r\n", "PROXY UNKNOWN \r \r\r\n",
            "PROXY TCP6 ::1 2001:db8::1 1 2\r\n",
        ])
    func cuts(line: String) throws {
        try requireEveryCut(Array(line.utf8))
    }

    @Test(
        "a malformed line is refused",
        arguments: [
            ("PROXY \r\n", .malformedLine), ("PROXY TCP4\r\n", .malformedLine), ("PROXY TCP4 \r\n", .malformedLine),
            ("PROXY TCP5 1.2.3.4 1.2.3.4 1 2\r\n", .malformedLine),
            ("PROXY tcp4 1.2.3.4 1.2.3.4 1 2\r\n", .malformedLine),
            ("PROXY UNKNOWNS\r\n", .malformedLine), ("PROXY UNKNOW\r\n", .malformedLine),
            ("PROXY TCP4 1.2.3.4 1.2.3.4 1 2\n", .malformedLine), ("PROXY TCP4 1.2.3.4 1.2.3.4 1\r\n", .malformedLine),
            ("PROXY TCP4 1.2.3.4 1.2.3.4 1 2 3\r\n", .malformedLine),
            ("PROXY  TCP4 1.2.3.4 1.2.3.4 1 2\r\n", .malformedLine),
            ("PROXY TCP4  1.2.3.4 1.2.3.4 1 2\r\n", .malformedLine),
            ("PROXY TCP4 1.2.3.4 1.2.3.4 1 2 \r\n", .malformedLine), ("PROXY TCP4 1.2.3.4 1.2.3.4 1 \r\n", .port),
            ("PROXY TCP4 1.2.3.4 ::1 1 2\r\n", .address), ("PROXY TCP6 ::1 1.2.3.4 1 2\r\n", .address),
            ("PROXY TCP4 01.2.3.4 1.2.3.4 1 2\r\n", .address), ("PROXY TCP4 1.2.3 1.2.3.4 1 2\r\n", .address),
            ("PROXY TCP4 ::ffff:1.2.3.4 1.2.3.4 1 2\r\n", .address), ("PROXY TCP6 fe80::1%eth0 ::1 1 2\r\n", .address),
            ("PROXY TCP6 [::1] ::1 1 2\r\n", .address), ("PROXY TCP4 1.2.3.4\t1.2.3.4 1 2\r\n", .malformedLine),
            ("PROXY TCP4 1.2.3.4 1.2.3.4 65536 2\r\n", .port), ("PROXY TCP4 1.2.3.4 1.2.3.4 01 2\r\n", .port),
            ("PROXY TCP4 1.2.3.4 1.2.3.4 -1 2\r\n", .port),
            ("PROXY TCP4 1.2.3.4 1.2.3.4 1 99999999999999999999\r\n", .port),
        ] as [(String, ProxyFault)])
    func faults(line: String, fault: ProxyFault) {
        #expect(reading(line) == .malformed(fault))
    }

    @Test("a line that does not end is refused with its 107th byte")
    func long() {
        let line = Array(("PROXY UNKNOWN" + String(repeating: " ", count: 200)).utf8)
        #expect(reading(Array(line.prefix(106))) == .needMore(107))
        #expect(reading(Array(line.prefix(107))) == .malformed(.lineTooLong))
        #expect(
            reading(Array(line.prefix(105)) + Array("\r\n".utf8)) == .header(ProxyHeader(length: 107, origin: .unknown))
        )
        #expect(reading(Array(line.prefix(106)) + Array("\r\n".utf8)) == .malformed(.lineTooLong))
    }

    @Test("random words are read as by the simple implementation", arguments: 0..<8)
    func oracle(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let words = [
            "TCP4", "TCP6", "UNKNOWN", "1.2.3.4", "255.255.255.255", "256.1.1.1", "::", "2001:db8::7", "::ffff:1.2.3.4",
            "::1.2.3.4", "0", "1", "443", "65535", "65536", "00", "", "x",
        ]
        for _ in 0..<2000 {
            let isLikely = Bool.random(using: &random)
            let chosen = (0..<Int.random(in: 3...6, using: &random)).compactMap { _ in
                words.randomElement(using: &random)
            }
            let addresses = words[3...9].compactMap { _ in words[3...9].randomElement(using: &random) }
            let line =
                "PROXY "
                + (isLikely ? [words[seed % 2 == 0 ? 0 : 1], addresses[0], addresses[1], chosen[0], "1"] : chosen)
                .joined(separator: " ")
            let expected = origin(line).map { ProxyHeader(length: line.utf8.count + 2, origin: $0) }
            switch reading(line + "\r\n") {
            case .header(let header): try #require(header == expected, "\(line)")
            case .malformed: try #require(expected == nil, "\(line)")
            case .needMore: Issue.record("\(line)")
            }
        }
    }
}
