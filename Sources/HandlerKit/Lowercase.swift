// The original's example of a filter: lower case. ASCII only, byte by byte, so that text in any encoding stays whole.
// Source: shared/reference/protocols.md 1.5, EB-02.

/// Turns A to Z into a to z, and leaves every other byte alone.
public struct Lowercase: ByteFilter {
    /// As many bytes come out as go in.
    public static var mostForOneByte: Int { 1 }

    /// A filter without a state.
    public init() {}

    /// Writes as many bytes as it takes.
    public mutating func push(_ bytes: borrowing Span<UInt8>, to writer: inout ByteWriter) throws(ConnectionError) {
        try writer.write(bytes) { $0 >= 0x41 && $0 <= 0x5a ? $0 | 0x20 : $0 }
    }
}
