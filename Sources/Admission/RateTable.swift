// The rate of each source: a token bucket for each, in bounded memory.
// When there are more sources than room, full buckets are forgotten first, which changes nothing, and then the bucket
// that was unused for longest; its source then starts with a new burst. To have its own bucket forgotten, an attacker
// needs about as many other sources as the table holds, and each of these has a burst anyway.
// Promises that memory is taken once, and that a decision reads eight entries at most and allocates nothing.
package import Tables

/// The buckets of all sources of one service.
package struct RateTable: ~Copyable {
    package let rate: Rate
    private var buckets: SourceMap<TokenBucket>

    /// The sources of each family that the table remembers. 16 384 of both take 1.4 MB.
    package static let standardSources = 16_384

    package init(rate: Rate, sourcesPerFamily: Int = RateTable.standardSources) {
        self.rate = rate
        buckets = SourceMap(perFamily: sourcesPerFamily)
    }

    /// Counts one connection of a source.
    ///
    /// - Parameter now: nanoseconds of the monotonic clock.
    /// - Returns: whether the rate admits it. A connection that is not admitted costs its source nothing.
    package mutating func take(_ source: Source, at now: Int64) -> Bool {
        let rate = self.rate
        return buckets.update(source, initial: TokenBucket(at: now), isIdle: { $0.isFull(rate, at: now) }) {
            $0.take(rate, at: now)
        }
    }

    /// Nanoseconds until the rate admits the source; 0: now. Changes nothing; for `explain`.
    package func wait(_ source: Source, at now: Int64) -> Int64 {
        buckets.value(of: source)?.wait(rate, at: now) ?? 0
    }

    /// Makes a source wait as long as it does in another table of the same rate; for `explain`.
    ///
    /// - Parameter wait: ``wait(_:at:)`` of the other table.
    package mutating func restore(_ source: Source, wait: Int64, at now: Int64) {
        guard wait > 0 else { return }
        let rate = self.rate
        buckets.update(source, initial: TokenBucket(at: now), isIdle: { $0.isFull(rate, at: now) }) {
            $0 = TokenBucket(rate, wait: wait, at: now)
        }
    }

    /// Buckets that were forgotten before they were full. When this grows, the table is too small for the number of
    /// sources.
    package var forgotten: UInt64 { buckets.forgotten }
}
