// The form of a value in a log line. EscapedByte has that of each byte.

extension ByteText {
    /// Appends a value. A value of bytes 0x21 to 0x7e without `"` and `\` stays as it is. Any other is quoted, with
    /// blanks as they are and every other byte as `\xHH`.
    package mutating func append(escaping value: String) {
        if value.utf8.isEmpty {
            append("\"\"" as StaticString)
            return
        }
        guard value.utf8.contains(where: { !EscapedByte($0).isPlain }) else {
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
        for index in value.indices where !EscapedByte(value[index]).isPlain { isPlainText = false }
        if !isPlainText { append(UInt8(ascii: "\"")) }
        for index in value.indices { append(escaping: value[index]) }
        if !isPlainText { append(UInt8(ascii: "\"")) }
    }

    private mutating func append(escaping byte: UInt8) {
        if byte == UInt8(ascii: " ") { append(byte) } else { EscapedByte(byte).forEach { append($0) } }
    }
}
