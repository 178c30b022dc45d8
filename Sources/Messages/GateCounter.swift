// The counters of a gate, for `status`: each counter is a case here, and everything that shows counters loops over
// them. The numbers are in shared memory, which the supervisor reads when a client asks.
package import LinuxSystem
package import ServiceModel

/// A counter: one number for each case, and one for each cause of a refusal.
package enum GateCounter: Hashable, Sendable {
    /// Connections that are served now.
    case active
    /// Connections that wait for their handlers now.
    case waiting
    /// Connections with a handler that was started.
    case accepted
    /// Handlers that ended with status 0.
    case succeeded
    /// Handlers that ended in any other way.
    case failed
    /// Programs that could not be started.
    case unstarted
    /// How often accepting paused for lack of resources.
    case pauses
    /// Connections that were admitted although not every DNS block list has answered.
    case unlisted
    /// Lines of its log that were lost, because the writer of the log was slower.
    case unlogged
    case refused(RefusalCause)
}

extension GateCounter: CaseIterable {
    package static let allCases: [GateCounter] =
        [.active, .waiting, .accepted, .succeeded, .failed, .unstarted, .pauses, .unlisted, .unlogged]
        + RefusalCause.allCases.map { .refused($0) }

    /// The key in JSON.
    package var name: String {
        switch self {
        case .refused(let cause): cause.rawValue
        default: "\(self)"
        }
    }

    /// The counter's index. The counters that change most often come first.
    package var index: Int {
        guard let index = Self.allCases.firstIndex(of: self) else { preconditionFailure("\(self) has no index") }
        return index
    }
}

extension SharedCounters {
    /// Changes when a counter comes, goes or moves to another index.
    private static var version: UInt32 { 2 }

    /// The counters of one gate; the supervisor makes them before it starts.
    ///
    /// Errors: mmap(2).
    package static func ofGate() throws(SystemError) -> SharedCounters {
        try SharedCounters(count: GateCounter.allCases.count, version: version)
    }

    /// The same counters in the gate, or in a supervisor that was executed again.
    ///
    /// Errors: they are of another version.
    package static func ofGate(adopting memory: consuming Descriptor) throws(SystemError) -> SharedCounters {
        guard let counters = SharedCounters(adopting: memory, count: GateCounter.allCases.count, version: version)
        else { throw SystemError("take over counters", .invalid) }
        return counters
    }

    package subscript(counter: GateCounter) -> UInt64 {
        get { self[counter.index] }
        set { self[counter.index] = newValue }
    }

    package func increment(_ counter: GateCounter) { increment(counter.index) }
}
