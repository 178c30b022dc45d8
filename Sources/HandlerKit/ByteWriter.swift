// The writing half of a connection, and what a filter writes to: small writes are gathered, large ones go straight through.
// Promises the bytes in order and whole: a write that took only a part is continued; and that a peer that does not
// read is waited for only as long as the limits say.
// Never writes on its own: only when full, or when flushed.

/// Bytes that wait to be written, and where they go.
public struct ByteWriter: ~Copyable {
    /// Where the bytes go.
    let end: WritingEnd
    /// How long the peer may take. Here and not in the connection, because reading needs the writer anyway, to flush it.
    var limits = TimeLimits()
    private var memory: Memory
    private var waiting = 0
    /// Whether the peer was told that no more is coming.
    private(set) var isFinished = false
    /// What every byte goes through first.
    private var stage: OutputStage?

    /// - Parameter capacity: of the buffer, in bytes.
    init(descriptor: Int32, capacity: Int) {
        end = WritingEnd(descriptor)
        memory = Memory(capacity: capacity)
    }

    /// Sends these bytes, at the latest when the writer is flushed.
    ///
    /// Errors: what waited is lost, and the connection with it.
    @inline(never)  // once in a handler, not once for every reply; so are `flush` and `WritingEnd.write`
    public mutating func write(_ bytes: borrowing Span<UInt8>) throws(ConnectionError) {
        precondition(!isFinished, "nothing can be written after finishWriting")
        if let stage = stage.take() {
            // What the filter writes goes on from here.
            defer { self.stage = stage }
            return try stage.push(bytes, to: &self)
        }
        if bytes.count > memory.capacity - waiting { try flush() }
        guard bytes.count < memory.capacity else { return try end.write(bytes, within: &limits) }
        memory.copy(bytes, to: waiting)
        waiting += bytes.count
    }

    /// Sends bytes that live as long as the process, such as a literal.
    public mutating func write(_ text: StaticBytes) throws(ConnectionError) {
        try write(text.bytes)
    }

    /// Sends bytes of the input of the same connection.
    mutating func write(_ slice: Slice, of input: borrowing Input) throws(ConnectionError) {
        try write(input.bytes(of: slice))
    }

    /// Sends one byte. For filters: what they write here goes on from here.
    public mutating func write(byte: UInt8) throws(ConnectionError) {
        precondition(!isFinished && stage == nil)
        if waiting == memory.capacity { try flush() }
        memory[waiting] = byte
        waiting += 1
    }

    /// Sends as many bytes as these, each as another one. For filters, like the one above.
    public mutating func write(
        _ bytes: borrowing Span<UInt8>, mapping transform: (UInt8) -> UInt8
    ) throws(ConnectionError) {
        precondition(!isFinished && stage == nil)
        var start = 0
        while start < bytes.count {
            if waiting == memory.capacity { try flush() }
            let count = min(bytes.count - start, memory.capacity - waiting)
            memory.copy(bytes.extracting(start..<start + count), to: waiting, mapping: transform)
            (start, waiting) = (start + count, waiting + count)
        }
    }

    /// Writes what waits.
    @inline(never)
    mutating func flush() throws(ConnectionError) {
        let count = waiting
        waiting = 0
        if count > 0 { try end.write(0..<count, of: memory, within: &limits) }
    }

    /// How many bytes wait.
    var waitingCount: Int { waiting }

    /// Does something with the bytes that wait.
    func withWaiting<Result>(_ body: (Span<UInt8>) -> Result) -> Result { body(memory.bytes(0..<waiting)) }

    /// Forgets what waits.
    mutating func clear() { waiting = 0 }

    /// Everything that is written from now on goes through this stage.
    mutating func place(_ stage: OutputStage) {
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
        try end.finish()
    }
}
