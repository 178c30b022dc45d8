// The name servers to ask: `nameservers = ["127.0.0.1", "[::1]:5353"]`, or those of resolv.conf(5).

/// The address of a name server.
package struct NameServer: Hashable, Sendable {
    package var address: IPAddress
    package var port: UInt16

    /// Source: RFC 1035 4.2.1.
    package static let standardPort: UInt16 = 53
    /// Further servers are not asked, as in resolv.conf(5).
    package static let most = 3

    package init(address: IPAddress, port: UInt16 = NameServer.standardPort) {
        self.address = address
        self.port = port
    }

    /// Reads `ADDRESS`, `ADDRESS:PORT` or `[ADDRESS]:PORT`; nil for any other text, or for port 0.
    package init?(_ text: String) {
        if let address = IPAddress(text) {
            self.init(address: address)
        } else if case .ip(let address, let port) = ListenAddress(text), port != 0 {
            self.init(address: address, port: port)
        } else {
            return nil
        }
    }

    /// The servers that a resolv.conf names, in its order; this machine when it names none.
    ///
    /// Total: skips lines that it does not understand, as resolv.conf(5) does, and addresses with a zone.
    package static func all(in file: [UInt8]) -> [NameServer] {
        var servers: [NameServer] = []
        for line in file.split(separator: UInt8(ascii: "\n")) where servers.count < most {
            let words = line.split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") || $0 == UInt8(ascii: "\r") }
            // The keyword must be at the start of the line.
            guard words.count >= 2, words[0].startIndex == line.startIndex,
                String(decoding: words[0], as: UTF8.self) == "nameserver",
                let address = IPAddress(String(decoding: words[1], as: UTF8.self))
            else { continue }
            servers.append(NameServer(address: address))
        }
        return servers.isEmpty ? [NameServer(address: .v4(0x7f00_0001))] : servers
    }
}

extension NameServer: CustomStringConvertible {
    /// `192.0.2.53:53`.
    package var description: String { ListenAddress.ip(address, port: port).description }
}
