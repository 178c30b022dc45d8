// Connections between accept and a handler: the phases of PhasePlan, and what each of them waits for. Nothing in this
// file waits, starts a process or refuses a connection; it answers with the decision that Gate+Flow.swift carries out.
// Promises that nothing is allocated for a connection that does not have to wait.
internal import Admission
internal import LinuxSystem
internal import ServiceModel
internal import Spawner

/// What becomes of a connection in a phase. nil in its place means that it waits.
enum PhaseDecision: ~Copyable {
    /// The PROXY header has come: admission decides on the client.
    case admit(IncomingConnection)
    /// The phase is over, and the connection enters the next one.
    case advance(AdmittedConnection, from: PreConnectionPhase)
    /// The lists do not refuse it, although not all of them have answered. It goes on as with `advance`.
    case advanceUnlisted(AdmittedConnection)
    /// A handler starts for it.
    case start(AdmittedConnection)
    case refuseIncoming(IncomingConnection, Refusal)
    case refuse(AdmittedConnection, Refusal)
    /// It cannot be watched for lack of resources: it ends, and accepting pauses.
    case drop(AdmittedConnection, SystemError)
}

/// The pending connections of one gate, with what they wait for.
struct PreConnection: ~Copyable {
    let plan: PhasePlan
    private var headers: ProxyHeaderReader
    private var pending: PendingConnections<AdmittedConnection>
    /// The pending connections that wait for nothing but a handler.
    private var queue: HandlerQueue
    var lookups: ListLookups
    var checks: CheckRunner
    /// Whether a connection in the queue could get a handler at once.
    var isReady = false
    private let capacity: Int

    init(_ service: Service, resolver: consuming FrameChannel?) {
        plan = PhasePlan(service)
        capacity = max(service.waitingPlaces, 1)
        // One more, for a new connection that displaces another one.
        headers = ProxyHeaderReader(capacity: service.admission.upstreams.isEmpty ? 0 : service.waitingPlaces + 1)
        pending = PendingConnections(capacity: service.waitingPlaces + 1)
        queue = HandlerQueue(capacity: capacity)
        lookups = ListLookups(service.admission.dnsbl, resolver: resolver)
        checks = CheckRunner(service.admission.checks)
    }

    /// Monotonic: when something here has to be done; nil for never, 0 for at once.
    var deadline: Int64? {
        if isReady { return 0 }
        return earlier(earlier(headers.deadline, pending.deadline), earlier(lookups.deadline, checks.deadline))
    }

    var count: Int { headers.pending.count + pending.count }

    /// Whether one more connection can be taken. If every pending connection waits for a handler, a new one may still
    /// displace one of them.
    var hasRoom: Bool { count < capacity || count == capacity && queue.count == capacity && queue.canTake }

    // MARK: entering a phase

    /// Makes the connection of an upstream wait for its header.
    ///
    /// Errors: epoll_ctl(2); the connection is closed then.
    mutating func awaitHeader(
        of connection: consuming IncomingConnection, _ poller: borrowing some PollSet & ~Copyable, at now: Int64
    ) throws(SystemError) {
        let deadline = plan.duration(of: .proxyHeader).map { now + $0 }
        try headers.hold(connection, until: deadline, poller)
    }

    /// Takes an admitted connection into a phase.
    ///
    /// - Parameter mayStart: whether a handler may start now.
    mutating func enter(
        _ connection: consuming AdmittedConnection, _ phase: PreConnectionPhase, mayStart: Bool,
        _ poller: borrowing some PollSet & ~Copyable, at now: Int64
    ) -> PhaseDecision? {
        switch phase {
        case .lists:
            if let verdict = lookups.lookUp(connection.peer, at: now) { return follow(verdict, connection) }
        case .checks:
            if let answer = checks.answer(for: connection.source, at: now) { return follow(answer, connection) }
            checks.isDue = true
        case .handler:
            if !plan.areAny || queue.count == 0 && mayStart { return .start(connection) }
            return enqueue(connection)
        case .proxyHeader, .greetDelay, .firstByte: break
        }
        if plan.isOfPeer(phase) {
            do throws(SystemError) {
                try poller.add(connection.socket.number, .pending(pending.nextNumber))
            } catch {
                return .drop(connection, error)
            }
        }
        pending.insert(
            PendingConnection(connection, phase: phase, deadline: plan.duration(of: phase).map { now + $0 }))
        return nil
    }

