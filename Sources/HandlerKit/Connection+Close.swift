// The end of a session, so that the last reply arrives. When a process closes a socket that holds unread input, the
// kernel sends a reset, and the reset may overtake the reply. So a lingering close sends the reply, ends the output,
// and reads and drops for a moment what the peer still sends. On a pipe, sending is enough.
// Sources: RFC 1122 4.2.2.13, RFC 2525 2.17, github.com/openSUSE/xinetd issue 14, nginx's lingering_close.
internal import CHandler

/// How much a closing connection still reads and drops.
struct LingerLimits: Sendable {
    /// The most bytes, give or take one buffer.
    var bytes = 65536
    /// The longest time.
    var nanoseconds: Int64 = 1_000_000_000
}

extension Connection {
    /// Sends everything, then ends the output: the peer reads the end of input. Reading is still possible, because
    /// output and input end independently. Writing after this is a bug and traps.
    ///
    /// A socket's output is shut down. Any other descriptor, such as a pipe, is closed.
    @inline(never)
    public mutating func finishWriting() throws(ConnectionError) {
        if writer.isFinished { return }
        try flushAll()
        try writer.finish()
    }

    /// Sends everything, then ends the connection so that the last reply arrives. The descriptors stay open until the
    /// process ends.
    public mutating func close() throws(ConnectionError) {
        try close(lingering: LingerLimits())
    }

    /// The same with other limits.
    @inline(never)
    mutating func close(lingering limits: LingerLimits) throws(ConnectionError) {
        try flushAll()
        guard writer.isFinished || writer.output.isSocket else { return }
        try finishWriting()
        if chandler_is_socket(input.descriptor) == 1 { try linger(limits) }
    }

    /// Sends everything, including the bytes that the filter of the output still keeps.
    private mutating func flushAll() throws(ConnectionError) {
        try writer.finishStage()
        try writer.flush()
    }

    private mutating func linger(_ limits: LingerLimits) throws(ConnectionError) {
        let end = chandler_monotonic_nanoseconds() + limits.nanoseconds
        var bytesLeft = limits.bytes
        _ = input.take(input.unreadCount)
        while bytesLeft > 0 {
            let left = max(0, end - chandler_monotonic_nanoseconds())
            guard chandler_wait(input.descriptor, Int32(CHANDLER_READABLE), left) == 1 else { return }
            guard try input.fill() else { return }
            bytesLeft -= input.unreadCount
            _ = input.take(input.unreadCount)
        }
    }
}
