// How a gate ends: it stops accepting, waits for its handlers, sends them TERM, and then KILL. Pure: the time is a
// parameter.
internal import LinuxSystem

/// The steps of one gate from the order to drain to its end.
package struct Drain: Hashable, Sendable {
    package enum Step: Hashable, Sendable { case terminate, kill }

    /// Whether the gate has stopped accepting.
    package private(set) var isDraining = false
    /// Whether the gate has sent TERM to its handlers.
    package private(set) var isPastGrace = false
    private var terminateAt: Int64?
    private var killAt: Int64?

    package init() {}

    /// Starts draining, or shortens the grace of a drain under way.
    ///
    /// - Parameter graceNanoseconds: the time that handlers have; nil: without a limit.
    package mutating func begin(graceNanoseconds: Int64?, at now: Int64) {
        isDraining = true
        guard let graceNanoseconds else { return }
        let (sum, overflowed) = now.addingReportingOverflow(graceNanoseconds)
        let deadline = overflowed ? .max : sum
        if killAt == nil { terminateAt = min(terminateAt ?? deadline, deadline) }
    }

    /// When ``step(at:)`` returns the next step; nil for never.
    package var deadline: Int64? { terminateAt ?? killAt }

    /// The step that is due now, or nil. Each step is returned once.
    package mutating func step(at now: Int64) -> Step? {
        if let terminateAt, now >= terminateAt {
            self.terminateAt = nil
            isPastGrace = true
            killAt = now + Processes.killGraceNanoseconds
            return .terminate
        }
        if let killAt, now >= killAt {
            self.killAt = nil
            return .kill
        }
        return nil
    }
}
