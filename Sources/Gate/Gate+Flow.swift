// The way of a connection from accept to its end. This file, and no other, hands connections from one owner to the
// next: listeners -> admission -> pre-connection -> running connections, or refusals. Each hand-over decides, does,
// counts and logs, in this order, and each outcome is counted here, once. Nothing here allocates or looks up a name
// between accept and exec.
internal import Addresses
internal import Admission
internal import LinuxSystem
internal import Messages
internal import Spawner

/// Connections that are taken from one listener, or from the queue for a handler, before the gate looks at its other
/// descriptors again.
private let batch = 8

// MARK: - from the listeners to admission

extension Gate where Starter: ~Copyable, Polled: ~Copyable {
    /// Whether the gate may start a handler now.
    private func mayStart(at now: Int64) -> Bool {
        !running.isFull && !running.isStalled && listeners.mayStart(at: now)
    }

    /// Whether the gate may take the next connection from the listen queue.
    private func mayAccept(at now: Int64) -> Bool {
        guard !link.drain.isDraining || listeners.isFlushing else { return false }
        guard preConnection.plan.areAny else { return mayStart(at: now) }
        return !listeners.isPaused && preConnection.hasRoom
    }

    /// Errors: accept(2), EINVAL: a gate that was taken over has shut the listener down.
    mutating func acceptFrom(_ index: Int, at now: Int64) throws(SystemError) {
        listeners.noteConnection()
        for _ in 0..<batch {
            guard mayAccept(at: now), let connection = try take(from: index, at: now) else { break }
            let intake = listeners.intakes[index]
            if preConnection.plan.isUpstream(connection.peer) {
                awaitHeader(of: connection, from: intake, at: now)
            } else {
                admit(connection, at: now) { intake.localAddress(of: $0) }
            }
        }
        listeners.restoreReserve()
    }

    /// The next connection. If no descriptor is left, the gate pauses, and accepts with the reserve.
    private mutating func take(from index: Int, at now: Int64) throws(SystemError) -> AcceptedConnection? {
        do throws(SystemError) {
            return try listeners.accept(from: index)
        } catch {
            // This gate cannot serve any more. When it has ended, the supervisor opens another socket.
            guard error.errno != .invalid else { throw error }
            pause(.lackOfResources, error, at: now)
            return listeners.acceptByReserve(from: index)
        }
    }

    private mutating func awaitHeader(
        of connection: consuming AcceptedConnection, from intake: Intake, at now: Int64
    ) {
        guard let local = intake.localAddress(of: connection.descriptor) else { return }
        let peer = connection.peer
        let incoming = IncomingConnection(socket: connection.takeDescriptor(), peer: peer, local: local)
        do throws(SystemError) {
            try preConnection.awaitHeader(of: incoming, poller, at: now)
        } catch {
            // epoll_ctl(2) lacks memory: the connection has ended, and accepting pauses.
            pause(.lackOfResources, error, at: now)
        }
    }

    /// - Parameter local: returns the address that the peer connected to; nil if the connection is dead already.
    mutating func admit(
        _ connection: consuming AcceptedConnection, at now: Int64, local: (borrowing Descriptor) -> ListenAddress?
    ) {
        let peer = connection.peer
        switch admission.decide(on: peer, at: now) {
        case .refuse(let refusal): refuse(connection.takeDescriptor(), of: peer, refusal, at: now)
        case .admit(let admitted):
            guard let local = local(connection.descriptor) else { return admission.end(admitted) }
            enter(
                AdmittedConnection(
                    socket: connection.takeDescriptor(), peer: peer, local: local, admitted: admitted),
                preConnection.plan.phaseAfterAdmission, at: now)
        }
    }
}

// MARK: - from one phase to the next

extension Gate where Starter: ~Copyable, Polled: ~Copyable {
    private mutating func enter(
        _ connection: consuming AdmittedConnection, _ phase: PreConnectionPhase, at now: Int64
    ) {
        let mayStart = mayStart(at: now)
        handOver(preConnection.enter(connection, phase, mayStart: mayStart, poller, at: now), at: now)
    }

    /// Carries out what a phase has decided; nil: the connection waits.
    mutating func handOver(_ decision: consuming PhaseDecision?, at now: Int64) {
        switch consume decision {
        case .none: return
        case .some(.admit(let connection)):
            let (peer, local) = (connection.peer, connection.local)
            admit(AcceptedConnection(descriptor: connection.socket, peer: peer), at: now) { _ in local }
        case .some(.advance(let connection, let phase)):
            enter(connection, preConnection.plan.next(after: phase), at: now)
        case .some(.advanceUnlisted(let connection)):
            counters.increment(.unlisted)
            enter(connection, preConnection.plan.next(after: .lists), at: now)
        case .some(.start(let connection)): start(connection, at: now)
        case .some(.refuseIncoming(let connection, let refusal)):
            let peer = connection.peer
            refuse(connection.socket, of: peer, refusal, at: now)
        case .some(.refuse(let connection, let refusal)):
            let peer = connection.peer
            admission.end(connection.admitted)
            refuse(connection.socket, of: peer, refusal, at: now)
        case .some(.drop(let connection, let lack)):
            admission.end(connection.takePlace())
            pause(.lackOfResources, lack, at: now)
        }
    }

