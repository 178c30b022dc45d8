// The Received line that this server adds to a message, in the grammar of RFC 5321 4.4, so that other programs can
// parse and count it.
// Promises: it is one header field for any argument of HELO: a byte of it that neither a domain nor an address literal
// may have becomes `?`, so no byte ends the name, begins a comment or ends the field.
public import HandlerKit

/// A Received line.
public struct Trace: ~Copyable {
    private var text = ShortText()

    /// Begins the line with `from HELO ([IP])` for a client over TCP, and with `from HELO` for a client without an
    /// address.
    ///
    /// - Parameters:
    ///   - helo: the argument of the client's HELO or EHLO.
    ///   - peer: the client's real address.
    ///   - host: the name of this host.
    ///   - transport: the protocol, such as ESMTP. Source: RFC 3848, RFC 6531 4.3.
    ///   - id: the id of the message.
    public init(
        helo: borrowing Span<UInt8>, peer: Peer, host: StaticBytes, transport: StaticBytes, id: borrowing Span<UInt8>
    ) {
        text.append("Received: from ")
        text.append(host: helo)
        if case .tcp(let peer) = peer {
            text.append(" ([")
            if peer.address.isIPv6 { text.append("IPv6:") }
            text.append(peer.address)
            text.append("])")
        }
        text.append("\r\n\tby ")
        text.append(host)
        text.append(" with ")
        text.append(transport)
        text.append(" id ")
        text.append(forHeader: id)
    }

    /// Adds `for <ADDRESS>`. Only for a single recipient: several must not learn of each other (RFC 5321 7.2).
    public mutating func add(recipient: borrowing Span<UInt8>) {
        text.append("\r\n\tfor <")
        text.append(forHeader: recipient)
        text.append(">")
    }

    /// Ends the field with the date.
    public mutating func finish(_ date: MailDate) {
        text.append(";\r\n\t")
        date.append(to: &text)
        text.append("\r\n")
    }

    /// The bytes of the field, with CR LF.
    public var bytes: Span<UInt8> {
        @_lifetime(borrow self)
        get { text.bytes }
    }
}

extension StaticBytes {
    fileprivate var isIPv6: Bool {
        let bytes = bytes
        for index in bytes.indices where bytes[index] == 0x3a { return true }
        return false
    }
}

extension ShortText {
    /// Appends the name of a host: an atom with dots, or one address literal. Source: RFC 5322 3.2.3, RFC 5321 4.1.3.
    fileprivate mutating func append(host name: borrowing Span<UInt8>) {
        let last = name.count - 1
        let isLiteral = last > 1 && name[0] == 0x5b && name[last] == 0x5d
        for index in name.indices {
            let byte = name[index]
            let isBracket = isLiteral && (index == 0 || index == last)
            let isColon = isLiteral && byte == 0x3a
            append(byte: isBracket || isColon || byte.isAtomTextOrDot ? byte : 0x3f)
        }
    }

    /// Appends bytes so that they cannot end a header field: a control character becomes `?`.
    mutating func append(forHeader bytes: borrowing Span<UInt8>) {
        for index in bytes.indices { append(byte: bytes[index] < 0x20 || bytes[index] == 0x7f ? 0x3f : bytes[index]) }
    }
}

extension UInt8 {
    /// Whether it is visible ASCII and not one of RFC 5322's specials, except the dot.
    fileprivate var isAtomTextOrDot: Bool {
        switch self {
        case 0x22, 0x28, 0x29, 0x2c, 0x3a...0x3c, 0x3e, 0x40, 0x5b...0x5d: false
        default: self > 0x20 && self < 0x7f
        }
    }
}
