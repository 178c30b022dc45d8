// A prefix (a CIDR block): the unit of rules, of the block list and of counting sources.
// Promises that no bit after the length is set, so that two equal prefixes are equal values.

/// A network prefix; a single address is a prefix of full length.
package struct IPPrefix: Hashable, Sendable {
    package let network: IPAddress
    /// In bits: 0 to 32 or 0 to 128.
    package let length: Int

    /// The prefix of `length` bits that contains `address`.
    package init(of address: IPAddress, length: Int) {
        network = address.masked(toPrefix: length)
        self.length = min(max(length, 0), address.bitWidth)
    }

    /// Whether the prefix contains the address; never across families.
    package func contains(_ address: IPAddress) -> Bool {
        switch (network, address) {
        case (.v4, .v4), (.v6, .v6): address.masked(toPrefix: length) == network
        case (.v4, .v6), (.v6, .v4): false
        }
    }
}

extension IPPrefix: CustomStringConvertible {
    /// `ADDRESS`, or `ADDRESS/LENGTH` for more than one address.
    package var description: String {
        length == network.bitWidth ? network.description : "\(network)/\(length)"
    }
}

/// The reason why a text is not a prefix.
package enum IPPrefixError: Error, Equatable, CustomStringConvertible {
    case notAnAddress(String)
    case badLength(String, least: Int, most: Int)
    case hostBitsSet(String, meant: IPPrefix)

    package var description: String {
        switch self {
        case .notAnAddress(let text):
            "'\(text)' is not an IP address or prefix; expected one like 192.0.2.7, 10.0.0.0/8 or 2001:db8::/32"
        case .badLength(let text, let least, let most):
            "'\(text)' is not a prefix length; expected \(least) to \(most)"
        case .hostBitsSet(let text, let meant):
            "'\(text)' has bits set behind its prefix length; expected \(meant)"
        }
    }
}

extension IPPrefix {
    /// Reads `ADDRESS` or `ADDRESS/LENGTH`. An IPv4-mapped IPv6 prefix of at least 96 bits is the IPv4 prefix.
    ///
    /// Source: RFC 4632 3.1, RFC 4291 2.3.
    package init(_ text: some StringProtocol) throws(IPPrefixError) {
        let slash = text.firstIndex(of: "/")
        let addressText = text[..<(slash ?? text.endIndex)]
        guard let address = IPAddress(addressText) else { throw .notAnAddress(String(text)) }
        guard let slash else {
            self.init(of: address, length: address.bitWidth)
            return
        }
        let isMapped = address.bitWidth == 32 && addressText.contains(":")
        let lengthText = text[text.index(after: slash)...]
        let most = isMapped ? 128 : address.bitWidth
        guard let written = readDecimal(Array(lengthText.utf8)[...], atMost: most), !isMapped || written >= 96 else {
            throw .badLength(String(lengthText), least: isMapped ? 96 : 0, most: most)
        }
        let length = isMapped ? written - 96 : written
        let prefix = IPPrefix(of: address, length: length)
        guard prefix.network == address else { throw .hostBitsSet(String(text), meant: prefix) }
        self = prefix
    }
}
