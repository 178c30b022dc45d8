// The points of one source: they add up, and half of them is forgotten in each half-life.
// Counts whole numbers in steps of a 32nd of a half-life, so that it does not matter how often a score is read: an hour
// forgets the same in one step or in a thousand.
// Promises that no clock makes it trap; a clock that goes back forgets nothing.

/// Points that decay.
package struct Score: BitwiseCopyable, Hashable, Sendable {
    /// Points times 2^32.
    private var scaled: UInt64 = 0
    /// The end of the last step that was counted, in nanoseconds.
    private var at: Int64

    private static let stepsPerHalfLife: Int64 = 32
    /// 2^(-1/32), times 2^64.
    private static let perStep: UInt64 = 18_051_468_387_014_017_850

    /// The highest score.
    package static let mostPoints = 1_000_000

    /// A score without points.
    package init(at now: Int64) {
        at = now
    }

    /// Whole points.
    package var points: Int { Int(scaled >> 32) }

    /// Adds points to what is left of the earlier ones. The sum is never more than ``mostPoints``.
    ///
    /// - Parameter halfLife: in nanoseconds, at least 32.
    package mutating func add(_ points: Int, halfLife: Int64, at now: Int64) {
        decay(halfLife: halfLife, at: now)
        // A score without points has no steps to count.
        if scaled == 0 { at = now }
        let sum = (scaled >> 32) + UInt64(min(max(points, 0), Score.mostPoints))
        let most = UInt64(Score.mostPoints)
        scaled = sum >= most ? most << 32 : sum << 32 | scaled & 0xffff_ffff
    }

    /// Forgets the points that the time since the last step takes away.
    package mutating func decay(halfLife: Int64, at now: Int64) {
        let (elapsed, overflow) = now.subtractingReportingOverflow(at)
        if overflow && now > at {
            self = Score(at: now)
            return
        }
        guard !overflow, elapsed >= 0 else {
            at = now
            return
        }
        let step = max(1, halfLife / Score.stepsPerHalfLife)
        let steps = elapsed / step
        at += steps * step
        let halvings = steps / Score.stepsPerHalfLife
        scaled = halvings >= 64 ? 0 : scaled >> UInt64(halvings)
        for _ in 0..<steps % Score.stepsPerHalfLife {
            scaled = scaled.multipliedFullWidth(by: Score.perStep).high
        }
    }
}