    mutating func readListAnswers(at now: Int64) throws(SystemError) {
        switch try preConnection.lookups.readAnswers(poller, at: now) {
        case nil: break
        case .unknown(let firstByte): journal.logUnknownMessage(of: "resolver", firstByte: firstByte)
        case .malformed: journal.logMalformedResolver()
        }
        try advanceListed(askingAgain: false, at: now)
    }

    mutating func setResolver(_ channel: consuming FrameChannel, at now: Int64) throws(SystemError) {
        if let lack = try preConnection.lookups.setResolver(channel, poller, at: now) {
            pause(.lackOfResources, lack, at: now)
        }
        try advanceListed(askingAgain: true, at: now)
    }

    /// Tries again to read the answers of a resolver, after a lack of resources.
    mutating func watchResolver(at now: Int64) throws(SystemError) {
        guard preConnection.lookups.isWatchDue(at: now) else { return }
        if let lack = try preConnection.lookups.watch(in: poller, at: now) { pause(.lackOfResources, lack, at: now) }
    }

    private mutating func advanceListed(askingAgain: Bool, at now: Int64) throws(SystemError) {
        var cursor = PreConnection.Cursor()
        while let decision = try preConnection.nextListed(after: &cursor, askingAgain: askingAgain, poller, at: now) {
            handOver(decision, at: now)
        }
    }

    /// Starts checks for pending connections.
    mutating func startChecks(at now: Int64) {
        guard preConnection.checks.isDue, !listeners.isPaused else { return }
        preConnection.checks.isDue = false
        var cursor = PreConnection.Cursor()
        while !listeners.isPaused, let run = preConnection.nextCheck(after: &cursor, at: now) {
            startCheck(run, at: now)
        }
        if cursor.hasMore { preConnection.checks.isDue = true }
    }

    private mutating func startCheck(_ run: CheckRun, at now: Int64) {
        do throws(SystemError) {
            let pid = try children.starter.spawn(check: run.position, rule: run.rule, facts: run.facts)
            preConnection.checks.started(run, pid: pid)
        } catch {
            // The gate later asks all checks of this source again.
            pause(.lackOfResources, error, at: now)
            preConnection.checks.isDue = true
        }
    }

    /// Handles the end of a check: starts the next one, or applies the answer to all connections of the source.
    private mutating func checkEnded(_ end: ProcessEnd, at now: Int64) throws(SystemError) {
        let failure = children.starter.takeFailure(of: end.pid)
        switch preConnection.checks.ended(end, hasFailed: failure != nil, at: now) {
        case nil: return
        case .goesOn(let run): startCheck(run, at: now)
        case .answered(let run, let answer): try advanceChecked(run, answer, at: now)
        case .late(let run): try advanceChecked(run, nil, at: now)
        case .failed(let run):
            journal.logCheckFailure(run, end.way, failure, at: now)
            try advanceChecked(run, nil, at: now)
        }
    }

    private mutating func advanceChecked(
        _ run: CheckRun, _ answer: CheckAnswer?, at now: Int64
    ) throws(SystemError) {
        var cursor = PreConnection.Cursor()
        while let decision = try preConnection.nextChecked(after: &cursor, run, answer, poller) {
            handOver(decision, at: now)
        }
    }

    /// Refuses clients that have sent nothing yet, because the gate ends.
    mutating func refuseIdle(at now: Int64) throws(SystemError) {
        while let decision = try preConnection.nextIdle(poller, at: now) { handOver(decision, at: now) }
    }

    /// Refuses all pending connections, because the gate's grace is over.
    mutating func refuseAll(at now: Int64) throws(SystemError) {
        while let decision = try preConnection.nextOfAll(poller) { handOver(decision, at: now) }
    }
}

// MARK: - to a handler

extension Gate where Starter: ~Copyable, Polled: ~Copyable {
    /// Starts handlers for connections that wait for nothing else.
    mutating func startQueued(at now: Int64) {
        for _ in 0..<batch {
            guard mayStart(at: now), let connection = Self.nextQueued(&preConnection, admission) else { break }
            start(connection, at: now)
        }
        preConnection.isReady = preConnection.hasQueued && mayStart(at: now)
    }

    /// The connection that a free handler is for: of the source with the fewest connections.
    private static func nextQueued(
        _ preConnection: inout PreConnection, _ admission: borrowing AdmissionControl
    ) -> AdmittedConnection? {
        preConnection.nextQueued { admission.count(of: $0) }
    }

    private mutating func start(_ connection: consuming AdmittedConnection, at now: Int64) {
        listeners.takeRate(at: now)
        start(running.insert(connection, at: now), at: now)
    }

