// The process of one service: accepts, admits, spawns, reaps and logs, with no more rights than the handlers it starts.
// One thread, one loop, one wait. Never returns to the supervisor's code that it was forked from: it ends by exit.
// How it comes to be is in Gate+Start.swift. The phases of a connection are in Gate+Accept.swift, Gate+PendingConnections.swift and Gate+Reap.swift, its way out in
// Gate+Drain.swift.
internal import Admission
internal import EventLog
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
    var log = EventLog()
    var plan: SpawnPlan
    var admission: Admission
    var connections: ConnectionTable
    /// The programs of a connection, none of them started.
    let chain: FilterChain
    var blockList: SharedBytes
    var bans: BanView
    /// nil when the service gives points for nothing.
    var penalties: PenaltyTable?
    var serviceRate: ServiceRateLimit
    var openingHours: OpeningHours
    var lingering: LingeringSockets
    let phasePlan: PhasePlan
    var pendingConnections: PendingConnections
    /// Those in the lobby who wait for nothing but a handler.
    var handlerQueue: HandlerQueue
    /// What DNS block lists have said.
    var lists: ListCache
    /// Who asks them; nil: nobody does.
    var resolver: MessageChannel?
    var checks: GateChecks
    /// For looking at PROXY headers.
    var peeked: [UInt8]
    var throttle = Throttle()
    var drain = Drain()
    /// While the listeners are about to close.
    var queueFlush: QueueFlush?
    let null: Int32
    var handlerLog: HandlerLog
    var refusalBudget = LogBudget.refusals
    var orphans: Orphans
    /// Whether children may have ended that were not reaped yet.
    var hasMoreEnds = false
    /// Held so that one more connection can be taken when no descriptor is left.
    var reserve: Descriptor?
    /// Accepted and admitted, but not all of its processes could be made yet.
    var stalled: StartingConnection?
    var isListening = false
    var hasListeners = true
    var lastNumber: UInt64 = 0

    enum Token {
        static let signals: UInt64 = 1 << 32
        static let channel: UInt64 = 2 << 32
        static let handlerLog: UInt64 = 3 << 32
        static let lingering: UInt64 = 4 << 32
        static let resolver: UInt64 = 5 << 32
        /// The last, because guests have numbers without end.
        static let pendingConnections: UInt64 = 6 << 32
    }

    mutating func run() {
        do throws(SystemError) {
            try listenOrNot()
            while true { try turn() }
        } catch {
            // Nothing that a peer or a handler does gets here. The supervisor starts another gate.
            logFault(error)
            exit(1)
        }
    }

    /// Ends this process at once: children may be on their way to exec in memory that is ours. Not inlined, so that nothing of
    /// the gate is taken apart before, as Swift would do with what is not used any more.
    @inline(never)
    borrowing func exit(_ status: Int32) -> Never { Processes.exit(status) }

    private mutating func turn() throws(SystemError) {
        let ready = try poller.wait(timeoutNanoseconds: timeout())
        let now = Clock.monotonicNanoseconds()
        // The supervisor first: who connects after a block list was said to be in force is judged by it, whatever order epoll
        // reports the two in.
        for index in 0..<ready where poller.token(at: index) == Token.channel { try handleSupervisorMessages(at: now) }
        var sawListener = false
        for index in 0..<ready {
            switch poller.token(at: index) {
            case Token.channel: break
            case Token.signals: try reapHandlers(at: now)
            case Token.resolver: try readListReplies(at: now)
            case Token.handlerLog: try relayHandlerLog(at: now)
            case let pending where pending >= Token.pendingConnections:
                try inputArrived(pending - Token.pendingConnections, at: now)
            case let lingering where lingering >= Token.lingering: readLingering(Int(lingering - Token.lingering))
            case let listener:
                sawListener = true
                acceptFrom(setup.listeners[Int(listener)])
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
        // Behind all that reaps: who waits for the end of a check is to be checked in this turn.
        tendChecks(at: now)
        logSuppressedLines(at: now)
        logSuppressedRefusals(at: now)
        closeLingering(at: now)
        tellHits(at: now)
        setup.counters[.active] = UInt64(connections.count)
        setup.counters[.waiting] = UInt64(pendingConnections.count)
        try listenOrNot()
        closeListeners()
        try endIfDrained(at: now)
    }

    /// Listeners are in the poll set only while a connection could be served, or let into the lobby: at the service's limit,
    /// while throttled and while draining, connections wait in the listen queue and cost nothing.
    private mutating func listenOrNot() throws(SystemError) {
        let isWanted = mayAccept(at: Clock.monotonicNanoseconds())
        guard isWanted != isListening else { return }
        for (index, listener) in setup.listeners.enumerated() {
            if isWanted {
                try poller.add(listener.number, token: UInt64(index))
            } else {
                try poller.remove(listener.number)
            }
        }
        isListening = isWanted
    }

    /// A draining gate gives its copies of the listening sockets up, so that nothing but the supervisor holds them.
    private mutating func closeListeners() {
        guard hasListeners, drain.isDraining, !isEmptyingQueues else { return }
        for listener in setup.listeners { _ = Descriptor(owning: listener.number) }
        hasListeners = false
        logClosed()
    }

    private func timeout() -> Int64? {
        if hasMoreEnds { return 0 }
        let own = earlier(earlier(throttle.until, connections.nextLook), earlier(drain.deadline, orphans.sweepAt))
        let reports = earlier(earlier(handlerLog.budget.reportAt, refusalBudget.reportAt), bans.tellHitsAt)
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

/// The earlier of two times, where nil is never.
func earlier(_ first: Int64?, _ second: Int64?) -> Int64? {
    guard let first, let second else { return first ?? second }
    return min(first, second)
}
