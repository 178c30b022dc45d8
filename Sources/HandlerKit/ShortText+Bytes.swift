// Bytes of a span, appended to a short text.
extension ShortText {
    /// Appends bytes unchanged.
    public mutating func append(_ bytes: borrowing Span<UInt8>) {
        for index in bytes.indices { append(byte: bytes[index]) }
    }
}
