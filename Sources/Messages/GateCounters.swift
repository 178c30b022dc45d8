// What a gate counts for `status`. The numbers are in memory that its supervisor reads whenever it is asked.
package import LinuxSystem

/// What is counted.
package enum GateCounter: Int, CaseIterable, Sendable {
    /// Connections that are served now.
    case active
    case accepted
    /// Handlers that ended with status 0.
    case succeeded
    /// Handlers that ended in any other way.
    case failed
    /// Programs that could not be started.
    case unstarted
    case blocked
    /// By an access rule, or because none matched.
    case denied
    case overLimit
    case banned
    /// By a sensor.
    case sensed
    /// Outside of the hours, or because of the load.
    case closed
    case overRate
    case pauses
    /// Connections that wait for their handlers now.
    case waiting
    /// Peers that closed before their first byte.
    case noData
    /// Peers that sent nothing in the time for it.
    case firstByte
    /// Peers that talked first.
    case earlyTalkers
    /// Connections of upstreams without a good PROXY header.
    case proxyFaults
    /// Connections that waited for a handler, and had to make way for those of other sources.
    case crowded
    /// By a DNS block list.
    case listed
    /// Connections that were let in although not every list that was to be asked has answered.
    case unlisted
    /// By a check.
    case checked
    /// Connections whose checks failed or did not end in time.
    case unchecked
    /// Connections that still waited when the gate had to go.
    case drained
}

extension SharedCounters {
    /// Those of one gate; made by the supervisor, before the fork.
    ///
    /// Errors: mmap(2).
    package static func ofGate() throws(SystemError) -> SharedCounters {
        try SharedCounters(count: GateCounter.allCases.count)
    }

    package subscript(counter: GateCounter) -> UInt64 {
        get { self[counter.rawValue] }
        set { self[counter.rawValue] = newValue }
    }

    package func increment(_ counter: GateCounter) { increment(counter.rawValue) }
}
