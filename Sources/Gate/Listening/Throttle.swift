// When to stop accepting for a moment. Pure: the time is a parameter.
// Promises that the service never closes and that the loop never spins: after a lack of resources the gate waits a
// fixed short time; when handlers cannot be started, each wait doubles the one before, up to a bound. A success ends
// either.

/// The pauses of one gate.
package struct Throttle: Hashable, Sendable {
    /// The reason of a pause.
    package enum Reason: Hashable, Sendable {
        /// The machine lacks descriptors, memory or processes.
        case lackOfResources
        /// A handler could not be started.
        case spawnFailure
    }

    /// Monotonic; nil when accepting goes on.
    package private(set) var until: Int64?
    private var spawnFailures = 0
    private var isEpisode = false

    package static let shortNanoseconds: Int64 = 50_000_000
    package static let longestNanoseconds: Int64 = 5_000_000_000

    package init() {}

    /// Begins a pause.
    ///
    /// - Returns: whether this begins an episode of a lack of resources, which the gate then logs. A spawn failure has
    ///   a log line of its own.
    package mutating func pause(_ reason: Reason, at now: Int64) -> Bool {
        switch reason {
        case .lackOfResources:
            until = now + Self.shortNanoseconds
        case .spawnFailure:
            // Handlers that are being started at the same time fail for the same reason, so they count as one failure.
            if until != nil { return false }
            until = now + min(Self.shortNanoseconds << Int64(min(spawnFailures, 20)), Self.longestNanoseconds)
            spawnFailures += 1
            return false
        }
        defer { isEpisode = true }
        return !isEpisode
    }

    /// Ends a pause that is past its deadline.
    package mutating func resumeIfDue(at now: Int64) {
        if let until, now >= until { self.until = nil }
    }

    /// A fork succeeded, so the lack of resources is over.
    package mutating func cloned() { isEpisode = false }

    /// A handler reached its program.
    package mutating func executed() { spawnFailures = 0 }
}
