// Mail as it is stored: lines end in LF, as on this system, and not in CR LF, as on the network. Gathered in a buffer, so that
// many small pieces become few writes.
// Promises: only CR LF is changed, so the way back is exact wherever no LF stood alone, which the engine sees to; where the
// pieces are cut makes no difference. Memory is the buffer's, whatever the size of the message.
// Sources: RFC 5321 4.5.2 (changes must be reversible); RFC 5321 2.3.8.
internal import CHandler

/// A buffer that text of the network is written into, and text of this system comes out of.
struct StoredText: ~Copyable {
    static var capacity: Int { 32768 }

    private var storage = InlineArray<32768, UInt8>(repeating: 0)
    private var count = 0
    /// A CR was the last byte, and is not stored yet.
    private var isAfterCarriageReturn = false

    /// What is stored so far and not taken out.
    var bytes: Span<UInt8> {
        @_lifetime(borrow self)
        get { storage.span.extracting(0..<count) }
    }

    /// Forgets the bytes, which somebody has written.
    mutating func removeAll() {
        count = 0
    }

    /// Forgets the bytes and the CR: a new message.
    mutating func reset() {
        count = 0
        isAfterCarriageReturn = false
    }

    /// Stores bytes of the network as far as they fit, and says how many that were.
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

    /// Stores a CR that came last of all. There must be room for a byte.
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
        // Sound: it was checked that the bytes fit; a span never overlaps memory that is mutably borrowed.
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
        // Sound: the range is checked by extracting.
        let found = unsafe extracting(range).withUnsafeBufferPointer { buffer in
            guard let start = buffer.baseAddress else { return -1 }
            return unsafe chandler_find(start, 0x0d, buffer.count)
        }
        return found < 0 ? nil : range.lowerBound + found
    }
}
