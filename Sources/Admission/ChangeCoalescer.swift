// When to tell others of a change: at once after a quiet time, and in a storm of changes once in a while, with all of them.
// Promises that the last change is always told, at most one interval late, and that no clock delays it longer.

/// Paces the sending of something that has a revision: the list of bans.
package struct ChangeCoalescer {
    /// At least between two sendings. In nanoseconds.
    package var interval: Int64
    private var sent: (revision: UInt64, at: Int64)?

    /// In nanoseconds: a tenth of a second.
    package static let standardInterval: Int64 = 100_000_000
    /// For what is long, and takes tens of milliseconds to build. In nanoseconds: a second.
    package static let longInterval: Int64 = 1_000_000_000

    package init(interval: Int64 = standardInterval) {
        self.interval = interval
    }

    /// Nanoseconds until the revision should be sent; 0: now; nil: it was.
    package func wait(for revision: UInt64, at now: Int64) -> Int64? {
        guard let sent else { return 0 }
        guard sent.revision != revision else { return nil }
        let (elapsed, overflow) = now.subtractingReportingOverflow(sent.at)
        guard !overflow, elapsed >= 0 else { return 0 }
        return max(0, interval - elapsed)
    }

    /// It was sent.
    package mutating func sent(_ revision: UInt64, at now: Int64) {
        sent = (revision, now)
    }
}
