// A handler that wants to say goodbye when it is told to end.
internal import CHandler

extension Connection {
    /// From here on SIGTERM does not kill the process: reading ends with the error `terminated`, once for all, and what is
    /// written within a second is still sent; a peer that does not take it in that time ends writing with the same error. What the handler does apart from waiting is never interrupted.
    ///
    /// One connection of a process at most.
    public mutating func noticeTermination() {
        _ = chandler_catch_termination()  // cannot fail: the signal exists and may be caught
        writer.limits.noticesTermination = true
    }

    /// Waits, and nothing else; SIGTERM, once noticed, ends it early. For replies that are late on purpose.
    public mutating func pause(for time: Duration) {
        chandler_pause(time.clampedNanoseconds)
    }
}
