// The way out of the supervisor. Pure: the time is a parameter.

/// What SIGTERM leads to, step by step; each further SIGTERM takes the next step at once. A command takes no further step: who
/// asks for a drain again means the same one.
package struct Stop: Hashable, Sendable {
    package enum Step: Hashable, Sendable {
        /// Gates accept no more; handlers have this long; nil: as long as they like.
        case drain(graceNanoseconds: Int64?)
        /// Handlers get TERM now.
        case terminate
        /// Handlers get KILL now.
        case kill
        /// A gate that is still there gets KILL itself.
        case killGates
    }

    private var requests = 0
    private var killGatesAt: Int64?

    /// What a gate may take beyond its handlers' grace and the time between TERM and KILL.
    package static let gateGraceNanoseconds: Int64 = 8_000_000_000

    package init() {}

    package var isStopping: Bool { requests > 0 }

    /// Monotonic: when to ask ``step(at:)``.
    package var deadline: Int64? { killGatesAt }

    /// Another SIGTERM.
    ///
    /// - Parameter graceNanoseconds: nil for all the time that handlers want.
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

    /// A command to drain, or to stop after a while. The first one is like SIGTERM; after others, the shorter grace counts.
    ///
    /// - Parameter graceNanoseconds: nil for all the time that handlers want.
    /// - Returns: nil when a SIGTERM has already gone further.
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

    /// What is due now.
    package mutating func step(at now: Int64) -> Step? {
        guard let deadline = killGatesAt, now >= deadline else { return nil }
        killGatesAt = now + 1_000_000_000
        return .killGates
    }
}
