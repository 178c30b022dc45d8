// What the supervisor waits on: descriptors, signals, and ends of children that are not reaped yet.
internal import LinuxSystem

/// The poller, with the tokens that are never used twice.
struct EventLoop: ~Copyable {
    var poller: Poller
    let signals: SignalQueue
    let tokens = TokenCounter()
    /// Whether children may have ended that are not reaped yet.
    var hasMoreEnds = false

    enum Token {
        static let signals: UInt64 = 1
        static let blockList: UInt64 = 2
    }

    init() throws(SystemError) {
        let queue = try SignalQueue([.hangUp, .interrupt, .terminate, .child])
        let made = try Poller()
        try made.add(queue.number, token: Token.signals)
        signals = queue
        poller = made
    }

    /// Monotonic: when not to wait any longer; nil: until something happens.
    var deadline: Int64? { hasMoreEnds ? 0 : nil }
}

/// Numbers for children and clients in the poller.
final class TokenCounter {
    /// Tokens of children and clients are greater than this one.
    static let first: UInt64 = 1 << 32
    private var last = first

    func next() -> UInt64 {
        last += 1
        return last
    }
}
