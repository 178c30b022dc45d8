// How much handlers may write into the log. Pure: the time is a parameter.
// Somebody else's lines are worth more than an attacker's: what is beyond the budget is read and counted, and not written,
// so that neither the disk nor the gate's time is the handlers' to use up.

/// A bucket of lines.
package struct HandlerLogBudget: Hashable, Sendable {
    private var left = burst
    private var filledAt: Int64 = 0
    private var suppressed = 0
    /// Monotonic: when ``report(at:)`` has something to say; nil for never.
    package private(set) var reportAt: Int64?

    /// Lines at once, and then by the second.
    package static let burst = 2000
    package static let perSecond: Int64 = 200

    package init() {}

    /// Whether one more line is to be written now.
    package mutating func admits(at now: Int64) -> Bool {
        let grown = (now - filledAt) / (1_000_000_000 / Self.perSecond)
        if grown > 0 {
            left = min(left + Int(min(grown, Int64(Self.burst))), Self.burst)
            filledAt = now
        }
        if left > 0 {
            left -= 1
            return true
        }
        suppressed += 1
        reportAt = reportAt ?? now + 1_000_000_000
        return false
    }

    /// How many lines were not written since the last report; nil when it is not time to say it.
    package mutating func report(at now: Int64) -> Int? {
        guard let due = reportAt, now >= due else { return nil }
        reportAt = nil
        defer { suppressed = 0 }
        return suppressed
    }
}
