// What can go wrong on a connection, told apart by what a handler could do about it.
internal import CHandler

/// Why a connection cannot go on.
public enum ConnectionError: Error, Equatable {
    /// The peer closed or reset the connection while something was still to be read from it or written to it.
    case peerIsGone
    /// The input ended inside what was to be read whole: a number of bytes, or a stream with a mark at its end.
    case endedEarly
    /// The peer neither sent nor took a byte for as long as the idle limit.
    case idleLimitPassed
    /// The phase did not end in its time.
    case deadlinePassed
    /// The peer sent or took less than the minimum rate.
    case tooSlow
    /// The process was told to end; see `noticeTermination`.
    case terminated
    /// read(2) failed.
    case reading(errno: Int32)
    /// write(2) failed; errno 0 means that it took nothing.
    case writing(errno: Int32)
    /// shutdown(2) failed.
    case shuttingDown(errno: Int32)

    /// The error for an act that returned -errno.
    init(_ failedAct: (Int32) -> ConnectionError, _ negativeErrno: Int) {
        let errno = Int32(-negativeErrno)
        self = chandler_means_peer_is_gone(errno) == 1 ? .peerIsGone : failedAct(errno)
    }
}
