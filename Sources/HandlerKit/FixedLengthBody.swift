// A part of the input whose length is known beforehand.

/// A fixed number of bytes of the input, to be read in pieces.
///
///     var body = FixedLengthBody(5_000_000)
///     while let piece = try connection.nextPiece(of: &body) { … }
public struct FixedLengthBody: Sendable {
    /// The number of bytes that were not read yet.
    public private(set) var remaining: Int

    /// - Parameter count: the length in bytes.
    public init(_ count: Int) {
        precondition(count >= 0)
        remaining = count
    }

    /// Notes that this number of bytes was read.
    mutating func read(_ count: Int) { remaining -= count }
}

extension Connection {
    /// Reads the next of these bytes, as many as there are; nil after the last one.
    ///
    /// Errors: `endedEarly` if the input ends before the last one.
    /// - Parameter maximumCount: in bytes.
    public mutating func nextPiece(of body: inout FixedLengthBody, maximumCount: Int = .max) throws(ConnectionError)
        -> InputSlice?
    {
        if body.remaining == 0 { return nil }
        guard let piece = try nextChunk(maximumCount: min(maximumCount, body.remaining)) else { throw .endedEarly }
        body.read(piece.count)
        return piece
    }

    /// Reads this number of bytes in one piece, fewer at the end of input; nil if nothing is left.
    /// - Parameter size: in bytes; at most the capacity.
    public mutating func nextBlock(size: Int) throws(ConnectionError) -> InputSlice? {
        precondition(size > 0 && size <= input.capacity)
        try finishSkipping()
        while input.unreadCount < size, try fill() {}
        return input.unreadCount == 0 ? nil : input.take(min(size, input.unreadCount))
    }

    /// Reads exactly this number of bytes in one piece, such as a header of fixed size; nil if nothing is left.
    ///
    /// Errors: `endedEarly` if the input ends after some of them.
    /// - Parameter count: in bytes; at most the capacity.
    public mutating func nextBytes(count: Int) throws(ConnectionError) -> InputSlice? {
        guard let block = try nextBlock(size: count) else { return nil }
        guard block.count == count else { throw .endedEarly }
        return block
    }
}
