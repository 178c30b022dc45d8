// When something that has failed is tried again. Pure: the time is a parameter.
internal import LinuxSystem
internal import ServiceModel

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

/// The next start of a process that is needed and does not run.
struct Restart: Hashable {
    private var backoff = Backoff()
    /// Monotonic; nil: none is due.
    private(set) var at: Int64?

    func isDue(at now: Int64) -> Bool { at.map { now >= $0 } ?? false }

    /// The time until then; nil: none is due.
    func wait(at now: Int64) -> Duration? { at.map { .nanoseconds(max($0 - now, 0)) } }

    /// Plans a start after a failure.
    ///
    /// - Returns: the wait before it.
    @discardableResult
    mutating func failed(at now: Int64) -> Duration {
        let wait = backoff.failed()
        at = now + wait.nanoseconds
        return wait
    }

    /// Plans a start after a process has died. One that had lived long enough did not fail because of how it was
    /// started.
    ///
    /// - Returns: the wait before it.
    @discardableResult
    mutating func died(_ life: ChildLife, at now: Int64) -> Duration {
        if life.isProven(at: now) { backoff.succeeded() }
        return failed(at: now)
    }

    /// Plans a start soon, after what is not a failure.
    mutating func soon(at now: Int64) { at = now + Backoff.shortest.nanoseconds }

    mutating func cancel() { at = nil }
}
