// The address of a listener, in the form of `listen = [...]`.

/// An address that a listener is bound to.
package enum ListenAddress: Hashable, Sendable {
    /// With port 0 the kernel chooses a port.
    case ip(IPAddress, port: UInt16)
    /// An absolute path.
    case unix(path: String)

    /// Whether only clients on this machine can reach it.
    package var isLocal: Bool { if case .ip(let address, _) = self { address.isLoopback } else { true } }
}

extension ListenAddress: CustomStringConvertible {
    /// `192.0.2.7:25`, `[::]:25` or `unix:/run/x.sock`: what ``init(_:)`` reads.
    package var description: String {
        switch self {
        case .ip(let address, let port): return address.text(port: port).description
        case .unix(let path): return "unix:\(path)"
        }
    }

    /// The longest path that fits a socket address with its closing zero byte. Source: unix(7).
    package static let longestUnixPath = 107

    /// Reads `ADDRESS:PORT`, `[ADDRESS]:PORT` or `unix:/PATH`; nil for any other text.
    package init?(_ text: String) {
        if text.hasPrefix("unix:") {
            let path = String(text.dropFirst(5))
            guard path.hasPrefix("/"), path.utf8.count > 1, path.utf8.count <= Self.longestUnixPath,
                !path.utf8.contains(0)
            else { return nil }
            self = .unix(path: path)
            return
        }
        guard let colon = text.lastIndex(of: ":"),
            let port = readDecimal(Array(text[text.index(after: colon)...].utf8)[...], atMost: 65535)
        else { return nil }
        let host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") {
            let inner = host.dropFirst().dropLast()
            guard inner.contains(":"), let address = IPAddress(inner) else { return nil }
            self = .ip(address, port: UInt16(port))
        } else {
            guard !host.contains(":"), let address = IPAddress(host) else { return nil }
            self = .ip(address, port: UInt16(port))
        }
    }
}
