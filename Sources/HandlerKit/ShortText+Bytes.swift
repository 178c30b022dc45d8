// Bytes as they are into a short text.
extension ShortText {
    /// Appends bytes as they are.
    public mutating func append(_ bytes: borrowing Span<UInt8>) {
        for index in bytes.indices { append(byte: bytes[index]) }
    }
}
