// The steps by which the supervisor ends. Pure: the time is a parameter.

/// The consequences of SIGTERM, step by step. Each further SIGTERM takes the next step at once. A command takes no
/// further step, because an administrator that asks for a drain twice means the same one.
package struct Stop: Hashable, Sendable {
    package enum Step: Hashable, Sendable {
        /// Gates stop accepting. Handlers may run for this time; nil: without a limit.
        case drain(graceNanoseconds: Int64?)
        /// Handlers get TERM now.
        case terminate
        /// Handlers get KILL now.
        case kill
        /// Gates that have not ended get KILL themselves.
        case killGates
    }

    private var requests = 0
    private var killGatesAt: Int64?

    /// The time that a gate has beyond its handlers' grace and the time between TERM and KILL.
    package static let gateGraceNanoseconds: Int64 = 8_000_000_000

    package init() {}

    package var isStopping: Bool { requests > 0 }

    /// Monotonic: when to call ``step(at:)``.
    package var deadline: Int64? { killGatesAt }

    /// Counts a SIGTERM. Returns the step to take.
    ///
    /// - Parameter graceNanoseconds: the time that handlers have; nil: without a limit.
    package mutating func request(graceNanoseconds: Int64?, at now: Int64) -> Step {
        requests += 1
        switch requests {
        case 1: return drain(graceNanoseconds: graceNanoseconds, at: now)
        case 2:
            killGatesAt = now + Self.gateGraceNanoseconds
            return .terminate
        default:
            killGatesAt = now + Self.gateGraceNanoseconds
            return .kill
        }
    }

    /// Handles a command to drain, or to stop after a while. The first is like SIGTERM; of later ones, the shorter
    /// grace counts.
    ///
    /// - Parameter graceNanoseconds: the time that handlers have; nil: without a limit.
    /// - Returns: the step to take; nil when a SIGTERM has already gone further.
    package mutating func command(graceNanoseconds: Int64?, at now: Int64) -> Step? {
        guard requests <= 1 else { return nil }
        requests = 1
        return drain(graceNanoseconds: graceNanoseconds, at: now)
    }

    private mutating func drain(graceNanoseconds: Int64?, at now: Int64) -> Step {
        if let graceNanoseconds {
            let (deadline, overflowed) = (now + Self.gateGraceNanoseconds).addingReportingOverflow(graceNanoseconds)
            killGatesAt = min(killGatesAt ?? .max, overflowed ? .max : deadline)
        }
        return .drain(graceNanoseconds: graceNanoseconds)
    }

    /// The step that is due now, or nil.
    package mutating func step(at now: Int64) -> Step? {
        guard let deadline = killGatesAt, now >= deadline else { return nil }
        killGatesAt = now + 1_000_000_000
        return .killGates
    }
}