    /// Starts the programs of the connection for which fork failed, unless its lifetime has ended since.
    mutating func startStalled(at now: Int64) {
        guard !listeners.isPaused, let connection = running.takeStalled(),
            !endIfOver(connection.number, at: now)
        else { return }
        start(connection, at: now)
    }

    /// Starts the programs that do not run yet. If one cannot be started, a later call goes on with it, unless the
    /// connection is over by then.
    private mutating func start(_ connection: consuming StartingConnection, at now: Int64) {
        children.waitLimit.begin()
        do throws(SystemError) {
            while let program = try running.startNext(of: &connection, by: &children.starter) {
                guard program.isHandler else { continue }
                counters.increment(.accepted)
                journal.logAccept(connection.number, connection.facts, rule: connection.rule, child: program.pid)
            }
            listeners.noteCloned()
        } catch {
            pause(.lackOfResources, error, at: now)
            running.stall(connection)
        }
    }
}

// MARK: - to the end

extension Gate where Starter: ~Copyable, Polled: ~Copyable {
    /// Handles the ends of children, a limited number at once.
    mutating func reapChildren(at now: Int64) throws(SystemError) {
        // Without filters this gate has closed its copy of the connection when its handler was started.
        if running.hasFilters { children.waitLimit.begin() }
        for _ in 0..<Sweep.mostEndsAtOnce {
            guard let end = try children.nextEnd() else { return }
            // The last output of a handler must come before the line about its end. When the end is known, all that the
            // handler has written is in the pipe.
            try journal.relayHandlerLog(at: now)
            if preConnection.checks.runs.contains(pid: end.pid) {
                try checkEnded(end, at: now)
            } else if let program = running.ended(end, by: &children.starter, at: now) {
                programEnded(program, at: now)
            } else {
                children.orphanEnded(end.pid)
                continue
            }
            children.mayHaveLeftOrphans(at: now)
        }
    }

    /// Counts and logs the end of a program of a connection, and ends the connection when it was the last one.
    private mutating func programEnded(_ program: EndedProgram, at now: Int64) {
        let number = program.place.connection
        if let failure = program.failure {
            pause(.spawnFailure, nil, at: now)
            counters.increment(.unstarted)
            if let connection = running.facts(of: number) {
                journal.logSpawnFailure(
                    program.place, of: connection.id, connection.peer, rule: connection.rule, failure)
            }
        } else {
            listeners.noteExecuted()
        }
        if let fault = program.fault { journal.logFault(fault) }
        _ = endIfOver(number, at: now)
    }

    /// Ends a connection without running programs: counts it, logs it, charges its source, and gives its place back.
    ///
    /// - Returns: whether the connection was over.
    private mutating func endIfOver(_ number: UInt64, at now: Int64) -> Bool {
        guard let connection = running.removeIfOver(number) else { return false }
        if running.count == 0 { journal.endHandlerLine(at: now) }
        // A connection with a program that did not start was counted and logged when that was known.
        if !connection.isUnserved {
            counters.increment(connection.isSuccess ? .succeeded : .failed)
            journal.logEnd(connection, at: now)
            if let outcome = connection.outcome, let offence = admission.charge(outcome, to: connection.peer, at: now) {
                link.reportOffence(offence, at: now)
            }
        }
        admission.end(connection.takePlace())
        return true
    }

    /// Kills the connection for which fork failed, because the gate ends.
    mutating func endStalled(at now: Int64) {
        if let connection = running.takeStalled() { _ = endIfOver(connection.number, at: now) }
    }

    /// Ends a connection without a handler, and charges its peer.
    private mutating func refuse(
        _ socket: consuming Descriptor, of peer: Peer, _ refusal: Refusal, at now: Int64
    ) {
        let action = refusals.action(of: refusal)
        refusals.perform(action, on: socket, poller, at: now)
        counters.increment(.refused(refusal.cause))
        journal.logRefusal(refusal, peer: peer, action, bans: admission.bans.table, at: now)
        if let offence = admission.charge(refusal, to: peer, at: now) { link.reportOffence(offence, at: now) }
    }
}

// MARK: - lack of resources

extension Gate where Starter: ~Copyable, Polled: ~Copyable {
    mutating func pause(_ reason: Throttle.Reason, _ error: SystemError?, at now: Int64) {
        guard listeners.pause(reason, at: now), let error else { return }
        counters.increment(.pauses)
        journal.logPause(error, active: running.count)
    }

    /// The poll set holds the listeners only while a connection could get a handler or become pending. At the service's
    /// limit, during a pause and during a drain, connections wait in the listen queue and cost nothing.
    mutating func watchListeners(at now: Int64) throws(SystemError) {
        let isWanted = mayAccept(at: now)
        guard isWanted != listeners.isWatched else { return }
        if !isWanted { return try listeners.unwatch(in: poller) }
        if let lack = try listeners.watch(in: poller) { pause(.lackOfResources, lack, at: now) }
    }
}
