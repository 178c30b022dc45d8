// The writing half of a connection: small writes are gathered, large ones go straight through.
// Promises the bytes in order and whole: a write that took only a part is continued; and that a peer that does not
// read is waited for only as long as the limits say.
// Never writes on its own: only when full, or when flushed.
internal import CHandler

/// Bytes that wait to be written, and the descriptor that they go to.
struct Output: ~Copyable {
    /// Where the bytes go.
    let descriptor: Int32
    /// Whether it is a socket, so that a write can be told not to wait, and the peer that no more is coming.
    let isSocket: Bool
    private var memory: Memory
    private var waiting = 0
    /// Whether the peer was told that no more is coming.
    private(set) var isFinished = false

    /// - Parameter capacity: of the buffer, in bytes.
    init(descriptor: Int32, capacity: Int) {
        self.descriptor = descriptor
        isSocket = chandler_is_socket(descriptor) == 1
        memory = Memory(capacity: capacity)
    }

    /// Errors: what waited is lost, and the connection with it.
    @inline(never)  // once in a handler, not once for every reply; so are `flush` and `writeThrough`
    mutating func write(_ bytes: borrowing Span<UInt8>, within patience: inout Patience) throws(ConnectionError) {
        precondition(!isFinished, "nothing can be written after finishWriting")
        if bytes.count > memory.capacity - waiting { try flush(within: &patience) }
        guard bytes.count < memory.capacity else {
            return try writeThrough(bytes, within: &patience)
        }
        memory.copy(bytes, to: waiting)
        waiting += bytes.count
    }

    /// Writes a slice of the input of the same connection.
    mutating func write(
        _ slice: Slice, of input: borrowing Input, within patience: inout Patience
    ) throws(ConnectionError) {
        try write(input.bytes(of: slice), within: &patience)
    }

    /// Writes what waits.
    @inline(never)
    mutating func flush(within patience: inout Patience) throws(ConnectionError) {
        let count = waiting
        waiting = 0
        if count > 0 { try writeThrough(memory.bytes(0..<count), within: &patience) }
    }

    /// Notes that no more is coming.
    mutating func finish() { isFinished = true }

    @inline(never)
    private func writeThrough(
        _ bytes: borrowing Span<UInt8>, within patience: inout Patience
    ) throws(ConnectionError) {
        var written = 0
        while written < bytes.count {
            let rest = bytes.extracting(written..<bytes.count)
            written += try patience.isUnlimited ? write(rest) : writeSome(rest, within: &patience)
        }
    }

    private func write(_ bytes: borrowing Span<UInt8>) throws(ConnectionError) -> Int {
        let result = bytes.write(to: descriptor)
        guard result > 0 else { throw ConnectionError(ConnectionError.writing, result) }
        return result
    }

    /// Writes what goes without waiting, after waiting until something does.
    private func writeSome(
        _ bytes: borrowing Span<UInt8>, within patience: inout Patience
    ) throws(ConnectionError) -> Int {
        while true {
            try patience.wait(until: .writable, descriptor)
            let result = bytes.writeSome(to: descriptor, isSocket: isSocket ? 1 : 0)
            if chandler_means_try_again(Int32(-result)) == 1 { continue }
            guard result > 0 else { throw ConnectionError(ConnectionError.writing, result) }
            patience.moved(result, .writable)
            return result
        }
    }
}
