// The end of a session, so that the last reply arrives. A socket that is closed while input waits in it answers
// with a reset, and the reset may overtake the reply on its way. So: send, say that no more is coming, and take in for
// a moment what the peer still sends. On a pipe there is nothing to do but send.
// Sources: RFC 1122 4.2.2.13, RFC 2525 2.17, openSUSE/xinetd#14.
internal import CHandler

/// How much a closing connection still takes in.
struct LingerLimits: Sendable {
    /// Bytes taken in at most, give or take one buffer.
    var bytes = 65536
    /// How long at most.
    var nanoseconds: Int64 = 1_000_000_000
}

extension Connection {
    /// Sends everything, then says to the peer that no more is coming. Reading goes on: the end of output is not the end of
    /// input, nor the other way round. Writing more after this is a bug and traps.
    ///
    /// On a socket this is its own act. Anything else, a pipe by hand, can only say so by being closed, and is.
    @inline(never)
    public mutating func finishWriting() throws(ConnectionError) {
        if writer.isFinished { return }
        try flushAll()
        try writer.finish()
    }

    /// Sends everything, then ends the connection in order. The descriptors stay open until the process ends.
    public mutating func close() throws(ConnectionError) {
        try close(lingering: LingerLimits())
    }

    /// The same with chosen limits.
    @inline(never)
    mutating func close(lingering limits: LingerLimits) throws(ConnectionError) {
        try flushAll()
        guard writer.isFinished || writer.output.isSocket else { return }
        try finishWriting()
        if chandler_is_socket(input.descriptor) == 1 { try linger(limits) }
    }

    /// Sends everything, with what the filter of the output still has.
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
