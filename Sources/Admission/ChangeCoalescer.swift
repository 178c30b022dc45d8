// When to send a list that has changed: at once after a quiet time, and during many changes once in each interval, with
// all of them.
// Promises that the last change is always sent, at most one interval late, and that no clock delays it longer.

/// Limits how often a list with a revision is sent.
package struct ChangeCoalescer {
    /// The least time between two sendings. In nanoseconds.
    package var interval: Int64
    private var sent: (revision: UInt64, at: Int64)?

    /// In nanoseconds: a tenth of a second.
    package static let standardInterval: Int64 = 100_000_000
    /// For a long list, which takes tens of milliseconds to build. In nanoseconds: a second.
    package static let longInterval: Int64 = 1_000_000_000

    package init(interval: Int64 = standardInterval) {
        self.interval = interval
    }

    /// Nanoseconds until the revision should be sent; 0: now; nil: it was sent.
    package func wait(for revision: UInt64, at now: Int64) -> Int64? {
        guard let sent else { return 0 }
        guard sent.revision != revision else { return nil }
        let (elapsed, overflow) = now.subtractingReportingOverflow(sent.at)
        guard !overflow, elapsed >= 0 else { return 0 }
        return max(0, interval - elapsed)
    }

    /// Records that the revision was sent.
    package mutating func sent(_ revision: UInt64, at now: Int64) {
        sent = (revision, now)
    }
}
