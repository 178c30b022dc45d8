// The limits on how long a connection waits for its peer: for one byte, for a phase of the protocol, and for a slow
// stream.
// Promises: each limit has an error of its own; after it every read throws, but for a second the handler can still send
// a reply.
// Costs nothing while no limit is set, not even a call for the time. Never counts the handler's own time against the
// idle limit or the rate; a phase's deadline counts all time.
internal import CHandler

/// The least number of bytes that a peer must send, or take, in a time in which the handler waits for it.
public struct MinimumRate: Sendable {
    /// The number of bytes.
    let count: Int
    /// The time spent waiting, in nanoseconds.
    let windowNanoseconds: Int64

    /// This number of bytes in each window of time spent waiting.
    public static func bytes(_ count: Int, per window: Duration) -> MinimumRate {
        precondition(count > 0 && window > .zero)
        return MinimumRate(count: count, windowNanoseconds: window.clampedNanoseconds)
    }
}

/// The limits of a connection, and how much of each is used up.
struct TimeLimits {
    /// The event that a wait is for.
    enum Event {
        case readable
        case writable
    }

    /// The time waited so far for one direction, and the bytes transferred in it.
    private struct Window {
        var nanoseconds: Int64 = 0
        var count = 0
    }

    /// The time after a limit in which the handler can still send its last reply.
    static let lastReplyNanoseconds: Int64 = 1_000_000_000

    /// The longest single wait, in nanoseconds; .max is no limit.
    var idleNanoseconds = Int64.max
    /// The least rate, if there is one. Setting it starts the count anew.
    var rate: MinimumRate? {
        didSet { (readable, writable) = (Window(), Window()) }
    }
    private var deadline = Int64.max
    private var readable = Window()
    private var writable = Window()
    private var passed: ConnectionError?

    /// Whether SIGTERM is noticed, which needs waits by ppoll(2).
    var noticesTermination = false

    /// Whether no limit is set, so that no call for the time is needed.
    var isUnlimited: Bool { idleNanoseconds == .max && deadline == .max && rate == nil && !noticesTermination }

    /// Begins a phase, with a deadline or without, in which nothing of the limits is used up.
    mutating func beginPhase(nanoseconds: Int64) {
        deadline = nanoseconds == .max ? .max : chandler_monotonic_nanoseconds() + nanoseconds
        (readable, writable) = (Window(), Window())
        passed = nil
    }

    /// Waits until a read or a write would not block. A write that waits when SIGTERM comes may go on for a second.
    /// Errors: `deadlinePassed`, `idleLimitPassed`, `tooSlow` or `terminated`; once thrown, each later read throws the
    /// same one.
    @inline(never)
    mutating func wait(until event: Event, _ descriptor: Int32) throws(ConnectionError) {
        if isUnlimited { return }
        while true {
            if event == .readable, let passed { throw passed }
            if wasTerminated {
                let limit = pass(.terminated)
                if event == .readable { throw limit }
            }
            let start = chandler_monotonic_nanoseconds()
            let (left, limit) = timeLeft(event, start)
            guard left > 0 else { throw pass(limit) }
            let code = event == .readable ? CHANDLER_READABLE : CHANDLER_WRITABLE
            // The read or write that follows reports an error of the wait.
            let result = chandler_wait(descriptor, Int32(code), left)
            if rate != nil { count(event, chandler_monotonic_nanoseconds() - start, 0) }
            if wasTerminated { continue }
            if result != 0 { return }
            throw pass(limit)
        }
    }

    /// Whether SIGTERM came and no limit was passed before.
    private var wasTerminated: Bool { noticesTermination && passed == nil && chandler_is_terminated() == 1 }

    /// The longest time to wait for the peer from now on, and the limit that is passed after it.
    private func timeLeft(_ event: Event, _ now: Int64) -> (nanoseconds: Int64, limit: ConnectionError) {
        var (left, limit) = (deadline == .max ? .max : deadline - now, ConnectionError.deadlinePassed)
        if passed != nil { return (left, limit) }
        if idleNanoseconds < left { (left, limit) = (idleNanoseconds, .idleLimitPassed) }
        if let rate {
            let rest = rate.windowNanoseconds - (event == .readable ? readable : writable).nanoseconds
            if rest < left { (left, limit) = (rest, .tooSlow) }
        }
        return (left, limit)
    }

    /// Counts bytes that were read or written.
    mutating func transferred(_ count: Int, _ event: Event) {
        if rate != nil { self.count(event, 0, count) }
    }

    private mutating func pass(_ limit: ConnectionError) -> ConnectionError {
        if let passed { return passed }
        deadline = chandler_monotonic_nanoseconds() + Self.lastReplyNanoseconds
        passed = limit
        return limit
    }

    private mutating func count(_ event: Event, _ nanoseconds: Int64, _ bytes: Int) {
        switch event {
        case .readable: add(nanoseconds, bytes, to: &readable)
        case .writable: add(nanoseconds, bytes, to: &writable)
        }
    }

    private func add(_ nanoseconds: Int64, _ bytes: Int, to window: inout Window) {
        window.nanoseconds += nanoseconds
        window.count += bytes
        if let rate, window.count >= rate.count { window = Window() }
    }
}

extension Duration {
    /// The nanoseconds; .max if they do not fit, 0 if the duration is negative.
    var clampedNanoseconds: Int64 {
        let (seconds, attoseconds) = components
        if seconds < 0 || attoseconds < 0 { return 0 }
        if seconds >= 1 << 33 { return .max }
        return seconds * 1_000_000_000 + attoseconds / 1_000_000_000
    }
}
