// The rate of a whole service, `limits.total_rate`. A connection that comes too soon waits in the listen queue, and
// none is refused. Pure: the time is a parameter.
package import ServiceModel
package import Tables

/// The time at which the next connection may be taken from the listen queue.
package struct ServiceRateLimit: Sendable {
    private let rate: Rate?
    private var bucket = TokenBucket(at: 0)

    package init(_ limit: Limit<Rate>) {
        rate = if case .at(let rate) = limit { rate } else { nil }
    }

    /// Nanoseconds until a connection may be taken; 0: now.
    package func wait(at now: Int64) -> Int64 { rate.map { bucket.wait($0, at: now) } ?? 0 }

    /// Counts a connection that was admitted.
    package mutating func take(at now: Int64) {
        if let rate { _ = bucket.take(rate, at: now) }
    }
}
