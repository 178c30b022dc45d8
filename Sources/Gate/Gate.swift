// The process of one service: accepts, admits, spawns, reaps and logs, with no more rights than its handlers have. One
// thread, one loop, one wait. Never returns to the supervisor's code that it was forked from: it ends by exit.
// Gate+Start.swift has its start, Gate+Accept.swift, Gate+Pending.swift and Gate+Reap.swift the phases of a connection,
// and Gate+Drain.swift its end.
internal import Admission
internal import LinuxSystem
internal import Messages
internal import Spawner

/// A gate, from the fork to its end.
package struct Gate: ~Copyable {
    let setup: GateSetup
    let lifetimeNanoseconds: Int64?
    let pid: Int32
    let signals: SignalQueue
    var poller: Poller
    var plan: SpawnPlan
    var link: SupervisorLink
    var listeners: Listeners
    var admission: AdmissionControl
    var refusals: Refusals
    var connections: ConnectionTable
    /// The programs of a connection, with none of them started.
    let chain: FilterChain
    let phasePlan: PhasePlan
    var pendingConnections: PendingConnections
    /// The pending connections that wait for nothing but a handler.
    var handlerQueue: HandlerQueue
    /// The answers of DNS block lists.
    var lists: ListCache
    /// The channel to the resolver; nil when there is none.
    var resolver: MessageChannel?
    var checks: GateChecks
    /// The buffer that PROXY headers are peeked into.
    var peeked: [UInt8]
    var journal: Journal
    var orphans: Orphans
    /// Whether children may have ended that are not reaped yet.
    var hasMoreEnds = false
    /// An admitted connection for which fork failed.
    var stalled: StartingConnection?
    var lastNumber: UInt64 = 0

    mutating func run() {
        do throws(SystemError) {
            try watchListeners(at: Clock.monotonicNanoseconds())
            while true { try turn() }
        } catch {
            // No peer and no handler can cause such a failure. The supervisor starts another gate.
            journal.logFault(error)
            exit(1)
        }
    }

    /// Ends this process at once: a child that has not reached exec yet still runs in the gate's memory. Not inlined,
    /// so that Swift does not destroy fields of the gate before the call, as it may with values that are not used
    /// again.
    @inline(never)
    borrowing func exit(_ status: Int32) -> Never { Processes.exit(status) }

    private mutating func turn() throws(SystemError) {
        let ready = try poller.wait(timeoutNanoseconds: timeout())
        let now = Clock.monotonicNanoseconds()
        // The supervisor's messages first: after a block list is reported to be in force, it decides on every later
        // connection, whatever the order in which epoll reports the two.
        for index in 0..<ready where poller.token(at: index) == PollToken.channel.bits { try obeyOrders(at: now) }
        var sawListener = false
        for index in 0..<ready {
            switch PollToken(bits: poller.token(at: index)) {
            case .channel: break
            case .signals: try reapHandlers(at: now)
            case .resolver: try readListReplies(at: now)
            case .handlerLog: try journal.relayHandlerLog(at: now)
            case .pending(let number): try inputArrived(number, at: now)
            case .lingering(let number): refusals.readInput(of: number)
            case .listener(let index):
                sawListener = true
                acceptFrom(index, at: now)
            case nil: preconditionFailure("the poll set holds the tokens that this gate made")
            }
        }
        if hasMoreEnds { try reapHandlers(at: now) }
        try endQueueFlush(isQuiet: !sawListener && ready < poller.mostAtOnce, at: now)
        listeners.tend(at: now)
        if !listeners.isPaused { startStalled(at: now) }
        try endPhases(at: now)
        try endHandlers(at: now)
        try sweepOrphans(at: now)
        try serveWaiting(at: now)
        // After every step that reaps, so that the next check starts in the same turn.
        tendChecks(at: now)
        journal.tend(at: now)
        refusals.tend(at: now)
        while let hits = admission.hitsDue(at: now) { link.report(hits) }
        setup.counters[.active] = UInt64(connections.count)
        setup.counters[.waiting] = UInt64(pendingConnections.count)
        try watchListeners(at: now)
        closeListeners()
        try endIfDrained(at: now)
    }

    private func timeout() -> Int64? {
        let now = Clock.monotonicNanoseconds()
        if hasMoreEnds || handlerQueue.count > 0 && mayServe(at: now) { return 0 }
        let deadlines: InlineArray = [
            link.deadline, listeners.deadline, admission.deadline, refusals.deadline, journal.deadline,
            connections.nextExpiry, orphans.sweepAt, pendingConnections.deadline, checks.runs.deadline,
        ]
        var deadline: Int64?
        for index in deadlines.indices { deadline = earlier(deadline, deadlines[index]) }
        return deadline.map { max($0 - now, 0) }
    }
}

/// The earlier of two times; nil means never.
func earlier(_ first: Int64?, _ second: Int64?) -> Int64? {
    guard let first, let second else { return first ?? second }
    return min(first, second)
}
