// When to stop accepting for a moment. Pure: the time is a parameter.
// Promises that the service is never closed and that the loop never spins: a lack of resources waits a fixed short time,
// handlers that cannot be started make the waits double up to a bound; a success ends either.

/// The pauses of one gate.
package struct Throttle: Hashable, Sendable {
    /// Why accepting pauses.
    package enum Reason: Hashable, Sendable {
        /// This machine is short of descriptors, memory or processes.
        case lackOfResources
        /// The handler could not be started.
        case spawnFailure
    }

    /// Monotonic; nil when accepting goes on.
    package private(set) var until: Int64?
    private var spawnFailures = 0
    private var isEpisode = false

    package static let shortNanoseconds: Int64 = 50_000_000
    package static let longestNanoseconds: Int64 = 5_000_000_000

    package init() {}

    /// Pauses.
    ///
    /// - Returns: whether this begins an episode of a lack of resources, and so is to be logged; a spawn failure has a
    ///   line of its own.
    package mutating func pause(_ reason: Reason, at now: Int64) -> Bool {
        switch reason {
        case .lackOfResources:
            until = now + Self.shortNanoseconds
        case .spawnFailure:
            // Children that were on their way together fail together: that is one failure.
            if until != nil { return false }
            until = now + min(Self.shortNanoseconds << Int64(min(spawnFailures, 20)), Self.longestNanoseconds)
            spawnFailures += 1
            return false
        }
        defer { isEpisode = true }
        return !isEpisode
    }

    /// Ends a pause whose time has come.
    package mutating func resumeIfDue(at now: Int64) {
        if let until, now >= until { self.until = nil }
    }

    /// A child was made: there is no lack of resources any more.
    package mutating func cloned() { isEpisode = false }

    /// A handler got as far as its program.
    package mutating func executed() { spawnFailures = 0 }
}
