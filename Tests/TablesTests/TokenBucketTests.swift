import Tables
import TestSupport
import Testing

private let second: Int64 = 1_000_000_000

/// A simple implementation in numbers that cannot overflow: tokens times the period.
private struct Oracle {
    var level: Int128
    var at: Int64
    let rate: Rate

    init(_ rate: Rate, at now: Int64) {
        level = Int128(rate.burst) * Int128(rate.period)
        at = now
        self.rate = rate
    }

    mutating func take(at now: Int64) -> Bool {
        let most = Int128(rate.burst) * Int128(rate.period)
        level = min(most, level + max(0, Int128(now) - Int128(at)) * Int128(rate.count))
        at = now
        guard level >= Int128(rate.period) else { return false }
        level -= Int128(rate.period)
        return true
    }
}

private func rate(_ count: Int64, _ period: Int64, _ burst: Int64? = nil) throws -> Rate {
    try #require(Rate(count: count, period: period, burst: burst))
}

struct TokenBucketTests {
    @Test("a burst is let in at once, and then one token at a time")
    func burst() throws {
        let rate = try rate(30, 60 * second, 5)
        var bucket = TokenBucket(at: 0)
        let first = (0..<7).map { _ in bucket.take(rate, at: 0) }
        #expect(first == [true, true, true, true, true, false, false])
        #expect(bucket.wait(rate, at: 0) == 2 * second)
        let tooEarly = bucket.take(rate, at: 2 * second - 1)
        let inTime = bucket.take(rate, at: 2 * second)
        let again = bucket.take(rate, at: 2 * second)
        #expect([tooEarly, inTime, again] == [false, true, false])
    }

    @Test("a refused request, however often it is repeated, delays no later one")
    func vain() throws {
        let rate = try rate(1, second)
        var bucket = TokenBucket(at: 0)
        _ = bucket.take(rate, at: 0)
        let refused = stride(from: Int64(1), to: second, by: 99_991).filter { !bucket.take(rate, at: $0) }
        #expect(refused.count == 10_001)
        let after = bucket.take(rate, at: second)
        #expect(after)
    }

    @Test("a source that takes each token at once gets exactly the rate", arguments: [1, 3, 7, 30, 1009])
    func drift(count: Int64) throws {
        let rate = try rate(count, 60 * second, 1)
        var bucket = TokenBucket(at: 0)
        var now: Int64 = 0
        var taken: Int64 = 0
        while now < 3600 * second {
            now += bucket.wait(rate, at: now)
            if bucket.take(rate, at: now) { taken += 1 }
        }
        // Each wait ends on a whole nanosecond, so that each token comes at most one nanosecond late.
        #expect(taken == 60 * count || taken == 60 * count + 1)
    }

    @Test("a random history has the same answers as the simple implementation", arguments: 0..<40)
    func random(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        func number(_ range: ClosedRange<Int64>, halvings: Int64) -> Int64 {
            let most = range.upperBound >> Int64.random(in: 0...halvings, using: &random)
            return .random(in: range.lowerBound...max(most, range.lowerBound), using: &random)
        }
        let rate = try rate(
            number(1...Rate.mostCount, halvings: 19),
            number(Rate.shortestPeriod...Rate.longestPeriod, halvings: 20), number(1...Rate.mostBurst, halvings: 16))
        var now = Int64.random(in: -second...second, using: &random)
        var bucket = TokenBucket(at: now)
        var oracle = Oracle(rate, at: now)
        for _ in 0..<2000 {
            let step = rate.period / rate.count + 1
            switch Int.random(in: 0..<8, using: &random) {
            case 0: now += .random(in: 0...step * 20, using: &random)
            case 1: now -= .random(in: 0...step * 3, using: &random)
            case 2: now += .random(in: 0...rate.period * 2, using: &random)
            case 3, 4: break
            default: now += .random(in: 0...step, using: &random)
            }
            let wait = bucket.wait(rate, at: now)
            let isFull = bucket.isFull(rate, at: now)
            let taken = bucket.take(rate, at: now)
            let expected = oracle.take(at: now)
            let wasFull = oracle.level == Int128(rate.burst - 1) * Int128(rate.period)
            var early = bucket
            var late = bucket
            let isEarly = wait > 0 && early.take(rate, at: now + wait - 1)
            let isLate = wait == 0 || late.take(rate, at: now + wait)
            let isRight = taken == expected && (wait == 0) == expected && (!isFull || wasFull) && !isEarly && isLate
            try #require(isRight, "at \(now), wait \(wait)")
        }
    }

    @Test("no clock makes a bucket trap, and none refuses a source for good")
    func clocks() throws {
        let rate = try rate(Rate.mostCount, Rate.longestPeriod, Rate.mostBurst)
        var bucket = TokenBucket(at: .min)
        for _ in 0...Rate.mostBurst { _ = bucket.take(rate, at: .min) }
        let isEmpty = !bucket.take(rate, at: .min)
        let isFullAtTheEnd = bucket.take(rate, at: .max)
        #expect(isEmpty && isFullAtTheEnd)
        let slow = try self.slow()
        var back = TokenBucket(at: .max)
        let first = back.take(slow, at: .max)
        let second = back.take(slow, at: .min)
        let third = back.take(slow, at: .min + slow.period)
        #expect([first, second, third] == [true, false, true])
    }

    private func slow() throws -> Rate { try rate(1, Rate.longestPeriod, 1) }

    @Test("a bucket that is made to wait lets the next one in at that time, and not before", arguments: [1, 2])
    func waiting(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<1000 {
            let rate = try rate(
                .random(in: 1...Rate.mostCount, using: &random),
                .random(in: Rate.shortestPeriod...Rate.longestPeriod, using: &random),
                .random(in: 1...Rate.mostBurst, using: &random))
            let longest = (rate.period - 1) / rate.count + 1
            let wait = [0, 1, longest, .random(in: 0...longest, using: &random)].randomElement(using: &random) ?? 0
            var bucket = TokenBucket(rate, wait: wait, at: 5)
            #expect(bucket.wait(rate, at: 5) == wait)
            if wait > 0 {
                let early = bucket.take(rate, at: 4 + wait)
                #expect(!early)
            }
            let inTime = bucket.take(rate, at: 5 + wait)
            #expect(inTime)
            let again = bucket.take(rate, at: 5 + wait)
            #expect(!again)
        }
        let rate = try rate(2, second, 3)
        for (wait, shown) in [(-1, 0), (.max, second / 2)] as [(Int64, Int64)] {
            #expect(TokenBucket(rate, wait: wait, at: 5).wait(rate, at: 5) == shown)
        }
    }
}
