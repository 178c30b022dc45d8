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
    let channel: MessageChannel
    let signals: SignalQueue
    var poller: Poller
    var plan: SpawnPlan
    var admission: Admission
    var connections: ConnectionTable
    /// The programs of a connection, with none of them started.
    let chain: FilterChain
    var blockList: SharedBytes
    var bans: BanView
    /// nil if the service has no penalties.
    var penalties: PenaltyTable?
    var serviceRate: ServiceRateLimit
    var openingHours: OpeningHours
    var lingering: LingeringSockets
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
    var throttle = Throttle()
    var drain = Drain()
    /// Set between the order to drain and the closing of the listeners.
    var queueFlush: QueueFlush?
    let null: Int32
    var journal: Journal
    var orphans: Orphans
    /// Whether children may have ended that are not reaped yet.
    var hasMoreEnds = false
    /// Closed when no other descriptor is left, so that one more connection can be accepted.
    var reserve: Descriptor?
    /// An admitted connection for which fork failed.
    var stalled: StartingConnection?
    var isListening = false
    var hasListeners = true
    /// Whether the supervisor has sent a message that the gate does not know. Only the first is logged.
    var hasGotUnknown = false
    var lastNumber: UInt64 = 0

    mutating func run() {
        do throws(SystemError) {
            try listenOrNot()
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
        for index in 0..<ready where poller.token(at: index) == PollToken.channel.bits {
            try handleSupervisorMessages(at: now)
        }
        var sawListener = false
        for index in 0..<ready {
            switch PollToken(bits: poller.token(at: index)) {
            case .channel: break
            case .signals: try reapHandlers(at: now)
            case .resolver: try readListReplies(at: now)
            case .handlerLog: try journal.relayHandlerLog(at: now)
            case .pending(let number): try inputArrived(number, at: now)
            case .lingering(let number): readLingering(number)
            case .listener(let index):
                sawListener = true
                acceptFrom(setup.listeners[index])
            case nil: preconditionFailure("the poll set holds the tokens that this gate made")
            }
        }
        if hasMoreEnds { try reapHandlers(at: now) }
        try endQueueFlush(isQuiet: isListening && !sawListener && ready < poller.mostAtOnce, at: now)
        throttle.resumeIfDue(at: now)
        if throttle.until == nil { startStalled(at: now) }
        try endPhases(at: now)
        try endHandlers(at: now)
        try serveWaiting(at: now)
        try sweepOrphans(at: now)
        // After every step that reaps, so that the next check starts in the same turn.
        tendChecks(at: now)
        journal.tend(at: now)
        closeLingering(at: now)
        reportHits(at: now)
        setup.counters[.active] = UInt64(connections.count)
        setup.counters[.waiting] = UInt64(pendingConnections.count)
        try listenOrNot()
        closeListeners()
        try endIfDrained(at: now)
    }

    /// The poll set holds the listeners only while a connection could get a handler or become pending. At the service's
    /// limit, during a pause and during a drain, connections wait in the listen queue and cost nothing.
    private mutating func listenOrNot() throws(SystemError) {
        let isWanted = mayAccept(at: Clock.monotonicNanoseconds())
        guard isWanted != isListening else { return }
        if isWanted {
            isListening = try watchListeners()
        } else {
            for listener in setup.listeners { try poller.remove(listener.number) }
            isListening = false
        }
    }

    /// Puts the listeners into the poll set, all of them or none. If the kernel has no memory for that, or the user has
    /// reached fs.epoll.max_user_watches, accepting pauses. Source: epoll_ctl(2), ENOMEM and ENOSPC.
    ///
    /// - Returns: whether they are in the poll set.
    private mutating func watchListeners() throws(SystemError) -> Bool {
        for (index, listener) in setup.listeners.enumerated() {
            do throws(SystemError) {
                try poller.add(listener.number, token: PollToken.listener(index).bits)
            } catch  where error.errno == .noMemory || error.errno == .noSpace {
                // Those that are in the set would make the next try fail, because no descriptor can be added twice.
                for added in setup.listeners[..<index] { try poller.remove(added.number) }
                pause(.lackOfResources, error)
                return false
            }
        }
        return true
    }

    /// Closes a draining gate's copies of the listening sockets, so that only the supervisor holds them.
    private mutating func closeListeners() {
        guard hasListeners, drain.isDraining, !isEmptyingQueues else { return }
        for listener in setup.listeners { _ = Descriptor(owning: listener.number) }
        hasListeners = false
        journal.logClosed(active: connections.count)
    }

    private func timeout() -> Int64? {
        if hasMoreEnds { return 0 }
        let own = earlier(earlier(throttle.until, connections.nextExpiry), earlier(drain.deadline, orphans.sweepAt))
        let reports = earlier(journal.deadline, bans.reportHitsAt)
        let now = Clock.monotonicNanoseconds()
        let wait = serviceRate.wait(at: now)
        let hasWaiting = handlerQueue.count > 0
        if hasWaiting, mayServe(at: now) { return 0 }
        let paced = wait > 0 && (!drain.isDraining || isEmptyingQueues || hasWaiting) ? now + wait : nil
        let waits = earlier(earlier(lingering.deadline, pendingConnections.deadline), checks.runs.deadline)
        let closing = isListening ? queueFlush?.settledAt : nil
        let deadline = earlier(earlier(own, reports), earlier(earlier(paced, waits), closing))
        return deadline.map { max($0 - now, 0) }
    }
}

/// The earlier of two times; nil means never.
func earlier(_ first: Int64?, _ second: Int64?) -> Int64? {
    guard let first, let second else { return first ?? second }
    return min(first, second)
}
