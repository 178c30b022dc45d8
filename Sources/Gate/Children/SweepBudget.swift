// When a gate gives up killing orphans one by one. Pure: counts are parameters.
// A gate sees its own children only. If a program forks faster than the gate can stop all of its processes, new ones
// take the place of each that was killed. Only the end of the whole gate with its control group ends that.

/// How many orphans may still be attributed to handlers that have ended.
package struct SweepBudget: Hashable, Sendable {
    private var left = most

    /// The orphans that one handler may leave, counted again in each sweep that finds them.
    package static let perHandler = 256
    /// Four times as many processes as a service's user may have by default; a fork bomb uses them up in about ten
    /// seconds.
    private static let most = 2048

    package init() {}

    /// Adds the share of a handler that has ended.
    package mutating func handlerEnded() { left = min(left + Self.perHandler, Self.most) }

    /// Takes the orphans that a sweep found.
    ///
    /// - Returns: whether there were more of them than handlers leave.
    package mutating func isExceeded(by count: Int) -> Bool {
        left = count == 0 ? Self.most : left - count
        return left < 0
    }
}
