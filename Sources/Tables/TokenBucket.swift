// The token bucket of one source or one service: what was spent of a burst, and is being given back.
// Counts in parts of a token, `period` of them to one, of which each nanosecond gives back `count`: whole numbers, so that
// nothing is lost to rounding however often it is asked. A bucket that lies still is full and need not be remembered.
// Promises that a clock that stands still gives nothing, and one that jumps back takes nothing and locks nobody out.
// Source: the continuous-state leaky bucket of ITU-T I.371, annex A, with the sign that makes a full bucket zero.

/// What one source has used up. Meaningful together with the rate that it was used with.
package struct TokenBucket: BitwiseCopyable, Hashable, Sendable {
    /// Parts of tokens that are missing; 0: full.
    private(set) var spent: Int64 = 0
    /// When `spent` was right. In nanoseconds.
    private var at: Int64

    /// A full bucket.
    ///
    /// - Parameter now: nanoseconds of a clock that does not go back.
    package init(at now: Int64) {
        at = now
    }

    /// Takes a token, if there is one. Nothing is taken when there is none: asking costs nothing.
    package mutating func take(_ rate: Rate, at now: Int64) -> Bool {
        refill(rate, at: now)
        guard spent <= (rate.burst - 1) * rate.period else { return false }
        spent += rate.period
        return true
    }

    /// Nanoseconds until there is a token; 0 when there is one.
    package func wait(_ rate: Rate, at now: Int64) -> Int64 {
        var bucket = self
        bucket.refill(rate, at: now)
        let missing = bucket.spent - (rate.burst - 1) * rate.period
        return missing <= 0 ? 0 : (missing - 1) / rate.count + 1
    }

    /// Whether forgetting this bucket changes nothing.
    package func isFull(_ rate: Rate, at now: Int64) -> Bool {
        var bucket = self
        bucket.refill(rate, at: now)
        return bucket.spent == 0
    }

    private mutating func refill(_ rate: Rate, at now: Int64) {
        let elapsed = now.subtractingReportingOverflow(at)
        at = now
        if elapsed.overflow || elapsed.partialValue <= 0 {
            if elapsed.overflow, now > 0 { spent = 0 }
            return
        }
        let given = elapsed.partialValue.multipliedReportingOverflow(by: rate.count)
        spent = given.overflow ? 0 : max(0, spent - given.partialValue)
    }
}
