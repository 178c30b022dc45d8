// The reading half of a connection: one buffer, which single reads fill and which is emptied from the front.
// Promises to return each byte once and in order, however the reads cut the stream.
// Of lines it knows only how to find an LF and a blank line.

/// Where a delimiter is looked for.
enum DelimiterSearch {
    case anywhere
    case atFront
}

/// Unread bytes, and the descriptor to read more of them from.
struct Input: ~Copyable {
    /// The descriptor that is read from.
    let descriptor: Int32
    private var buffer: ByteBuffer
    private var unread = 0..<0
    private var sequence: UInt = 0
    /// The input has ended: a read returned 0, and none follows.
    private(set) var isAtEnd = false
    /// The byte that was taken last is an LF, or no byte was taken yet.
    private var isAtLineStart = true

    /// - Parameter capacity: the size of the buffer, in bytes.
    init(descriptor: Int32, capacity: Int) {
        precondition(capacity >= 2, "CR and LF must fit")
        self.descriptor = descriptor
        buffer = ByteBuffer(capacity: capacity)
    }

    /// The buffer's size in bytes.
    var capacity: Int { buffer.capacity }
    /// The number of bytes that were read but not yet taken.
    var unreadCount: Int { unread.count }

    /// The bytes that were read but not yet taken; valid until some are taken.
    var unreadBytes: InputSlice { InputSlice(offset: unread.lowerBound, count: unread.count, sequence: sequence) }

    /// The number of bytes up to and with the first LF, or nil if there is none within `limit`.
    /// - Parameter searched: the number of first bytes that are known to hold no LF.
    func lengthOfLine(searched: Int = 0, limit: Int = .max) -> Int? {
        let end = unread.lowerBound + min(limit, unread.count)
        guard unread.lowerBound + searched < end else { return nil }
        let found = buffer.firstIndex(of: .lineFeed, in: unread.lowerBound + searched..<end)
        return found.map { $0 + 1 - unread.lowerBound }
    }

    /// The number of bytes before the next blank line, and the length of the blank line if it comes first.
    /// Both are 0 if that is not known yet: nothing is unread, or only a CR that may begin a blank line.
    func lengthsOfParagraph() -> (bytes: Int, blankLine: Int) {
        guard unread.count > 0 else { return (0, 0) }
        if isAtLineStart, let length = lengthOfBlankLine(at: unread.lowerBound) { return (0, length) }
        var position = unread.lowerBound
        while let found = buffer.firstBlankLine(in: position..<unread.upperBound) {
            // A CR at the end is the beginning of a blank line only while the input has not ended.
            if lengthOfBlankLine(at: found) != nil { return (found - unread.lowerBound, 0) }
            position = found
        }
        return (unread.count, 0)
    }

    /// The number of bytes before a delimiter, and whether the whole delimiter follows or only its possible beginning.
    /// If there is no delimiter, that is the number of all bytes.
    func lengthBefore(_ delimiter: StaticBytes, _ search: DelimiterSearch) -> (count: Int, isWhole: Bool) {
        var position = unread.lowerBound
        while position < unread.upperBound {
            if search == .anywhere {
                guard let found = buffer.firstIndex(of: delimiter.bytes[0], in: position..<unread.upperBound) else {
                    break
                }
                position = found
            }
            let there = buffer.bytes(position..<min(unread.upperBound, position + delimiter.count))
            if there.isPrefix(of: delimiter) { return (position - unread.lowerBound, there.count == delimiter.count) }
            if search == .atFront { break }
            position += 1
        }
        return (unread.count, false)
    }

    /// The length of the blank line that begins here; 0 if it is not known yet whether there is one; nil if there is
    /// none.
    private func lengthOfBlankLine(at position: Int) -> Int? {
        let first = buffer[position]
        if first == .lineFeed { return 1 }
        if first != .carriageReturn { return nil }
        if position + 1 == unread.upperBound { return isAtEnd ? nil : 0 }
        return buffer[position + 1] == .lineFeed ? 2 : nil
    }

    /// Takes bytes from the front; slices from before are no longer valid.
    mutating func take(_ length: Int) -> InputSlice {
        precondition(length <= unread.count)
        sequence += 1
        let slice = InputSlice(offset: unread.lowerBound, count: length, sequence: sequence)
        unread = unread.lowerBound + length..<unread.upperBound
        if length > 0 { isAtLineStart = buffer[unread.lowerBound - 1] == .lineFeed }
        return slice
    }

    /// Takes a line of this length, with its ending if it has one.
    mutating func takeLine(_ length: Int) -> Line {
        let bytes = take(length)
        return Line(bytes: bytes, ending: ending(of: bytes))
    }

    private func ending(of slice: InputSlice) -> LineEnding {
        let end = slice.offset + slice.count
        guard slice.count > 0, buffer[end - 1] == .lineFeed else { return .none }
        guard slice.count > 1, buffer[end - 2] == .carriageReturn else { return .lineFeed }
        return .carriageReturnLineFeed
    }

    /// The bytes of a slice.
    @_lifetime(borrow self)
    func bytes(of slice: InputSlice) -> Span<UInt8> {
        precondition(slice.sequence == sequence, "a slice is good until the next read")
        return buffer.bytes(slice.offset..<slice.offset + slice.count)
    }

    /// Reads once, within the limits. False: the input has ended. The buffer must have room.
    mutating func fill(within limits: inout TimeLimits) throws(ConnectionError) -> Bool {
        if limits.isUnlimited || isAtEnd { return try fill() }
        try limits.wait(until: .readable, descriptor)
        let before = unreadCount
        defer { limits.transferred(unreadCount - before, .readable) }
        return try fill()
    }

    /// Reads once. False: the input has ended. The buffer must have room.
    mutating func fill() throws(ConnectionError) -> Bool {
        if isAtEnd { return false }
        makeRoom()
        let result = buffer.read(descriptor, into: unread.upperBound..<capacity)
        guard result >= 0 else { throw ConnectionError(ConnectionError.reading, result) }
        unread = 0..<unread.upperBound + result
        isAtEnd = result == 0
        return !isAtEnd
    }

    /// Adds as many of these bytes as there is room for, as if they had been read, and returns how many.
    mutating func add(_ bytes: borrowing Span<UInt8>) -> Int {
        makeRoom()
        let count = min(bytes.count, capacity - unread.upperBound)
        buffer.copy(bytes.extracting(0..<count), to: unread.upperBound)
        unread = 0..<unread.upperBound + count
        return count
    }

    /// Notes that the input has ended.
    mutating func end() { isAtEnd = true }

    /// Moves the unread bytes to the front.
    private mutating func makeRoom() {
        if unread.lowerBound > 0 {
            buffer.moveToFront(unread)
            unread = 0..<unread.count
            sequence += 1
        }
        precondition(unread.count < capacity)
    }
}

extension UInt8 {
    /// LF.
    static let lineFeed: UInt8 = 0x0a
    /// CR.
    static let carriageReturn: UInt8 = 0x0d
}
