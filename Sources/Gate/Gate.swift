// The process of one service: accepts, admits, spawns, reaps and logs, with no more rights than its handlers have. One
// thread, one loop, one wait. It ends by exit.
// Its state is in owners, each in a file of its own with a deadline, none of which sees another. Gate+Flow.swift hands
// connections from one to the next; Gate+Orders.swift obeys the supervisor; Gate+Start.swift has the start of a gate.
internal import Admission
internal import EventLog
internal import LinuxSystem
internal import Messages
internal import Spawner

/// A gate, from its start to its end.
package struct Gate<Starter: ProcessStarter & ~Copyable, Polled: PollSet & ~Copyable>: ~Copyable {
    var poller: Polled
    let counters: SharedCounters
    var link: SupervisorLink
    var listeners: Listeners
    var admission: AdmissionControl
    var preConnection: PreConnection
    var running: RunningConnections
    var children: Children<Starter>
    var refusals: Refusals
    var journal: Journal
}

/// The owners of a gate's state, in the order in which a turn tends them.
enum GateOwner: CaseIterable, Hashable {
    case children
    case listeners
    case preConnection
    case running
    case link
    case journal
    case refusals
    case admission

    /// Made once, so that a turn allocates nothing for it.
    static let inOrder = allCases
}

extension Gate where Starter: ~Copyable, Polled: ~Copyable {
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
        let ready = try poller.wait(timeoutNanoseconds: timeout(at: Clock.monotonicNanoseconds()))
        try turn(ready, at: Clock.monotonicNanoseconds())
    }

    /// - Parameter ready: the number of descriptors that the poll set has found ready.
    mutating func turn(_ ready: Int, at now: Int64) throws(SystemError) {
        // What a local user has in flight on his connection may be closed wherever this gate reads or closes that
        // connection. What a process of a connection shares with this gate is closed after its start or its end.
        if listeners.hasUnix { children.waitLimit.begin() }
        defer { children.waitLimit.end() }
        listeners.notePoll(sawAll: ready < poller.mostAtOnce)
        // The supervisor's messages first: after a block list is reported to be in force, it decides on every later
        // connection, whatever the order in which epoll reports the two.
        for index in 0..<ready where poller.token(at: index) == PollToken.channel.bits { try obeyOrders(at: now) }
        for index in 0..<ready {
            guard let token = PollToken(bits: poller.token(at: index)) else {
                preconditionFailure("the poll set holds the tokens that this gate made")
            }
            if token != .channel { try dispatch(token, at: now) }
        }
        for owner in GateOwner.inOrder { try tend(owner, at: now) }
        // After every owner, because each of them may have freed what these take.
        startQueued(at: now)
        startChecks(at: now)
        counters[.active] = UInt64(running.count)
        counters[.waiting] = UInt64(preConnection.count)
        counters[.unlogged] = UInt64(journal.log.lostLines)
        try watchListeners(at: now)
        closeListeners()
        try endIfDrained(at: now)
    }

    /// Does what a ready descriptor asks for.
    mutating func dispatch(_ token: PollToken, at now: Int64) throws(SystemError) {
        switch token {
        case .channel: try obeyOrders(at: now)
        case .signals:
            try children.noteSignal()
            try reapChildren(at: now)
        case .resolver: try readListAnswers(at: now)
        case .handlerLog: try journal.relayHandlerLog(at: now)
        case .incoming(let number): handOver(try preConnection.headerArrived(number, poller), at: now)
        case .pending(let number): handOver(try preConnection.inputArrived(number, poller, at: now), at: now)
        case .lingering(let number): refusals.readInput(of: number)
        case .listener(let index): try acceptFrom(index, at: now)
        }
    }

    /// Nanoseconds until an owner has something to do; nil: never.
    func timeout(at now: Int64) -> Int64? {
        var earliest: Int64?
        for owner in GateOwner.inOrder { earliest = earlier(earliest, deadline(of: owner)) }
        return earliest.map { max($0 - now, 0) }
    }

    private func deadline(of owner: GateOwner) -> Int64? {
        switch owner {
        case .children: children.deadline
        case .listeners: listeners.deadline
        case .preConnection: preConnection.deadline
        case .running: running.deadline
        case .link: link.deadline
        case .journal: journal.deadline
        case .refusals: refusals.deadline
        case .admission: admission.deadline
        }
    }

    /// Does what an owner's deadline is for.
    mutating func tend(_ owner: GateOwner, at now: Int64) throws(SystemError) {
        switch owner {
        case .children:
            if children.hasMoreEnds { try reapChildren(at: now) }
            try sweepOrphans(at: now)
        case .listeners:
            try endQueueFlush(at: now)
            listeners.tend(at: now)
            startStalled(at: now)
        case .preConnection:
            try watchResolver(at: now)
            while let decision = try preConnection.nextDue(poller, at: now) { handOver(decision, at: now) }
            preConnection.checks.killLate(at: now)
        case .running:
            if let pid = running.expire(at: now) { journal.logOutOfReach(pid, cause: "lifetime") }
        case .link: try takeDrainStep(at: now)
        case .journal:
            if let lack = try journal.watch(in: poller, at: now) { pause(.lackOfResources, lack, at: now) }
            journal.tend(at: now)
        case .refusals: refusals.tend(at: now)
        case .admission: while let hits = admission.hitsDue(at: now) { link.report(hits) }
        }
    }
}

/// The earlier of two times; nil means never.
func earlier(_ first: Int64?, _ second: Int64?) -> Int64? {
    guard let first, let second else { return first ?? second }
    return min(first, second)
}
