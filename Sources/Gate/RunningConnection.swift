// One connection from its admission to the end of its last process.
package import Addresses
package import Admission
package import LinuxSystem
package import ServiceModel
package import Spawner

/// One connection that is served. It owns its place in admission until it is over.
package struct RunningConnection: ~Copyable {
    package let id: ConnectionID
    package let admitted: Admitted
    package let peer: Peer
    /// Monotonic.
    package let startedAt: Int64
    /// Monotonic; nil when it may last as long as it likes.
    package var deadline: Int64?
    /// Those that were told to end because another had, and when they are ended if they have not; monotonic.
    private var terminating = StageSet()
    private var killDeadline: Int64?
    /// Why it was told to end.
    package private(set) var terminationCause: TerminationCause?
    /// Whether its output filters have ended before its handler; its deadline is soon, then.
    private var isOutputOver = false
    /// Its processes.
    package var chain: FilterChain
    /// By position in the chain; 0 for one that was not started.
    private var pids = InlineArray<9, Int32>(repeating: 0)
    /// How its handler ended; nil while it runs.
    package private(set) var handlerEnd: ProcessEnd.Way?
    /// The filter that ended it.
    package private(set) var failedFilter: FailedFilter?
    /// Whether its handler ended with status 0, and every filter went along.
    package var isSuccess: Bool { handlerEnd == .exited(status: 0) && failedFilter == nil }
    /// Whether one of its programs could not be started, which has a line of its own in the log.
    package var isUnserved = false

    package enum TerminationCause: Hashable, Sendable {
        /// Its lifetime was over.
        case lifetime
        case drain
        /// Its output filters had ended, and its handler did not by itself.
        case outputOver
    }

    /// A filter, and how it failed.
    package struct FailedFilter: Hashable, Sendable {
        package let position: Int
        package let way: ProcessEnd.Way
        /// Whether it may have failed because the peer had reset the connection that it reads from.
        package var isPeerGone = false
    }

    package init(
        id: ConnectionID, admitted: consuming Admitted, peer: Peer, startedAt: Int64, deadline: Int64?,
        chain: FilterChain
    ) {
        self.id = id
        self.admitted = admitted
        self.peer = peer
        self.startedAt = startedAt
        self.deadline = deadline
        self.chain = chain
    }

    /// The handler's; 0 before it is started.
    package var handlerPID: Int32 { pids[chain.handler] }

    package mutating func started(_ position: Int, pid: Int32) {
        chain.started(position)
        pids[position] = pid
    }

    /// One of its processes has ended.
    ///
    /// - Parameters:
    ///   - end: what that means for the others.
    ///   - isPeerGone: whether the connection is closed in both directions.
    package mutating func ended(
        _ position: Int, _ way: ProcessEnd.Way, _ end: FilterChain.End, isPeerGone: Bool = false
    ) -> FilterChain.ChainActions {
        let steps = chain.ended(position, end)
        if position == chain.handler { handlerEnd = way }
        if steps.breaks {
            // Only the first one reads from the peer; and who reads an error says so and ends, but is not killed.
            let isExit = if case .exited = way { true } else { false }
            failedFilter = FailedFilter(
                position: position, way: way, isPeerGone: isPeerGone && position == 0 && isExit)
        }
        return steps
    }

    /// Its output filters have ended before its handler.
    ///
    /// - Parameter deadline: until when the handler may end by itself.
    package mutating func outputEnded(deadline: Int64) {
        guard terminationCause == nil else { return }
        isOutputOver = true
        self.deadline = min(self.deadline ?? .max, deadline)
    }

    /// These were told to end because another of its programs has ended, and have until then.
    package mutating func tell(_ positions: StageSet, deadline: Int64) {
        guard !positions.isEmpty else { return }
        terminating.formUnion(positions)
        killDeadline = deadline
    }

    /// When ``expire(at:)`` has something to say next; nil for never.
    package var nextLook: Int64? { earlier(deadline, killDeadline) }

    /// A deadline of it has come.
    ///
    /// - Returns: who gets which signal. First TERM, for the handler; the second time, KILL for everybody. KILL also for those
    ///   that were told before, and have not ended.
    package mutating func expire(at now: Int64) -> (Signal, StageSet) {
        if let killDeadline, now >= killDeadline {
            self.killDeadline = nil
            return (.kill, chain.running.intersection(terminating))
        }
        if terminationCause != nil {
            deadline = nil
            return (.kill, chain.endAll())
        }
        deadline = now + Drain.killGraceNanoseconds
        terminationCause = isOutputOver ? .outputOver : .lifetime
        return (.terminate, chain.askToEnd())
    }

    /// Its gate has to go.
    package mutating func drain(with signal: Signal) -> StageSet {
        terminationCause = terminationCause ?? .drain
        return signal == .kill ? chain.endAll() : chain.askToEnd()
    }

    /// Visits the processes at these positions.
    package func forEach(_ positions: StageSet, _ visit: (Int32) -> Void) {
        for position in 0..<chain.count where positions.contains(position) { visit(pids[position]) }
    }

    /// Its place in admission, for giving back.
    package consuming func takePlace() -> Admitted { admitted }
}
