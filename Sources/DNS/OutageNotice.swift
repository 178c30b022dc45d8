// Decides when the log says that a list has no answers. The administrator has to know it, because the list refuses no
// client meanwhile; but one line for each question would be too many. Pure; time is a parameter.

/// What the log has said of one list.
package struct OutageNotice: Hashable, Sendable {
    /// Whether the last line was about an outage.
    private var isSaid = false
    /// On the monotonic clock.
    private var saidAt: Int64 = .min

    /// In nanoseconds: a list that answers now and then gets no more lines than one in this time.
    package static let interval: Int64 = 60_000_000_000

    package init() {}

    /// Records that a question got no answer.
    ///
    /// - Returns: whether to say so.
    package mutating func noAnswer(at now: Int64) -> Bool {
        guard !isSaid, saidAt == .min || now - saidAt >= Self.interval else { return false }
        isSaid = true
        saidAt = now
        return true
    }

    /// Records that a question got an answer.
    ///
    /// - Returns: whether to say so.
    package mutating func answer() -> Bool {
        defer { isSaid = false }
        return isSaid
    }
}
