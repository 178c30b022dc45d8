// The form of a byte in a log: the one escaper of bytes, for the supervisor, the gates and the handlers. Builds as
// Embedded Swift too.

/// A byte as the log has it: visible ASCII without `"` and `\` stays as it is, any other byte is `\xHH`.
package struct EscapedByte {
    private let byte: UInt8

    package init(_ byte: UInt8) { self.byte = byte }

    /// Whether the byte stays as it is.
    package var isPlain: Bool {
        byte >= 0x21 && byte <= 0x7e && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
    }

    /// Calls `body` with each byte of the form, in order.
    package func forEach(_ body: (UInt8) -> Void) {
        if isPlain {
            body(byte)
        } else {
            body(UInt8(ascii: "\\"))
            body(UInt8(ascii: "x"))
            body(Self.digit(byte >> 4))
            body(Self.digit(byte & 0xf))
        }
    }

    private static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }
}
