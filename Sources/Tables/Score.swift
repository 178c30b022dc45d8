// The points of one source: they add up, and in each half-life half of them is forgotten.
// In whole numbers, and in steps of a 32nd of a half-life, so that how often a score is looked at changes nothing: what is
// forgotten in an hour is the same in one step or in a thousand.
// Promises that no clock makes it trap; one that goes back forgets nothing.

/// Points that decay.
package struct Score: BitwiseCopyable, Hashable, Sendable {
    /// Points times 2^32.
    private var scaled: UInt64 = 0
    /// The end of the last step that was counted. In nanoseconds.
    private var at: Int64

    private static let stepsPerHalfLife: Int64 = 32
    /// 2^(-1/32), times 2^64.
    private static let perStep: UInt64 = 18_051_468_387_014_017_850

    /// No score is higher.
    package static let mostPoints = 1_000_000

    /// No points.
    package init(at now: Int64) {
        at = now
    }

    /// Whole points.
    package var points: Int { Int(scaled >> 32) }

    /// Adds points to what is left of the ones before. Never more than ``mostPoints`` altogether.
    ///
    /// - Parameter halfLife: in nanoseconds, at least 32.
    package mutating func add(_ points: Int, halfLife: Int64, at now: Int64) {
        decay(halfLife: halfLife, at: now)
        // As if all time before had been counted: no points, no steps.
        if scaled == 0 { at = now }
        let sum = (scaled >> 32) + UInt64(min(max(points, 0), Score.mostPoints))
        let most = UInt64(Score.mostPoints)
        scaled = sum >= most ? most << 32 : sum << 32 | scaled & 0xffff_ffff
    }

    /// Forgets what time has made of the points.
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
