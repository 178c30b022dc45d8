// The place of some bytes in a connection's input buffer.
// It is not a Span, so that a handler may keep it while it writes; the connection turns it into a Span.

/// Bytes of the input, valid until the next call that reads; a use after that is a bug and traps.
public struct InputSlice: Sendable {
    /// The place of the first byte in the buffer.
    let offset: Int
    /// The number of bytes.
    public let count: Int
    /// The number of the read that returned these bytes.
    let sequence: UInt

    /// Whether the slice has no bytes.
    public var isEmpty: Bool { count == 0 }

    /// The slice without its first bytes; without any if it has fewer.
    public func dropFirst(_ length: Int) -> InputSlice {
        let length = min(length, count)
        return InputSlice(offset: offset + length, count: count - length, sequence: sequence)
    }

    /// The first bytes of the slice, or all if it has fewer.
    public func prefix(_ length: Int) -> InputSlice {
        InputSlice(offset: offset, count: min(length, count), sequence: sequence)
    }
}
