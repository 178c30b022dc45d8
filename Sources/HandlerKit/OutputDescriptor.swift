// The descriptor that a connection writes to.
// Promises that a write is whole or an error, and that a peer that does not read is waited for only as long as the limits say.
internal import CHandler

/// Where bytes go.
struct OutputDescriptor {
    /// Its number.
    let descriptor: Int32
    /// Whether it is a socket, so that a write can be told not to wait, and the peer that no more is coming.
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

    /// Writes a part of some memory.
    func write(
        _ range: Range<Int>, of buffer: borrowing ByteBuffer, within limits: inout TimeLimits
    ) throws(ConnectionError) {
        try write(buffer.bytes(range), within: &limits)
    }

    /// Says to the peer that no more is coming: on a socket by its own act, on anything else by closing.
    func finish() throws(ConnectionError) {
        let result = isSocket ? chandler_shutdown_write(descriptor) : chandler_close(descriptor)
        guard result == 0 else { throw ConnectionError(ConnectionError.shuttingDown, Int(result)) }
    }

    private func writeOnce(_ bytes: borrowing Span<UInt8>) throws(ConnectionError) -> Int {
        let result = bytes.write(to: descriptor)
        guard result > 0 else { throw ConnectionError(ConnectionError.writing, result) }
        return result
    }

    /// Writes what goes without waiting, after waiting until something does.
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

    /// Writes what goes without waiting: the number of bytes, or 0 if it would have had to wait. There is at least one.
    func writeSome(_ bytes: borrowing Span<UInt8>) throws(ConnectionError) -> Int {
        let result = bytes.writeSome(to: descriptor, isSocket: isSocket ? 1 : 0)
        if chandler_means_try_again(Int32(-result)) == 1 { return 0 }
        guard result > 0 else { throw ConnectionError(ConnectionError.writing, result) }
        return result
    }
}
