// The descriptor that a connection writes to.
// Promises that a write sends all bytes or throws, and waits for a peer that does not read only as long as the limits
// allow.
internal import CHandler

/// A descriptor open for writing.
struct OutputDescriptor {
    /// The number of the descriptor.
    let descriptor: Int32
    /// Whether it is a socket: only then a single write can be non-blocking, and the output can end without a close.
    let isSocket: Bool

    /// - Parameter descriptor: open for writing.
    init(_ descriptor: Int32) {
        self.descriptor = descriptor
        isSocket = chandler_is_socket(descriptor) == 1
    }

    /// Writes all of the bytes.
    @inline(never)
    func write(_ bytes: borrowing Span<UInt8>, within limits: inout TimeLimits) throws(ConnectionError) {
        precondition(descriptor >= 0, "a filter wrote more for one byte than its mostForOneByte")
        var written = 0
        while written < bytes.count {
            let rest = bytes.extracting(written..<bytes.count)
            written += try limits.isUnlimited ? writeOnce(rest) : writeSome(rest, within: &limits)
        }
    }

    /// Writes a range of a buffer.
    func write(
        _ range: Range<Int>, of buffer: borrowing ByteBuffer, within limits: inout TimeLimits
    ) throws(ConnectionError) {
        try write(buffer.bytes(range), within: &limits)
    }

    /// Ends the output: shuts down a socket, closes anything else.
    func finish() throws(ConnectionError) {
        let result = isSocket ? chandler_shutdown_write(descriptor) : chandler_close(descriptor)
        guard result == 0 else { throw ConnectionError(ConnectionError.shuttingDown, Int(result)) }
    }

    private func writeOnce(_ bytes: borrowing Span<UInt8>) throws(ConnectionError) -> Int {
        let result = bytes.write(to: descriptor)
        guard result > 0 else { throw ConnectionError(ConnectionError.writing, result) }
        return result
    }

    /// Waits, within the limits, until the descriptor takes bytes, and writes those that it takes; returns how many.
    private func writeSome(
        _ bytes: borrowing Span<UInt8>, within limits: inout TimeLimits
    ) throws(ConnectionError) -> Int {
        while true {
            try limits.wait(until: .writable, descriptor)
            let count = try writeSome(bytes)
            if count == 0 { continue }
            limits.transferred(count, .writable)
            return count
        }
    }

    /// Writes without waiting, and returns how many bytes were taken; 0 if the call would have had to wait.
    /// - Parameter bytes: at least one.
    func writeSome(_ bytes: borrowing Span<UInt8>) throws(ConnectionError) -> Int {
        let result = bytes.writeSome(to: descriptor, isSocket: isSocket ? 1 : 0)
        if chandler_means_try_again(Int32(-result)) == 1 { return 0 }
        guard result > 0 else { throw ConnectionError(ConnectionError.writing, result) }
        return result
    }
}
