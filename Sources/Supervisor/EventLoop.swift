// What the supervisor waits on: descriptors, signals, and ends of children that are not reaped yet.
internal import LinuxSystem

/// The poller, with the numbers of what comes and goes in it.
struct EventLoop: ~Copyable {
    var poller: Poller
    let signals: SignalQueue
    let numbers = Numbers()
    /// For what control clients and local users of services have in flight.
    var waitLimit: WaitLimit
    /// Whether reports were left unread in this turn.
    var hasUnread = false
    /// Whether children may have ended that are not reaped yet.
    var hasMoreEnds = false

    init() throws(SystemError) {
        let queue = try SignalQueue([.hangUp, .interrupt, .terminate, .child])
        let made = try Poller()
        try made.add(queue.number, .signals)
        let limit = try WaitLimit.prepared()
        waitLimit = limit
        signals = queue
        poller = made
    }

    /// Monotonic: when not to wait any longer; nil: until something happens.
    var deadline: Int64? { hasMoreEnds ? 0 : nil }

    /// The token of the ready descriptor at `index`, which is below the result of the wait.
    func token(at index: Int) -> PollToken {
        guard let token = PollToken(bits: poller.token(at: index)) else {
            preconditionFailure("the poll set has the supervisor's own tokens only")
        }
        return token
    }
}

/// Numbers for children and control clients, from 1. None is used twice.
final class Numbers {
    private var last: UInt64 = 0

    func next() -> UInt64 {
        last += 1
        return last
    }
}
