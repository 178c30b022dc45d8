// What handlers write to standard error, cut into lines. Pure; allocates nothing after init.

/// Bytes that are not a line yet.
package struct HandlerLines: ~Copyable {
    /// Longer lines come in pieces. Each byte of a piece may take four in the log's line.
    package static let longest = 900

    private var bytes: [UInt8] = []

    package init() { bytes.reserveCapacity(Self.longest) }

    package var isEmpty: Bool { bytes.isEmpty }
    package var line: Span<UInt8> {
        @_lifetime(borrow self)
        get { bytes.span }
    }

    /// Adds a byte.
    ///
    /// - Returns: whether ``line`` is to be taken now, and then removed.
    package mutating func add(_ byte: UInt8) -> Bool {
        if byte == UInt8(ascii: "\n") { return !bytes.isEmpty }
        bytes.append(byte)
        return bytes.count == Self.longest
    }

    package mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }
}
