// The example of a filter: lower case. It changes ASCII letters only, byte by byte, so text in any encoding stays
// valid.
// Source: lowercase_filter of mod_perl 2.0's user guide (perl.apache.org, "Protocol Handlers").

/// Turns A to Z into a to z, and passes every other byte on unchanged.
public struct Lowercase: ByteFilter {
    /// The output has as many bytes as the input.
    public static var mostForOneByte: Int { 1 }

    /// A filter, which has no state.
    public init() {}

    /// Writes as many bytes as it takes.
    public mutating func push(_ bytes: borrowing Span<UInt8>, to writer: inout ByteWriter) throws(ConnectionError) {
        try writer.write(bytes) { $0 >= 0x41 && $0 <= 0x5a ? $0 | 0x20 : $0 }
    }
}
