// The writing half of a connection: small writes are gathered, large ones go straight through.
// Promises the bytes in order and whole: a write that took only a part is continued.
// Never writes on its own: only when full, or when flushed.

/// Bytes that wait to be written, and the descriptor that they go to.
struct Output: ~Copyable {
    /// Where the bytes go.
    let descriptor: Int32
    private var memory: Memory
    private var waiting = 0

    /// - Parameter capacity: of the buffer, in bytes.
    init(descriptor: Int32, capacity: Int) {
        self.descriptor = descriptor
        memory = Memory(capacity: capacity)
    }

    /// Errors: what waited is lost, and the connection with it.
    mutating func write(_ bytes: borrowing Span<UInt8>) throws(ConnectionError) {
        if bytes.count > memory.capacity - waiting { try flush() }
        guard bytes.count < memory.capacity else {
            return try writeThrough(bytes)
        }
        memory.copy(bytes, to: waiting)
        waiting += bytes.count
    }

    /// Writes a slice of the input of the same connection.
    mutating func write(_ slice: Slice, of input: borrowing Input) throws(ConnectionError) {
        try write(input.bytes(of: slice))
    }

    /// Writes what waits.
    mutating func flush() throws(ConnectionError) {
        let count = waiting
        waiting = 0
        if count > 0 { try writeThrough(memory.bytes(0..<count)) }
    }

    private func writeThrough(_ bytes: borrowing Span<UInt8>) throws(ConnectionError) {
        var written = 0
        while written < bytes.count {
            let result = bytes.extracting(written..<bytes.count).write(to: descriptor)
            guard result > 0 else { throw ConnectionError(ConnectionError.writing, result) }
            written += result
        }
    }
}
