// Converts mail for storage: its lines end in LF, as on this system, and not in CR LF, as on the network. Gathers the
// result in a buffer, so that many small pieces become few writes.
// Promises: only CR LF changes, so the conversion can be reversed if the message had no bare LF, which the engine
// refuses; the result does not depend on how the pieces are cut. The memory is the buffer alone, for a message of any
// size.
// Sources: RFC 5321 4.5.2 (changes must be reversible); RFC 5321 2.3.8.
internal import CHandler

/// A buffer that takes text of the network and holds text of this system.
struct StoredText: ~Copyable {
    static var capacity: Int { 32768 }

    private var storage = InlineArray<32768, UInt8>(repeating: 0)
    private var count = 0
    /// Whether the last byte was a CR, which is not stored yet.
    private var isAfterCarriageReturn = false

    /// The bytes that are stored so far and not removed.
    var bytes: Span<UInt8> {
        @_lifetime(borrow self)
        get { storage.span.extracting(0..<count) }
    }

    /// Removes the bytes, which the caller has written.
    mutating func removeAll() {
        count = 0
    }

    /// Removes the bytes and the CR, for a new message.
    mutating func reset() {
        count = 0
        isAfterCarriageReturn = false
    }

    /// Stores as many bytes of the network as fit, and returns how many.
    mutating func append(_ text: borrowing Span<UInt8>) -> Int {
        var index = 0
        while index < text.count, count < Self.capacity - 1 {
            if isAfterCarriageReturn {
                isAfterCarriageReturn = false
                if text[index] != 0x0a { store(0x0d) }
            }
            let limit = min(text.count, index + Self.capacity - count)
            let end = text.firstCarriageReturn(in: index..<limit)
            store(text.extracting(index..<(end ?? limit)))
            index = end ?? limit
            if end != nil {
                isAfterCarriageReturn = true
                index += 1
            }
        }
        return index
    }

    /// Stores a CR that was the last byte of the message. The buffer must have room for it.
    mutating func finish() {
        if isAfterCarriageReturn { store(0x0d) }
        isAfterCarriageReturn = false
    }

    private mutating func store(_ byte: UInt8) {
        storage[count] = byte
        count += 1
    }

    private mutating func store(_ text: borrowing Span<UInt8>) {
        precondition(text.count <= Self.capacity - count)
        let offset = count
        var target = storage.mutableSpan
        // Sound: the precondition checks that the bytes fit, and a span never overlaps memory that is mutably borrowed.
        unsafe target.withUnsafeMutableBufferPointer { to in
            unsafe text.withUnsafeBufferPointer { from in
                guard let address = from.baseAddress else { return }
                unsafe (to.baseAddress! + offset).update(from: address, count: from.count)
            }
        }
        count += text.count
    }
}

extension Span<UInt8> {
    fileprivate func firstCarriageReturn(in range: Range<Int>) -> Int? {
        // Sound: extracting checks the range.
        let found = unsafe extracting(range).withUnsafeBufferPointer { buffer in
            guard let start = buffer.baseAddress else { return -1 }
            return unsafe chandler_find(start, 0x0d, buffer.count)
        }
        return found < 0 ? nil : range.lowerBound + found
    }
}
