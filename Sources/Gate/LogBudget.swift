// How many lines of a kind may come into the log. Pure: the time is a parameter.
// Somebody else's lines are worth more than an attacker's: what is beyond the budget is counted, and not written, so that
// neither the disk nor the gate's time is a handler's or a flood's to use up.

/// A bucket of lines.
package struct LogBudget: Hashable, Sendable {
    /// Lines at once, and then by the second.
    package let burst: Int
    package let perSecond: Int64
    private var left: Int
    private var filledAt: Int64 = 0
    private var suppressed = 0
    /// Monotonic: when ``report(at:)`` has something to say; nil for never.
    package private(set) var reportAt: Int64?

    package init(burst: Int, perSecond: Int64) {
        self.burst = burst
        self.perSecond = perSecond
        left = burst
    }

    /// What handlers write.
    package static let handlers = LogBudget(burst: 2000, perSecond: 200)
    /// Connections that are refused.
    package static let refusals = LogBudget(burst: 1000, perSecond: 50)

    /// Whether one more line is to be written now.
    package mutating func admits(at now: Int64) -> Bool {
        let grown = (now - filledAt) / (1_000_000_000 / perSecond)
        if grown > 0 {
            left = min(left + Int(min(grown, Int64(burst))), burst)
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
