// How a gate ends: it stops accepting, waits for its handlers, then TERM, then KILL. Pure: the time is a parameter.

/// The way out of one gate.
package struct Drain: Hashable, Sendable {
    package enum Step: Hashable, Sendable { case terminate, kill }

    /// Whether the gate accepts no more.
    package private(set) var isDraining = false
    /// Whether handlers were told to end.
    package private(set) var isPastGrace = false
    private var terminateAt: Int64?
    private var killAt: Int64?

    /// Between TERM and KILL.
    package static let killGraceNanoseconds: Int64 = 5_000_000_000

    package init() {}

    /// Starts draining, or shortens the grace of a drain under way.
    ///
    /// - Parameter graceNanoseconds: nil for all the time that handlers want.
    package mutating func begin(graceNanoseconds: Int64?, at now: Int64) {
        isDraining = true
        guard let graceNanoseconds else { return }
        let (sum, overflowed) = now.addingReportingOverflow(graceNanoseconds)
        let deadline = overflowed ? .max : sum
        if killAt == nil { terminateAt = min(terminateAt ?? deadline, deadline) }
    }

    /// When ``step(at:)`` has something to say next; nil for never.
    package var deadline: Int64? { terminateAt ?? killAt }

    /// What is due now.
    package mutating func step(at now: Int64) -> Step? {
        if let terminateAt, now >= terminateAt {
            self.terminateAt = nil
            isPastGrace = true
            killAt = now + Self.killGraceNanoseconds
            return .terminate
        }
        if let killAt, now >= killAt {
            self.killAt = nil
            return .kill
        }
        return nil
    }
}
