// A list that is silent is left alone for a while: otherwise everybody would wait for it until the deadline. A server that
// says that it has no answer delays nobody, and does not count.
// Pure; time is a parameter.

/// How silent one list has been since it was last heard.
package struct ListBackoff: Hashable, Sendable {
    /// Questions in a row whose time ran out.
    private var silences = 0
    /// Monotonic: until when nobody is asked.
    private var until: Int64 = .min

    /// How often in a row a list may be silent before it is left alone.
    package static let mostSilences = 8
    /// In nanoseconds. The first question after that decides whether it goes on.
    package static let rest: Int64 = 30_000_000_000

    package init() {}

    package func isResting(at now: Int64) -> Bool { now < until }

    /// A question got no answer in time.
    package mutating func wasSilent(at now: Int64) {
        silences = min(silences + 1, Self.mostSilences)
        if silences == Self.mostSilences { until = now + Self.rest }
    }
}
