// SIGTERM as a request: a handler that notices it can still send a last reply.
internal import CHandler

extension Connection {
    /// From here on SIGTERM does not kill the process. After the signal every read throws `terminated`, and what the
    /// handler writes within a second is still sent; if the peer does not take it in that time, writing throws the same
    /// error. The signal interrupts waiting only, nothing else that the handler does.
    ///
    /// At most one connection of a process may call this.
    public mutating func noticeTermination() {
        _ = chandler_catch_termination()  // cannot fail: the signal exists and may be caught
        writer.limits.noticesTermination = true
    }

    /// Waits for this time, for a reply that is to be late; SIGTERM ends the wait early if the handler notices it.
    public mutating func pause(for time: Duration) {
        chandler_pause(time.clampedNanoseconds)
    }
}
