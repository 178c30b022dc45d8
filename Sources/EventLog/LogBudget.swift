// How many lines of one kind a process writes to the log. Pure: the time is a parameter.
// Lines beyond the budget are counted and not written, so that a handler or a flood cannot fill the disk, take the
// gate's time, or bury the lines about other clients.

/// A token bucket of log lines.
package struct LogBudget: Hashable, Sendable {
    /// The lines that may be written at once; after that, so many for each second.
    package let burst: Int
    package let perSecond: Int64
    private var left: Int
    private var filledAt: Int64 = 0
    private var suppressed = 0
    /// Monotonic: when ``report(at:)`` returns a count; nil for never.
    package private(set) var reportAt: Int64?

    package init(burst: Int, perSecond: Int64) {
        self.burst = burst
        self.perSecond = perSecond
        left = burst
    }

    /// For lines that handlers write.
    package static let handlers = LogBudget(burst: 2000, perSecond: 200)
    /// For lines about refused connections.
    package static let refusals = LogBudget(burst: 1000, perSecond: 50)

    /// Takes one line from the budget. Returns whether the line is to be written.
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

    /// The number of lines that were dropped since the last report; nil until a report is due.
    package mutating func report(at now: Int64) -> Int? {
        guard let due = reportAt, now >= due else { return nil }
        reportAt = nil
        defer { suppressed = 0 }
        return suppressed
    }
}
