import Addresses
import TestSupport
import Testing

@testable import Admission

func reading(_ bytes: [UInt8]) -> ProxyReading { ProxyHeader.read(bytes.span) }

func reading(_ text: String) -> ProxyReading { reading(Array(text.utf8)) }

func client(
    _ length: Int, _ source: String, _ port: UInt16, _ destination: String, _ destinationPort: UInt16
) throws -> ProxyReading {
    let source = try #require(IPAddress(source))
    let destination = try #require(IPAddress(destination))
    return .header(
        ProxyHeader(
            length: length,
            origin: .client(
                .init(address: source, port: port), destination: .init(address: destination, port: destinationPort))))
}

/// Expects that every beginning of a header needs more, and never asks for more than the whole header has.
func requireEveryCut(_ header: [UInt8]) throws {
    for count in 0..<header.count {
        guard case .needMore(let least) = reading(Array(header.prefix(count))) else {
            Issue.record("\(count) bytes of \(header)")
            return
        }
        try #require(least > count && least <= header.count)
    }
}

struct ProxyHeaderTests {
    @Test("bytes of another protocol are refused at the first wrong one")
    func others() {
        for text in [
            "G", "GET / HTTP/1.1\r\n\r\n", "\u{16}\u{3}\u{1}", "PO", "PROXY\r\n", "proxy ", "\r\n\r\nx", "\n", "\0",
        ] {
            #expect(reading(text) == .malformed(.notAHeader), "\(text)")
        }
        #expect(reading([]) == .needMore(15))
        #expect(reading("P") == .needMore(15))
        #expect(reading("\r\n\r\n") == .needMore(16))
    }

    @Test("any bytes have an answer, which never asks for bytes that have come", arguments: 0..<8)
    func mutations(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let seeds = [
            Array("PROXY TCP4 192.0.2.7 198.51.100.1 56324 443\r\n".utf8),
            Array("PROXY TCP6 2001:db8::1 ::ffff:192.0.2.1 1 65535\r\n".utf8), Array("PROXY UNKNOWN\r\n".utf8),
            binary(0x21, 0x11, [UInt8](repeating: 9, count: 12) + [3, 0, 4, 0, 0, 0, 0, 4, 0, 1, 7]),
            binary(0x21, 0x21, [UInt8](repeating: 9, count: 36)), binary(0x20, 0, []),
        ]
        for _ in 0..<3000 {
            var bytes = try #require(seeds.randomElement(using: &random))
            for _ in 0...Int.random(in: 0..<3, using: &random) {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: bytes[place] = .random(in: 0...255, using: &random)
                case 1: bytes.insert(bytes[place], at: place)
                default: if bytes.count > 1 { bytes.remove(at: place) }
                }
            }
            switch reading(bytes) {
            case .needMore(let least): try #require(least > bytes.count && least <= ProxyHeader.mostBytes)
            case .header(let header):
                try #require(header.length <= bytes.count && header.length >= ProxyHeader.leastBytes)
                // Bytes after it change nothing, and without its last byte it is no header.
                try #require(reading(Array(bytes.prefix(header.length)) + [0]) == .header(header))
                if case .header = reading(Array(bytes.prefix(header.length - 1))) { Issue.record("\(bytes)") }
            case .malformed: break
            }
        }
    }

    @Test("each fault has a description")
    func faults() {
        #expect(Set(ProxyFault.allCases.map(\.description)).count == ProxyFault.allCases.count)
    }
}
