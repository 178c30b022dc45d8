// The writing half of a connection; a filter writes to one too. Gathers small writes in a buffer and passes large ones
// straight on.
// Promises to send all bytes in order: if the kernel takes only a part, it sends the rest. It waits for a peer that
// does not read only as long as the limits allow.
// Never sends on its own: only when the buffer is full, or on a flush.

/// A buffer of bytes to be sent, and the descriptor that they are sent to.
public struct ByteWriter: ~Copyable {
    /// The descriptor that is written to.
    let output: OutputDescriptor
    /// The limits on the peer. They are here and not in the connection because reading needs the writer anyway, to
    /// flush it.
    var limits = TimeLimits()
    private var buffer: ByteBuffer
    private var buffered = 0
    /// Whether the output has ended.
    private(set) var isFinished = false
    /// The filter of the output, if there is one.
    private var stage: OutputStage?

    /// - Parameter capacity: the size of the buffer, in bytes.
    init(descriptor: Int32, capacity: Int) {
        output = OutputDescriptor(descriptor)
        buffer = ByteBuffer(capacity: capacity)
    }

    /// Sends these bytes, at the latest when the writer is flushed.
    ///
    /// Errors: the buffered bytes are lost, and the connection with them.
    @inline(never)  // one copy in a handler, not one for each reply; likewise `flush` and `OutputDescriptor.write`
    public mutating func write(_ bytes: borrowing Span<UInt8>) throws(ConnectionError) {
        precondition(!isFinished, "nothing can be written after finishWriting")
        if let stage = stage.take() {
            // The filter writes to this writer, which has no stage meanwhile.
            defer { self.stage = stage }
            return try stage.push(bytes, to: &self)
        }
        if bytes.count > buffer.capacity - buffered { try flush() }
        guard bytes.count < buffer.capacity else { return try output.write(bytes, within: &limits) }
        buffer.copy(bytes, to: buffered)
        buffered += bytes.count
    }

    /// Sends bytes that live as long as the process, such as a literal.
    public mutating func write(_ text: StaticBytes) throws(ConnectionError) {
        try write(text.bytes)
    }

    /// Sends bytes of the input of the same connection.
    mutating func write(_ slice: InputSlice, of input: borrowing Input) throws(ConnectionError) {
        try write(input.bytes(of: slice))
    }

    /// Sends one byte. For filters only: the byte goes through no further filter.
    public mutating func write(byte: UInt8) throws(ConnectionError) {
        precondition(!isFinished && stage == nil)
        if buffered == buffer.capacity { try flush() }
        buffer[buffered] = byte
        buffered += 1
    }

    /// Sends these bytes, each of them transformed. For filters only, as `write(byte:)`.
    public mutating func write(
        _ bytes: borrowing Span<UInt8>, mapping transform: (UInt8) -> UInt8
    ) throws(ConnectionError) {
        precondition(!isFinished && stage == nil)
        var start = 0
        while start < bytes.count {
            if buffered == buffer.capacity { try flush() }
            let count = min(bytes.count - start, buffer.capacity - buffered)
            buffer.copy(bytes.extracting(start..<start + count), to: buffered, mapping: transform)
            (start, buffered) = (start + count, buffered + count)
        }
    }

    /// Sends the buffered bytes.
    @inline(never)
    mutating func flush() throws(ConnectionError) {
        let count = buffered
        buffered = 0
        if count > 0 { try output.write(0..<count, of: buffer, within: &limits) }
    }

    /// The number of buffered bytes.
    var bufferedCount: Int { buffered }

    /// Passes the buffered bytes to a closure.
    func withBufferedBytes<Result>(_ body: (Span<UInt8>) -> Result) -> Result { body(buffer.bytes(0..<buffered)) }

    /// Drops the buffered bytes.
    mutating func clear() { buffered = 0 }

    /// Puts a filter before the buffer: all that is written from here on goes through it.
    mutating func install(_ stage: OutputStage) {
        precondition(self.stage == nil, "one filter for each direction")
        self.stage = stage
    }

    /// Lets the filter, if there is one, write the bytes that it still keeps, and removes it.
    mutating func finishStage() throws(ConnectionError) {
        guard let stage = stage.take() else { return }
        try stage.finish(to: &self)
    }

    /// Ends the output: the peer reads the end of input.
    mutating func finish() throws(ConnectionError) {
        isFinished = true
        try output.finish()
    }
}
