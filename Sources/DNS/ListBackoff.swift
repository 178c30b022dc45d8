// A silent list is not asked for a while: otherwise every connection would wait for it until the deadline. A list with
// a server that says that it has no answer delays no connection, and is not silent.
// Pure; time is a parameter.

/// How often one list has been silent since its last reply.
package struct ListBackoff: Hashable, Sendable {
    /// How many questions in a row got no reply in time.
    private var silences = 0
    /// Until when the list is not asked, on the monotonic clock.
    private var until: Int64 = .min

    /// How many times in a row a list may be silent before it is not asked any more.
    package static let mostSilences = 8
    /// How long it is not asked, in nanoseconds. The first question after that decides whether that is repeated.
    package static let rest: Int64 = 30_000_000_000

    package init() {}

    package func isResting(at now: Int64) -> Bool { now < until }

    /// Records that a question got no reply in time.
    package mutating func wasSilent(at now: Int64) {
        silences = min(silences + 1, Self.mostSilences)
        if silences == Self.mostSilences { until = now + Self.rest }
    }
}
