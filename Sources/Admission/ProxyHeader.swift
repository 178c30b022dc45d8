// The PROXY protocol, versions 1 and 2: the header in which a load balancer names its client.
// The reader gets all bytes that have come so far, from the first. A caller that peeks (MSG_PEEK) asks again with more,
// and then removes exactly `length` bytes, so that the handler gets its client's first byte first.
// Total and bounded: a header is at most `mostBytes` long, any bytes have an answer, and nothing is allocated.
// The caller decides whether to believe the sender: `proxy_protocol` lists the upstreams.
// Source: HAProxy, doc/proxy-protocol.txt, sections 2.1 (ProxyHeader+Text.swift) and 2.2 (ProxyHeader+Binary.swift).
package import Addresses

/// A header that was read.
package struct ProxyHeader: Hashable, Sendable {
    /// The bytes of the header. The client's own bytes follow it.
    package let length: Int
    package let origin: Origin

    /// The party that the connection belongs to.
    package enum Origin: Hashable, Sendable {
        /// The upstream itself, as for a health check: the addresses of the connection itself count.
        case upstream
        /// The header does not name a TCP client: the addresses of the connection itself count.
        case unknown
        /// A client, and the address that it connected to.
        case client(Endpoint, destination: Endpoint)
    }

    /// An IPv4-mapped IPv6 address is IPv4.
    package struct Endpoint: Hashable, Sendable {
        package let address: IPAddress
        package let port: UInt16

        package init(address: IPAddress, port: UInt16) {
            self.address = address
            self.port = port
        }
    }

    /// The longest header that is read. In bytes. A header of version 1 has at most 107 (section 2.1). In version 2
    /// addresses take at most 232, and the rest is what an upstream adds about TLS.
    package static let mostBytes = 4096
    /// `PROXY UNKNOWN` and its line end.
    static let leastBytes = 15
}

/// The result of reading the bytes that have come so far.
package enum ProxyReading: Hashable, Sendable {
    /// The beginning of a header: ask again when there are at least this many bytes. Never more than the header has.
    case needMore(Int)
    case header(ProxyHeader)
    case malformed(ProxyFault)
}

/// Why bytes are no header.
package enum ProxyFault: Error, Hashable, Sendable, CaseIterable, CustomStringConvertible {
    case notAHeader
    case lineTooLong
    case malformedLine
    case address
    case port
    case version
    case command
    case family
    case tooLong
    case tooShort
    case extensions
    case checksum

    package var description: String {
        switch self {
        case .notAHeader: "does not begin with a PROXY header"
        case .lineTooLong: "the PROXY line does not end within 107 bytes"
        case .malformedLine: "the PROXY line is malformed"
        case .address: "an address in the PROXY line is malformed"
        case .port: "a port in the PROXY line is malformed"
        case .version: "the PROXY header is of a version other than 1 and 2"
        case .command: "the PROXY header has an unknown command"
        case .family: "the PROXY header has an unknown address family or transport"
        case .tooLong: "the PROXY header is longer than \(ProxyHeader.mostBytes) bytes"
        case .tooShort: "the PROXY header is too short for its addresses"
        case .extensions: "the extensions of the PROXY header are malformed"
        case .checksum: "the PROXY header's checksum is wrong"
        }
    }
}

extension ProxyHeader {
    /// Reads the bytes that have come so far.
    ///
    /// - Parameter bytes: the first bytes of the connection; ``mostBytes`` are enough.
    package static func read(_ bytes: Span<UInt8>) -> ProxyReading {
        guard !bytes.isEmpty else { return .needMore(leastBytes) }
        do throws(ProxyFault) {
            return bytes[0] == UInt8(ascii: "P") ? try readLine(bytes) : try readBinary(bytes)
        } catch {
            return .malformed(error)
        }
    }

    /// Whether the bytes and the beginning are equal, as far as there are bytes.
    static func agree(_ bytes: Span<UInt8>, _ beginning: StaticString) -> Bool {
        for index in 0..<min(bytes.count, beginning.utf8CodeUnitCount) {
            // Sound: a static string lives as long as the program, and the index is within it.
            guard bytes[index] == (unsafe beginning.utf8Start[index]) else { return false }
        }
        return true
    }
}
