// What can go wrong on a connection: one case for each thing that a handler may want to treat differently.
internal import CHandler

/// Why a connection cannot go on.
public enum ConnectionError: Error, Equatable {
    /// The peer closed or reset the connection before everything was read or written.
    case peerIsGone
    /// The input ended inside a body: before its length was read, or without its delimiter.
    case endedEarly
    /// The handler waited for the peer longer than the idle limit.
    case idleLimitPassed
    /// The phase did not end before its deadline.
    case deadlinePassed
    /// The peer sent or took less than the minimum rate.
    case tooSlow
    /// The process got SIGTERM; see `noticeTermination`.
    case terminated
    /// read(2) failed.
    case reading(errno: Int32)
    /// write(2) failed; errno 0 means that it took no byte.
    case writing(errno: Int32)
    /// shutdown(2) failed.
    case shuttingDown(errno: Int32)

    /// The error for an act that returned -errno.
    init(_ failedAct: (Int32) -> ConnectionError, _ negativeErrno: Int) {
        let errno = Int32(-negativeErrno)
        self = chandler_means_peer_is_gone(errno) == 1 ? .peerIsGone : failedAct(errno)
    }
}