    /// Queues a connection for a handler. If the queue is full, the newest connection of the source with the most gives
    /// way.
    private mutating func enqueue(_ connection: consuming AdmittedConnection) -> PhaseDecision? {
        switch queue.enqueue(pending.nextNumber, of: connection.source) {
        case .queued:
            pending.insert(PendingConnection(connection, phase: .handler, deadline: nil))
            return nil
        case .displaces(let number):
            let other = pending.remove(number)
            pending.insert(PendingConnection(connection, phase: .handler, deadline: nil))
            guard let other else { return nil }
            return .refuse(other.takeConnection(), .plain(.displaced))
        case .refused: return .refuse(connection, .plain(.displaced))
        }
    }

    private func follow(_ verdict: ListVerdict, _ connection: consuming AdmittedConnection) -> PhaseDecision {
        if let refusal = verdict.refusal { return .refuse(connection, refusal) }
        connection.lists = verdict.matches
        return verdict.unknown != 0 ? .advanceUnlisted(connection) : .advance(connection, from: .lists)
    }

    private func follow(_ answer: CheckAnswer, _ connection: consuming AdmittedConnection) -> PhaseDecision {
        if let refusal = answer.refusal { return .refuse(connection, refusal) }
        return .advance(connection, from: .checks)
    }

    // MARK: what ends a phase

    /// Handles input from an upstream whose header is awaited, or the end of its input.
    ///
    /// Errors: epoll_ctl(2), here and below.
    mutating func headerArrived(
        _ number: UInt64, _ poller: borrowing some PollSet & ~Copyable
    ) throws(SystemError) -> PhaseDecision? {
        Self.decision(try headers.inputArrived(number, poller))
    }

    /// Handles input from the peer of a pending connection, or the end of its input. The connection may be pending no
    /// more.
    mutating func inputArrived(
        _ number: UInt64, _ poller: borrowing some PollSet & ~Copyable, at now: Int64
    ) throws(SystemError) -> PhaseDecision? {
        guard let (phase, peek) = pending.read(number, { ($0.phase, $0.connection.socket.peek()) }) else { return nil }
        return try take(plan.step(phase, peek), number, poller, at: now)
    }

    /// The next connection whose phase is past its deadline; nil when there is none. Input that has come until now
    /// counts.
    mutating func nextDue(
        _ poller: borrowing some PollSet & ~Copyable, at now: Int64
    ) throws(SystemError) -> PhaseDecision? {
        if case .refuse(let refusal) = plan.stepWhenOver(.proxyHeader),
            let decision = Self.decision(try headers.nextDue(refusal, poller, at: now))
        {
            return decision
        }
        guard let number = pending.due(at: now), let phase = pending.phase(of: number) else { return nil }
        if let decision = try inputArrived(number, poller, at: now) { return decision }
        return try take(plan.stepWhenOver(phase), number, poller, at: now)
    }

    /// The next connection whose lists have answered; nil when there is none. The walk goes on after `cursor`.
    ///
    /// - Parameter askingAgain: whether the missing lists were asked of a resolver that is gone.
    mutating func nextListed(
        after cursor: inout Cursor, askingAgain: Bool, _ poller: borrowing some PollSet & ~Copyable, at now: Int64
    ) throws(SystemError) -> PhaseDecision? {
        while let number = next(&cursor, in: .lists) {
            guard let peer = pending.read(number, { $0.connection.peer }) else { continue }
            let verdict: ListVerdict?
            if askingAgain {
                verdict = lookups.lookUp(peer, at: now)
            } else if case .known(let known) = lookups.knowledge(of: peer, at: now) {
                verdict = known
            } else {
                verdict = nil
            }
            if let verdict { return follow(verdict, try remove(number, poller)) }
        }
        return nil
    }

    /// The next connection of a source whose check has ended; nil when there is none. The walk goes on after `cursor`.
    ///
    /// - Parameter answer: nil: the check failed or took too long.
    mutating func nextChecked(
        after cursor: inout Cursor, _ run: CheckRun, _ answer: CheckAnswer?,
        _ poller: borrowing some PollSet & ~Copyable
    ) throws(SystemError) -> PhaseDecision? {
        while let number = next(&cursor, in: .checks) {
            guard pending.read(number, { $0.connection.source }) == run.source else { continue }
            let connection = try remove(number, poller)
            guard let answer else {
                return .refuse(connection, run.isLate ? .plain(.checkTimeout) : .checkFailed(run.position))
            }
            return follow(answer, connection)
        }
        return nil
    }

