// A reply that cannot be malformed: with any text in it, it is one reply on the wire.
// Promises: at least one line; each line ends in CR LF, has at most 512 octets in all, and begins with the code and, if
// there is one, the enhanced status; the text is visible ASCII and blanks, and any other byte is escaped. Text that is
// too long is cut.
// Never allocates. Sources: RFC 5321 4.2, 4.5.3.1.5; RFC 2034 4.
public import HandlerKit

/// The server's reply to a command. Its code also decides the command: the session changes only if the code is
/// positive.
///
///     var reply = Reply(550, .x(1, 1), "no such mailbox: ")
///     reply.append(escaping: address)
public struct Reply: ~Copyable {
    /// The most octets of a line, with its CR LF.
    static let longestLine = 512

    /// The code.
    public let code: ReplyCode
    /// The enhanced status, if there is one.
    public private(set) var status: EnhancedStatus?
    /// Whether the connection ends after the reply; with 421 it always does.
    public private(set) var closes: Bool
    /// The lines, with LF between them.
    private var text = ShortText()
    /// The length of the last line so far, in octets.
    private var lineLength = 0

    /// A reply without an enhanced status, as RFC 2034 requires for the greeting, HELO, EHLO and 354.
    public init(_ code: ReplyCode, _ text: StaticBytes) {
        self.init(code, nil, text)
    }

    /// - Parameters:
    ///   - status: the enhanced status; ignored for a 3yz code, which has none.
    ///   - text: the first line, or its beginning.
    public init(_ code: ReplyCode, _ status: EnhancedStatus?, _ text: StaticBytes) {
        self.code = code
        self.status = code.isIntermediate ? nil : status
        closes = code == 421
        append(text)
    }

    /// The same reply; the connection ends after it.
    public consuming func closing() -> Reply {
        closes = true
        return self
    }

    /// The same reply without an enhanced status, which the greeting, HELO and EHLO must not have (RFC 2034 3).
    consuming func withoutStatus() -> Reply {
        status = nil
        return self
    }

    /// Begins another line; if there is no room for one, its text is left out.
    public mutating func beginLine() {
        // Room for the LF and for some bytes after it.
        guard text.bytes.count + 16 < ShortText.capacity else {
            lineLength = Self.longestLine
            return
        }
        text.append(byte: 0x0a)
        lineLength = 0
    }

    /// Appends text; bytes that are neither visible ASCII nor a space are escaped.
    public mutating func append(_ text: StaticBytes) { append(escaping: text.bytes) }

    /// Appends a number in decimal.
    public mutating func append(_ number: Int) {
        var digits = ShortText()
        digits.append(number)
        append(escaping: digits.bytes)
    }

    /// Appends the id of a message.
    public mutating func append(_ id: MessageID) {
        var word = ShortText()
        id.append(to: &word)
        append(escaping: word.bytes)
    }

    /// Appends any bytes: a byte that is neither visible ASCII nor a space becomes \xHH.
    public mutating func append(escaping bytes: borrowing Span<UInt8>) {
        // Code, separator, status with its space, CR LF: at most 4 + 10 + 2.
        let most = Self.longestLine - 16
        for index in bytes.indices {
            let isPlain = bytes[index] >= 0x20 && bytes[index] < 0x7f
            let length = isPlain ? 1 : 4
            guard lineLength + length <= most, text.bytes.count + length <= ShortText.capacity else { return }
            if isPlain {
                text.append(byte: bytes[index])
            } else {
                text.append(escaping: bytes.extracting(index..<index + 1))
            }
            lineLength += length
        }
    }

    /// Writes the reply to the connection.
    func write(to connection: inout Connection) throws(ConnectionError) {
        let bytes = text.bytes
        var start = 0
        for end in 0...bytes.count where end == bytes.count || bytes[end] == 0x0a {
            var line = ShortText()
            line.append(code.number)
            line.append(byte: end == bytes.count ? 0x20 : 0x2d)
            appendStatus(to: &line)
            line.append(bytes.extracting(start..<end))
            line.append("\r\n")
            try connection.write(line)
            start = end + 1
        }
    }

    /// Appends `X.Y.Z `, if there is a status.
    private func appendStatus(to line: inout ShortText) {
        guard let status else { return }
        line.append(code.digit)
        line.append(".")
        line.append(status.subject)
        line.append(".")
        line.append(status.detail)
        line.append(" ")
    }
}
