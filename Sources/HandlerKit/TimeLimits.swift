// How long a connection waits for its peer: for a byte, for a phase of the protocol, and for how slow a stream.
// Promises: each limit ends in an error of its own; after it, reading is over, but there is a moment to say why.
// Costs nothing, not even a look at the clock, while no limit is set. Never counts time that the handler itself takes
// against the idle limit or the rate; a phase's deadline counts all time.
internal import CHandler

/// The least that a peer must send while the handler waits for it, or take while the handler waits to send more.
public struct MinimumRate: Sendable {
    /// How many bytes.
    let count: Int
    /// In how much waiting, in nanoseconds.
    let windowNanoseconds: Int64

    /// So many bytes for each such time spent waiting.
    public static func bytes(_ count: Int, per window: Duration) -> MinimumRate {
        precondition(count > 0 && window > .zero)
        return MinimumRate(count: count, windowNanoseconds: window.clampedNanoseconds)
    }
}

/// The limits of a connection, and what of them is used up.
struct TimeLimits {
    /// What is waited for.
    enum Event {
        case readable
        case writable
    }

    /// The waiting so far for one direction, and what it brought.
    private struct Window {
        var nanoseconds: Int64 = 0
        var count = 0
    }

    /// How long there is after a limit to say that it was one.
    static let lastReplyNanoseconds: Int64 = 1_000_000_000

    /// The longest single wait in nanoseconds; .max is without end.
    var idleNanoseconds = Int64.max
    /// The least rate, if there is one. Counting starts when it is set.
    var rate: MinimumRate? {
        didSet { (readable, writable) = (Window(), Window()) }
    }
    private var deadline = Int64.max
    private var readable = Window()
    private var writable = Window()
    private var passed: ConnectionError?

    /// Whether SIGTERM is noticed, which takes waiting by ppoll(2).
    var noticesTermination = false

    /// Whether no limit is set, so that nothing need be asked of the clock.
    var isUnlimited: Bool { idleNanoseconds == .max && deadline == .max && rate == nil && !noticesTermination }

    /// Starts a phase: with a deadline or without, and with nothing used up.
    mutating func beginPhase(nanoseconds: Int64) {
        deadline = nanoseconds == .max ? .max : chandler_monotonic_nanoseconds() + nanoseconds
        (readable, writable) = (Window(), Window())
        passed = nil
    }

    /// Waits until a read or a write would not block. What is being written when SIGTERM comes still has a moment.
    /// Errors: `deadlinePassed`, `idleLimitPassed`, `tooSlow` or `terminated`; for reading, the same one ever after.
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
            // An error of the wait shows in the read or write that follows.
            let result = chandler_wait(descriptor, Int32(code), left)
            if rate != nil { count(event, chandler_monotonic_nanoseconds() - start, 0) }
            if wasTerminated { continue }
            if result != 0 { return }
            throw pass(limit)
        }
    }

    /// Whether SIGTERM came, and nothing follows from it yet.
    private var wasTerminated: Bool { noticesTermination && passed == nil && chandler_is_terminated() == 1 }

    /// How long the peer may be waited for from now on, in nanoseconds, and which limit is passed then.
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

    /// Says that bytes came or went.
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
    /// In nanoseconds; what is too long for that is .max, and what is less than nothing is 0.
    var clampedNanoseconds: Int64 {
        let (seconds, attoseconds) = components
        if seconds < 0 || attoseconds < 0 { return 0 }
        if seconds >= 1 << 33 { return .max }
        return seconds * 1_000_000_000 + attoseconds / 1_000_000_000
    }
}
