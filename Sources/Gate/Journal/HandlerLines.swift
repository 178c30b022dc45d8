// Cuts what handlers write to standard error into lines. Pure; allocates nothing after init.

/// The bytes of a line that is not complete yet.
package struct HandlerLines: ~Copyable {
    /// In bytes. A longer line is cut into pieces of this length. An escaped byte takes up to four bytes in the log.
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
    /// - Returns: whether ``line`` is complete; the caller then reads it and calls ``removeAll()``.
    package mutating func add(_ byte: UInt8) -> Bool {
        if byte == UInt8(ascii: "\n") { return !bytes.isEmpty }
        bytes.append(byte)
        return bytes.count == Self.longest
    }

    package mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }
}
