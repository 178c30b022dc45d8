// A handle on bytes that wait in the connection's input buffer.
// A handle and not a Span, so that a handler may hold it while it writes; the connection turns it into a Span.

/// Bytes of the input, good until the next call that reads; using it later is a bug and traps.
public struct InputSlice: Sendable {
    /// Where in the buffer.
    let offset: Int
    /// How many bytes.
    public let count: Int
    /// Which read it came from.
    let sequence: UInt

    /// Whether there are no bytes in it.
    public var isEmpty: Bool { count == 0 }

    /// All but the first bytes; at most all of them are left out.
    public func dropFirst(_ length: Int) -> InputSlice {
        let length = min(length, count)
        return InputSlice(offset: offset + length, count: count - length, sequence: sequence)
    }

    /// At most the first bytes.
    public func prefix(_ length: Int) -> InputSlice {
        InputSlice(offset: offset, count: min(length, count), sequence: sequence)
    }
}
