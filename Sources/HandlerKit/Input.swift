// The reading half of a connection: one buffer, filled by one read at a time and emptied from the front.
// Promises that a byte is handed out once and in order, however the reads cut the stream.
// Knows lines only so far as to find an LF.

/// Unread bytes, and the descriptor that more of them come from.
struct Input: ~Copyable {
    let descriptor: Int32
    private var memory: Memory
    private var unread = 0..<0
    private var sequence: UInt = 0
    /// The descriptor has said that nothing more comes; it is not asked again.
    private(set) var isAtEnd = false
    /// The byte taken last was an LF, or none was taken yet.
    private(set) var isAtLineStart = true

    init(descriptor: Int32, capacity: Int) {
        precondition(capacity >= 2, "CR and LF must fit")
        self.descriptor = descriptor
        memory = Memory(capacity: capacity)
    }

    var capacity: Int { memory.capacity }
    var unreadCount: Int { unread.count }

    /// The number of bytes up to and with the first LF, if there is one behind `searched` and within `limit`.
    func lengthOfLine(searched: Int = 0, limit: Int = .max) -> Int? {
        let end = unread.lowerBound + min(limit, unread.count)
        guard unread.lowerBound + searched < end else { return nil }
        let found = memory.firstIndex(of: .lineFeed, in: unread.lowerBound + searched..<end)
        return found.map { $0 + 1 - unread.lowerBound }
    }

    /// The only thing unread is the CR that a blank line could begin with.
    var holdsLoneCarriageReturn: Bool {
        isAtLineStart && unread.count == 1 && memory[unread.lowerBound] == .carriageReturn
    }

    /// Takes bytes from the front; slices taken before are no longer good.
    mutating func take(_ length: Int) -> Slice {
        precondition(length <= unread.count)
        sequence += 1
        let slice = Slice(offset: unread.lowerBound, count: length, sequence: sequence)
        unread = unread.lowerBound + length..<unread.upperBound
        if length > 0 { isAtLineStart = memory[unread.lowerBound - 1] == .lineFeed }
        return slice
    }

    /// Takes a line, or a part of one, of this length and with its ending if it has one.
    mutating func takeLine(_ length: Int) -> Line {
        let isBeginning = isAtLineStart
        let bytes = take(length)
        return Line(bytes: bytes, ending: ending(of: bytes), isBeginning: isBeginning)
    }

    private func ending(of slice: Slice) -> LineEnding {
        let end = slice.offset + slice.count
        guard slice.count > 0, memory[end - 1] == .lineFeed else { return .none }
        guard slice.count > 1, memory[end - 2] == .carriageReturn else { return .lineFeed }
        return .carriageReturnLineFeed
    }

    /// The bytes of a slice.
    @_lifetime(borrow self)
    func bytes(of slice: Slice) -> Span<UInt8> {
        precondition(slice.sequence == sequence, "a slice is good until the next read")
        return memory.bytes(slice.offset..<slice.offset + slice.count)
    }

    /// Reads once. False: nothing more comes. There must be room.
    mutating func fill() throws(ConnectionError) -> Bool {
        if isAtEnd { return false }
        if unread.lowerBound > 0 {
            memory.moveToFront(unread)
            unread = 0..<unread.count
            sequence += 1
        }
        precondition(unread.count < capacity)
        let result = memory.read(descriptor, into: unread.upperBound..<capacity)
        guard result >= 0 else { throw ConnectionError(ConnectionError.reading, result) }
        unread = 0..<unread.upperBound + result
        isAtEnd = result == 0
        return !isAtEnd
    }
}

extension UInt8 {
    static let lineFeed: UInt8 = 0x0a
    static let carriageReturn: UInt8 = 0x0d
}
