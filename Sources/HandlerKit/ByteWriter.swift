// The writing half of a connection, and what a filter writes to: small writes are gathered, large ones go straight through.
// Promises the bytes in order and whole: a write that took only a part is continued; and that a peer that does not
// read is waited for only as long as the limits say.
// Never writes on its own: only when full, or when flushed.

/// Bytes that wait to be written, and where they go.
public struct ByteWriter: ~Copyable {
    /// Where the bytes go.
    let output: OutputDescriptor
    /// How long the peer may take. Here and not in the connection, because reading needs the writer anyway, to flush it.
    var limits = TimeLimits()
    private var buffer: ByteBuffer
    private var buffered = 0
    /// Whether the peer was told that no more is coming.
    private(set) var isFinished = false
    /// What every byte goes through first.
    private var stage: OutputStage?

    /// - Parameter capacity: of the buffer, in bytes.
    init(descriptor: Int32, capacity: Int) {
        output = OutputDescriptor(descriptor)
        buffer = ByteBuffer(capacity: capacity)
    }

    /// Sends these bytes, at the latest when the writer is flushed.
    ///
    /// Errors: what waited is lost, and the connection with it.
    @inline(never)  // once in a handler, not once for every reply; so are `flush` and `OutputDescriptor.write`
    public mutating func write(_ bytes: borrowing Span<UInt8>) throws(ConnectionError) {
        precondition(!isFinished, "nothing can be written after finishWriting")
        if let stage = stage.take() {
            // What the filter writes goes on from here.
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

    /// Sends one byte. For filters: what they write here goes on from here.
    public mutating func write(byte: UInt8) throws(ConnectionError) {
        precondition(!isFinished && stage == nil)
        if buffered == buffer.capacity { try flush() }
        buffer[buffered] = byte
        buffered += 1
    }

    /// Sends as many bytes as these, each as another one. For filters, like the one above.
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

    /// Writes what waits.
    @inline(never)
    mutating func flush() throws(ConnectionError) {
        let count = buffered
        buffered = 0
        if count > 0 { try output.write(0..<count, of: buffer, within: &limits) }
    }

    /// How many bytes wait.
    var bufferedCount: Int { buffered }

    /// Does something with the bytes that wait.
    func withBufferedBytes<Result>(_ body: (Span<UInt8>) -> Result) -> Result { body(buffer.bytes(0..<buffered)) }

    /// Forgets what waits.
    mutating func clear() { buffered = 0 }

    /// Everything that is written from now on goes through this stage.
    mutating func install(_ stage: OutputStage) {
        precondition(self.stage == nil, "one filter for each direction")
        self.stage = stage
    }

    /// Lets the filter, if there is one, write what it still has. It is gone then.
    mutating func finishStage() throws(ConnectionError) {
        guard let stage = stage.take() else { return }
        try stage.finish(to: &self)
    }

    /// Says to the peer that no more is coming.
    mutating func finish() throws(ConnectionError) {
        isFinished = true
        try output.finish()
    }
}