    /// The next check to start; nil when there is none. The walk goes on after `cursor`.
    mutating func nextCheck(after cursor: inout Cursor, at now: Int64) -> CheckRun? {
        while !checks.runs.isFull, let number = next(&cursor, in: .checks) {
            if let run = pending.read(number, { checks.run(for: $0.connection, at: now) }) ?? nil { return run }
        }
        return nil
    }

    /// The connection that a free handler is for; nil when none waits for one.
    ///
    /// - Parameter handlers: the number of connections that a source has.
    mutating func nextQueued(handlers: (Source) -> Int) -> AdmittedConnection? {
        guard queue.count > 0, let number = queue.next(handlers: handlers), let next = pending.remove(number) else {
            return nil
        }
        return next.takeConnection()
    }

    /// Whether a connection waits for nothing but a handler.
    var hasQueued: Bool { queue.count > 0 }

    /// The next client that has sent nothing yet, refused because the gate ends; nil when there is none.
    mutating func nextIdle(
        _ poller: borrowing some PollSet & ~Copyable, at now: Int64
    ) throws(SystemError) -> PhaseDecision? {
        guard let number = pending.first(in: .firstByte) else { return nil }
        if let decision = try inputArrived(number, poller, at: now) { return decision }
        return .refuse(try remove(number, poller), .plain(.drain))
    }

    /// The next of all pending connections, refused because the gate's grace is over; nil when there is none.
    mutating func nextOfAll(_ poller: borrowing some PollSet & ~Copyable) throws(SystemError) -> PhaseDecision? {
        if let decision = Self.decision(try headers.refuseNext(.plain(.drain), poller)) { return decision }
        guard let number = pending.first else {
            queue = HandlerQueue(capacity: capacity)
            return nil
        }
        return .refuse(try remove(number, poller), .plain(.drain))
    }

    // MARK: the table

    /// A place in the walk through a phase. A connection that leaves the phase does not disturb the walk.
    struct Cursor {
        fileprivate var next: UInt64?
        fileprivate var hasBegun = false

        /// Whether the walk was left before its end.
        var hasMore: Bool { next != nil || !hasBegun }
    }

    private func next(_ cursor: inout Cursor, in phase: PreConnectionPhase) -> UInt64? {
        let number = cursor.hasBegun ? cursor.next : pending.first(in: phase)
        cursor.hasBegun = true
        cursor.next = number.flatMap { pending.next(after: $0) }
        return number
    }

    private mutating func take(
        _ step: PhaseOutcome, _ number: UInt64, _ poller: borrowing some PollSet & ~Copyable, at now: Int64
    ) throws(SystemError) -> PhaseDecision? {
        guard step != .wait, let phase = pending.phase(of: number) else { return nil }
        let connection = try remove(number, poller)
        switch step {
        case .wait, .advance: return .advance(connection, from: phase)
        case .decide: return follow(lookups.verdict(on: connection.peer, at: now), connection)
        case .refuse(let refusal): return .refuse(connection, refusal)
        }
    }

    /// Removes a pending connection, which must exist.
    private mutating func remove(
        _ number: UInt64, _ poller: borrowing some PollSet & ~Copyable
    ) throws(SystemError) -> AdmittedConnection {
        guard let removed = pending.remove(number) else { preconditionFailure("the connection is pending") }
        let isWatched = plan.isOfPeer(removed.phase)
        let connection = removed.takeConnection()
        // Removed by hand: a socket that a handler holds too stays in the poll set when the gate closes its copy.
        // Source: epoll(7).
        if isWatched { try poller.remove(connection.socket.number) }
        return connection
    }

    private static func decision(_ decision: consuming ProxyHeaderReader.Decision?) -> PhaseDecision? {
        switch consume decision {
        case .some(.admit(let connection)): .admit(connection)
        case .some(.refuse(let connection, let refusal)): .refuseIncoming(connection, refusal)
        case .none: nil
        }
    }
}
