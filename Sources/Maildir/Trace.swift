// The Received line that a message gets here, in the grammar of RFC 5321 4.4, so that the next one who reads it can count and
// trust it. Promises: one header field whatever the client said: bytes that a comment or an atom may not have are left out or
// replaced, and the field's own syntax cannot be closed from within.
public import HandlerKit

/// What a Received line says.
public struct Trace: ~Copyable {
    private var text = ShortText()

    /// `from HELO (PEER [IP])`, over TCP; what has no address, a pipe by hand, is `from HELO`.
    ///
    /// - Parameters:
    ///   - helo: what the client called itself.
    ///   - peer: where it really is.
    ///   - host: this host.
    ///   - transport: ESMTP and the like. Source: RFC 3848, RFC 6531 4.3.
    ///   - id: the message's id.
    public init(
        helo: borrowing Span<UInt8>, peer: Peer, host: StaticBytes, transport: StaticBytes, id: borrowing Span<UInt8>
    ) {
        text.append("Received: from ")
        text.append(forHeader: helo)
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

    /// `for <ADDRESS>`: only when there is one recipient, because each of several must not learn of the others (7.2).
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

    /// The whole field, with CR LF.
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
    /// Appends bytes that may not end a header field: a control character becomes `?`.
    mutating func append(forHeader bytes: borrowing Span<UInt8>) {
        for index in bytes.indices { append(byte: bytes[index] < 0x20 || bytes[index] == 0x7f ? 0x3f : bytes[index]) }
    }
}
