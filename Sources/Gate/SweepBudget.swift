// When sweeping up orphans is hopeless. Pure.
// A gate sees its children, not theirs: who forks faster than all of them can be stopped fills the places of those that were
// killed. Only the end of the whole gate, with its control group, ends such a thing.

/// How many orphans may still be put down to handlers that have ended.
package struct SweepBudget: Hashable, Sendable {
    private var left = most

    /// As many as one handler may leave, and be swept up again and again for.
    package static let perHandler = 256
    /// Four times as many processes as a service's user may have by default: a bomb is hopeless after some ten seconds.
    private static let most = 2048

    package init() {}

    /// A handler has ended, and may have left some.
    package mutating func handlerEnded() { left = min(left + Self.perHandler, Self.most) }

    /// Some were found.
    ///
    /// - Returns: whether there have been more than handlers leave.
    package mutating func isExceeded(by count: Int) -> Bool {
        left = count == 0 ? Self.most : left - count
        return left < 0
    }
}
