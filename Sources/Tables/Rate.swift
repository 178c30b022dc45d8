// How often an event may happen: `30/min`, in whole numbers.
// Configuration reads and writes its text form.
// Promises that no value overflows: every product of its parts that is computed later fits into 64 bits.

/// A number of times in a period, and how many of them may come at once.
package struct Rate: Hashable, Sendable {
    /// Times in a period. 1 to ``mostCount``.
    package let count: Int64
    /// In nanoseconds. ``shortestPeriod`` to ``longestPeriod``.
    package let period: Int64
    /// How many may come at once after a quiet time. 1 to ``mostBurst``.
    package let burst: Int64

    package static let mostCount: Int64 = 1_000_000
    package static let mostBurst: Int64 = 100_000
    /// In nanoseconds: a millisecond.
    package static let shortestPeriod: Int64 = 1_000_000
    /// In nanoseconds: a day.
    package static let longestPeriod: Int64 = 86_400_000_000_000

    /// nil when a part is outside its bounds.
    ///
    /// - Parameters:
    ///   - period: in nanoseconds.
    ///   - burst: nil: as many as in a period, up to ``mostBurst``.
    package init?(count: Int64, period: Int64, burst: Int64? = nil) {
        let burst = burst ?? min(count, Rate.mostBurst)
        guard (1...Rate.mostCount).contains(count), (1...Rate.mostBurst).contains(burst),
            (Rate.shortestPeriod...Rate.longestPeriod).contains(period)
        else { return nil }
        self.count = count
        self.period = period
        self.burst = burst
    }
}

extension Rate: CustomStringConvertible {
    /// `30 in 60 s, 30 at once`.
    package var description: String {
        let milliseconds = period / 1_000_000
        let time = milliseconds % 1000 == 0 ? "\(milliseconds / 1000) s" : "\(milliseconds) ms"
        return "\(count) in \(time), \(burst) at once"
    }
}
