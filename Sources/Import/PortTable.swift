// The names of ports: /etc/services as a table, so that reading a file looks nothing up.

/// Names and aliases of services, with their TCP ports. Source: services(5).
package struct PortTable: Sendable {
    private var ports: [String: UInt16] = [:]

    /// Skips lines of another shape or protocol. The first line with a name decides, as for getservbyname(3).
    package init(text: String) {
        for line in text.split(whereSeparator: \.isNewline) {
            let fields = words(line.prefix { $0 != "#" })
            guard fields.count >= 2 else { continue }
            let port = fields[1].split(separator: "/", omittingEmptySubsequences: false)
            guard port.count == 2, port[1] == "tcp", let number = readPort(port[0]) else { continue }
            for name in [fields[0]] + fields.dropFirst(2) where ports[name] == nil { ports[name] = number }
        }
    }

    /// The port of a name, or of a number.
    func port(_ text: String) -> UInt16? { readPort(text) ?? ports[text] }
}

/// A port as a number; never 0.
func readPort(_ text: some StringProtocol) -> UInt16? {
    guard let number = readNumber(text), number > 0 else { return nil }
    return UInt16(exactly: number)
}

/// A number of decimal digits only.
func readNumber(_ text: some StringProtocol) -> Int? {
    guard !text.isEmpty, text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else {
        return nil
    }
    return Int(text)
}
