// The token bucket of one source or one service: the part of a burst that was spent, and is given back over time.
// Counts in parts of a token. A token has `period` parts, and each nanosecond gives back `count` of them: whole
// numbers, so that no rounding loses anything, however often the bucket is asked. After a quiet time a bucket is full
// and need not be remembered.
// Promises: a clock that stands still gives nothing, and a clock that jumps back takes nothing and refuses no source
// for good.
// Source: the continuous-state leaky bucket of ITU-T I.371, annex A, with the sign that makes a full bucket zero.

/// What one source has used up. It has a meaning only together with the rate that it was used with.
package struct TokenBucket: BitwiseCopyable, Hashable, Sendable {
    /// How many parts of tokens are missing; 0: full.
    private(set) var spent: Int64 = 0
    /// The time that `spent` is for, in nanoseconds.
    private var at: Int64

    /// A full bucket.
    ///
    /// - Parameter now: in nanoseconds, of a clock that does not go back.
    package init(at now: Int64) {
        at = now
    }

    /// A bucket whose next token comes in so many nanoseconds; 0: it has just one.
    ///
    /// - Parameter wait: what ``wait(_:at:)`` said of another bucket; what is longer than a token takes counts as that.
    package init(_ rate: Rate, wait: Int64, at now: Int64) {
        let missing = max(wait, 0).multipliedReportingOverflow(by: rate.count)
        spent =
            (rate.burst - 1) * rate.period + (missing.overflow ? rate.period : min(missing.partialValue, rate.period))
        at = now
    }

    /// Takes a token, if there is one. Without one nothing is taken: a refused request costs nothing.
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

    /// Whether the bucket can be forgotten without a difference.
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
