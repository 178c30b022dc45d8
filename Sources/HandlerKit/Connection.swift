// One connection, as a handler sees it: it reads lines, paragraphs, chunks and bodies, and writes bytes.
// Promises: all kinds of reading share one buffer, so a change between them loses no byte; where a line ends depends on
// the bytes alone, never on how the network cut the stream; output is gathered and sent before any read that could
// block, so a peer that waits for a reply gets it, and a peer that sends many requests at once gets the replies in few
// packets.
// Never allocates after `init`. Never closes a descriptor, except in `finishWriting` on a pipe: 0 and 1 belong to the
// process.
// Source: RFC 2920 3.2, for when replies are sent.

/// A connection to a peer. `serve` makes one.
public struct Connection: ~Copyable {
    /// The reading half.
    var input: Input
    /// The writing half.
    var writer: ByteWriter
    /// The filter of the input, if there is one.
    var inputStage: InputStage?
    private var isSkippingLine = false

    /// - Parameters:
    ///   - input: the descriptor to read from.
    ///   - output: the descriptor to write to; for a socket, the same.
    ///   - capacity: the size of each of the two buffers, in bytes.
    public init(input: Int32 = 0, output: Int32 = 1, capacity: Int = 16384) {
        self.input = Input(descriptor: input, capacity: capacity)
        writer = ByteWriter(descriptor: output, capacity: capacity)
    }

    /// Reads the next line; nil at the end of input. A last line without an ending is a line.
    /// - Parameter maximumLength: in bytes, with the ending; less than the capacity.
    public mutating func nextLine(maximumLength: Int = 8192) throws(ConnectionError) -> LineEvent? {
        precondition(maximumLength > 0 && maximumLength < input.capacity)
        try finishSkipping()
        var searched = 0
        while true {
            if let length = input.lengthOfLine(searched: searched, limit: maximumLength) {
                return .line(input.takeLine(length))
            }
            searched = input.unreadCount
            if searched > maximumLength {
                isSkippingLine = true
                return .tooLong
            }
            if try !fill() {
                return searched == 0 ? nil : .line(input.takeLine(searched))
            }
        }
    }

    /// Reads the next blank line, or the bytes that are there before it; nil at the end of input. For handlers that
    /// pass a stream on up to a blank line: a paragraph holds any number of lines, and no line is too long.
    public mutating func nextParagraph() throws(ConnectionError) -> Paragraph? {
        try finishSkipping()
        while true {
            let (bytes, blankLine) = input.lengthsOfParagraph()
            if bytes + blankLine > 0 {
                return Paragraph(bytes: input.take(bytes + blankLine), isBlankLine: blankLine > 0)
            }
            if try !fill(), input.unreadCount == 0 { return nil }
        }
    }

    /// Reads the next bytes as soon as there are any; nil at the end of input.
    /// - Parameter maximumCount: in bytes.
    public mutating func nextChunk(maximumCount: Int = .max) throws(ConnectionError) -> InputSlice? {
        precondition(maximumCount > 0)
        try finishSkipping()
        if input.unreadCount == 0 {
            guard try fill() else { return nil }
        }
        return input.take(min(maximumCount, input.unreadCount))
    }

    /// The bytes of a slice of the input.
    @_lifetime(borrow self)
    public func bytes(of slice: InputSlice) -> Span<UInt8> {
        input.bytes(of: slice)
    }

    /// Sends these bytes, at the latest before the next read that could block.
    public mutating func write(_ bytes: borrowing Span<UInt8>) throws(ConnectionError) {
        try writer.write(bytes)
    }

    /// Sends bytes that live as long as the process, such as a literal.
    public mutating func write(_ text: StaticBytes) throws(ConnectionError) {
        try writer.write(text.bytes)
    }

    /// Sends bytes of the input.
    public mutating func write(_ slice: InputSlice) throws(ConnectionError) {
        try writer.write(slice, of: input)
    }

    /// Sends a short text.
    public mutating func write(_ text: borrowing ShortText) throws(ConnectionError) {
        try writer.write(text.bytes)
    }

    /// Sends a number in decimal.
    public mutating func write(_ number: Int) throws(ConnectionError) {
        var text = ShortText()
        text.append(number)
        try writer.write(text.bytes)
    }

    /// Sends now what was written so far. Handlers seldom need this, because reading does it.
    public mutating func flush() throws(ConnectionError) {
        try writer.flush()
    }

    /// Sends everything that was written, then reads once. False: the input has ended.
    @inline(never)  // one copy in a handler, not one for each kind of reading
    mutating func fill() throws(ConnectionError) -> Bool {
        try writer.flush()
        if let inputStage { return try inputStage.fill(&input, within: &writer.limits) }
        return try input.fill(within: &writer.limits)
    }

    /// Skips the rest of a line that was too long, with its LF.
    mutating func finishSkipping() throws(ConnectionError) {
        if isSkippingLine { try skipLine() }
    }

    @inline(never)
    private mutating func skipLine() throws(ConnectionError) {
        while isSkippingLine {
            if let length = input.lengthOfLine() {
                _ = input.take(length)
                isSkippingLine = false
            } else {
                _ = input.take(input.unreadCount)
                if try !fill() { isSkippingLine = false }
            }
        }
    }
}
