// The form of a value in a log line.

extension ByteText {
    /// Appends a value. A value of bytes 0x21 to 0x7e without `"` and `\` stays as it is. Any other is quoted, with
    /// blanks as they are and every other byte as `\xHH`.
    package mutating func append(escaping value: String) {
        if value.utf8.isEmpty {
            append("\"\"" as StaticString)
            return
        }
        guard value.utf8.contains(where: { !isPlain($0) }) else {
            append(value)
            return
        }
        append(UInt8(ascii: "\""))
        for byte in value.utf8 { append(escaping: byte) }
        append(UInt8(ascii: "\""))
    }

    /// The same for bytes that are not necessarily text.
    package mutating func append(escaping value: borrowing Span<UInt8>) {
        var isPlainText = value.count > 0
        for index in value.indices where !isPlain(value[index]) { isPlainText = false }
        if !isPlainText { append(UInt8(ascii: "\"")) }
        for index in value.indices { append(escaping: value[index]) }
        if !isPlainText { append(UInt8(ascii: "\"")) }
    }

    private mutating func append(escaping byte: UInt8) {
        if isPlain(byte) || byte == UInt8(ascii: " ") {
            append(byte)
        } else {
            append("\\x" as StaticString)
            append(hexadecimalDigit: byte >> 4)
            append(hexadecimalDigit: byte & 0xf)
        }
    }

    private mutating func append(hexadecimalDigit digit: UInt8) {
        append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
    }
}

private func isPlain(_ byte: UInt8) -> Bool {
    byte >= 0x21 && byte <= 0x7e && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
}
