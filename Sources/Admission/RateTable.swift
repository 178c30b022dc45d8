// The rate of each source: a token bucket for every one of them, in bounded memory.
// What happens when more sources come than there is room for: buckets that are full again are forgotten first, which
// changes nothing; then the longest unused, whose source starts with a new burst. To have his own bucket forgotten, an
// attacker must come from about as many other sources as the table holds, each of which has a burst anyway.
// Promises: memory is taken once; a decision looks at eight places at most and allocates nothing.
package import Tables

/// The buckets of all sources of one service.
package struct RateTable: ~Copyable {
    package let rate: Rate
    private var buckets: SourceMap<TokenBucket>

    /// Sources of each family that are remembered. 16 384 of both take 1.4 MB.
    package static let standardSources = 16_384

    package init(rate: Rate, sourcesPerFamily: Int = RateTable.standardSources) {
        self.rate = rate
        buckets = SourceMap(perFamily: sourcesPerFamily)
    }

    /// Counts one connection of a source.
    ///
    /// - Parameter now: nanoseconds of the monotonic clock.
    /// - Returns: whether it may come in. One that may not costs its source nothing.
    package mutating func take(_ source: Source, at now: Int64) -> Bool {
        let rate = self.rate
        return buckets.update(source, initial: TokenBucket(at: now), isIdle: { $0.isFull(rate, at: now) }) {
            $0.take(rate, at: now)
        }
    }

    /// Nanoseconds until the source may come in; 0: now. Changes nothing: for `explain`.
    package func wait(_ source: Source, at now: Int64) -> Int64 {
        buckets.value(of: source)?.wait(rate, at: now) ?? 0
    }

    /// Makes a source wait as it does in another table of the rate: for `explain`.
    ///
    /// - Parameter wait: what ``wait(_:at:)`` said there.
    package mutating func restore(_ source: Source, wait: Int64, at now: Int64) {
        guard wait > 0 else { return }
        let rate = self.rate
        buckets.update(source, initial: TokenBucket(at: now), isIdle: { $0.isFull(rate, at: now) }) {
            $0 = TokenBucket(rate, wait: wait, at: now)
        }
    }

    /// Buckets that were forgotten before they were full. When this grows, the table is too small for the crowd.
    package var forgotten: UInt64 { buckets.forgotten }
}
