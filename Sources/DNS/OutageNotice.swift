// Whether it was said that a list has no answers: an administrator has to know, because nobody is refused by it; and not for each
// question, and not again and again. Pure; time is a parameter.

/// What was said of one list.
package struct OutageNotice: Hashable, Sendable {
    /// Whether it was the last thing that was said.
    private var isSaid = false
    /// Monotonic.
    private var saidAt: Int64 = .min

    /// In nanoseconds: one that answers now and then is not worth more lines.
    package static let interval: Int64 = 60_000_000_000

    package init() {}

    /// A question has got no answer.
    ///
    /// - Returns: whether to say so.
    package mutating func noAnswer(at now: Int64) -> Bool {
        guard !isSaid, saidAt == .min || now - saidAt >= Self.interval else { return false }
        isSaid = true
        saidAt = now
        return true
    }

    /// A question has got an answer.
    ///
    /// - Returns: whether to say so.
    package mutating func answer() -> Bool {
        defer { isSaid = false }
        return isSaid
    }
}
