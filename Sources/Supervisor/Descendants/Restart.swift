// How long to wait before the next try. Pure.

/// Waits that double, from a tenth of a second to half a minute.
package struct Backoff: Hashable, Sendable {
    private var failures = 0

    package static let shortest: Duration = .milliseconds(100)
    package static let longest: Duration = .seconds(30)

    package init() {}

    /// Counts a failure. Returns the wait before the next try.
    package mutating func failed() -> Duration {
        defer { failures += 1 }
        return min(Self.shortest * (1 << min(failures, 16)), Self.longest)
    }

    package mutating func succeeded() { failures = 0 }
}
