// Sends to a peer that may send too, and drops what it sends.
internal import CHandler

extension Connection {
    /// Sends these bytes now, and meanwhile reads and drops all input: so a peer that sends before it reads does not
    /// block both sides for ever. The end of the peer's input changes nothing. Not for filtered connections: an input
    /// filter traps. The connection's time limits do not apply.
    ///
    /// Errors: `peerIsGone`, `reading`, `writing`.
    public mutating func writeDiscardingInput(_ bytes: borrowing Span<UInt8>) throws(ConnectionError) {
        precondition(inputStage == nil)
        try writer.flush()
        var written = 0
        while written < bytes.count {
            let ready = chandler_wait_either(input.isAtEnd ? -1 : input.descriptor, writer.output.descriptor)
            guard ready >= 0 else { throw ConnectionError(ConnectionError.writing, Int(ready)) }
            if ready & 1 << Int32(CHANDLER_READABLE) != 0 {
                _ = input.take(input.unreadCount)
                _ = try input.fill()
            }
            if ready & 1 << Int32(CHANDLER_WRITABLE) != 0 {
                written += try writer.output.writeSome(bytes.extracting(written..<bytes.count))
            }
        }
    }
}
