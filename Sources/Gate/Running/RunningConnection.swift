// One connection from its admission to the end of its last process.
package import Addresses
package import Admission
package import LinuxSystem
package import ServiceModel
package import Spawner

/// A connection that has a handler. It owns its place in admission until it is over.
package struct RunningConnection: ~Copyable {
    package let id: ConnectionID
    package let admitted: Admitted
    package let peer: Peer
    /// Monotonic.
    package let startedAt: Int64
    /// Monotonic; nil: without a limit.
    package var deadline: Int64?
    /// Programs that got TERM because another one had ended; the next property has the time at which they get KILL.
    /// Monotonic.
    private var terminating = StageSet()
    private var killDeadline: Int64?
    /// Why the gate has told the handler to end; nil: it has not.
    package private(set) var terminationCause: TerminationCause?
    /// Whether the output filters have ended before the handler; then its deadline is near.
    private var isOutputOver = false
    /// Its programs, and which of them run.
    package var chain: FilterChain
    /// By position in the chain; 0 for a program that was not started.
    private var pids = PIDs(repeating: 0)
    /// The size is a number here, because an array that is stored in place needs a literal; ``mostPrograms`` has it for
    /// comparison.
    private typealias PIDs = InlineArray<9, Int32>
    /// The longest chain that has room; the initializer stops the gate when that is not the longest one that there is.
    package static let mostPrograms = PIDs.count
    /// How the handler ended; nil while it runs.
    package private(set) var handlerEnd: ProcessEnd.Way?
    /// The filter that failed, and so ended the connection.
    package private(set) var failedFilter: FailedFilter?
    /// Whether the handler ended with status 0, and no filter failed.
    package var isSuccess: Bool { handlerEnd == .exited(status: 0) && failedFilter == nil }
    /// Whether one of its programs could not be started. That has a line of its own in the log.
    package var isUnserved = false

    package enum TerminationCause: Hashable, Sendable {
        /// Its lifetime was over.
        case lifetime
        case drain
        /// Its output filters had ended, and the handler did not end by itself.
        case outputOver
    }

    /// A filter, and how it failed.
    package struct FailedFilter: Hashable, Sendable {
        package let position: Int
        package let way: ProcessEnd.Way
        /// Whether the filter may have failed because the peer reset the connection that it reads from.
        package var isPeerGone = false
    }

    package init(
        id: ConnectionID, admitted: consuming Admitted, peer: Peer, startedAt: Int64, deadline: Int64?,
        chain: FilterChain
    ) {
        precondition(Self.mostPrograms == FilterChain.longest, "a connection has room for the pids of a whole chain")
        self.id = id
        self.admitted = admitted
        self.peer = peer
        self.startedAt = startedAt
        self.deadline = deadline
        self.chain = chain
    }

    /// The handler's pid; 0 before it is started.
    package var handlerPID: Int32 { pids[chain.handler] }

    package mutating func started(_ position: Int, pid: Int32) {
        chain.started(position)
        pids[position] = pid
    }

    /// Records that one of its processes has ended.
    ///
    /// - Parameters:
    ///   - end: what that end means for the other programs.
    ///   - isPeerGone: whether the connection is closed in both directions.
    package mutating func ended(
        _ position: Int, _ way: ProcessEnd.Way, _ end: FilterChain.End, isPeerGone: Bool = false
    ) -> FilterChain.ChainActions {
        let steps = chain.ended(position, end)
        if position == chain.handler { handlerEnd = way }
        if steps.breaks {
            // Only the first program reads from the peer. When that fails, the filter reports it and exits; no signal
            // ends it.
            let isExit = if case .exited = way { true } else { false }
            failedFilter = FailedFilter(
                position: position, way: way, isPeerGone: isPeerGone && position == 0 && isExit)
        }
        return steps
    }

    /// Records that the output filters have ended before the handler.
    ///
    /// - Parameter deadline: the time until which the handler may end by itself.
    package mutating func outputEnded(deadline: Int64) {
        guard terminationCause == nil else { return }
        isOutputOver = true
        self.deadline = min(self.deadline ?? .max, deadline)
    }

    /// Records that these programs got TERM because another one has ended, and that they may run until the deadline.
    package mutating func markTerminating(_ positions: StageSet, deadline: Int64) {
        guard !positions.isEmpty else { return }
        terminating.formUnion(positions)
        killDeadline = deadline
    }

    /// When ``expire(at:)`` returns the next signal; nil for never.
    package var nextExpiry: Int64? { earlier(deadline, killDeadline) }

    /// Handles a deadline that has come.
    ///
    /// - Returns: the signal, and the positions of the programs that get it. The first time that is TERM for the
    ///   handler, the second time KILL for all programs. Programs that got TERM and are past their own deadline get
    ///   KILL.
    package mutating func expire(at now: Int64) -> (Signal, StageSet) {
        if let killDeadline, now >= killDeadline {
            self.killDeadline = nil
            return (.kill, chain.running.intersection(terminating))
        }
        if terminationCause != nil {
            deadline = nil
            return (.kill, chain.endAll())
        }
        deadline = now + Processes.killGraceNanoseconds
        terminationCause = isOutputOver ? .outputOver : .lifetime
        return (.terminate, chain.askToEnd())
    }

    /// Records that its gate drains. Returns the programs that get the signal.
    package mutating func drain(with signal: Signal) -> StageSet {
        terminationCause = terminationCause ?? .drain
        return signal == .kill ? chain.endAll() : chain.askToEnd()
    }

    /// What its end means for its source; nil: nothing, because the gate ended the handler for reasons of its own.
    package var outcome: ConnectionOutcome? {
        switch (terminationCause, handlerEnd) {
        case (.lifetime, _): .lifetime
        case (nil, .exited(let status)): .exit(UInt8(clamping: status))
        case (nil, .killed): .signal
        case (.drain, _), (.outputOver, _), (nil, nil): nil
        }
    }

    /// Calls `visit` with the pid of the process at each position.
    package func forEach(_ positions: StageSet, _ visit: (Int32) -> Void) {
        for position in 0..<chain.count where positions.contains(position) { visit(pids[position]) }
    }

    /// Gives up its place in admission; the caller must end it there.
    package consuming func takePlace() -> Admitted { admitted }
}
