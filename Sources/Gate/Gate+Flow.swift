// From accept to exec: accept, pre-connection, process-connection. Nothing in this file allocates or looks up a name.
internal import Addresses
internal import Admission
internal import LinuxSystem
internal import Messages
internal import ServiceModel
internal import Spawner

/// An accepted connection that still lacks some of its programs.
struct StartingConnection: ~Copyable {
    let number: UInt64
    let facts: ConnectionFacts
    let rule: Int?
    /// The accepted socket; nil once the connection table owns it.
    var socket: Descriptor?
}

extension Gate {
    /// Connections that the gate takes from one listener before it looks at its other descriptors again.
    private static let batch = 8

    mutating func acceptFrom(_ index: Int, at now: Int64) {
        for _ in 0..<Self.batch {
            guard mayAccept(at: now), let connection = take(from: index, at: now) else { break }
            if phasePlan.isUpstream(connection.peer) {
                awaitProxyHeader(of: connection, at: listeners.intakes[index], now)
            } else {
                let intake = listeners.intakes[index]
                admit(connection, at: now) { intake.localAddress(of: $0) }
            }
        }
        listeners.restoreReserve()
    }

    /// The next connection. If no descriptor is left, the gate pauses, and accepts with the reserve.
    private mutating func take(from index: Int, at now: Int64) -> AcceptedConnection? {
        do throws(SystemError) {
            return try listeners.accept(from: index)
        } catch {
            pause(.lackOfResources, error, at: now)
            return listeners.acceptByReserve(from: index)
        }
    }

    private mutating func awaitProxyHeader(
        of connection: consuming AcceptedConnection, at intake: Intake, _ now: Int64
    ) {
        guard let local = intake.localAddress(of: connection.descriptor) else { return }
        let peer = connection.peer
        hold(
            IncomingConnection(socket: connection.takeDescriptor(), peer: peer, local: local, admitted: nil),
            in: .proxyHeader, at: now)
    }

    /// - Parameter local: returns the address that the peer connected to; nil if the connection is dead already.
    mutating func admit(
        _ connection: consuming AcceptedConnection, at now: Int64, local: (borrowing Descriptor) -> ListenAddress?
    ) {
        let peer = connection.peer
        switch admission.decide(on: peer, at: now) {
        case .refuse(let refusal):
            refuse(connection, refusal, at: now)
        case .admit(let admitted):
            guard let local = local(connection.descriptor) else {
                // The connection is dead already. That is one event of one connection, and no fault of the gate.
                admission.end(admitted)
                return
            }
            advance(
                IncomingConnection(socket: connection.takeDescriptor(), peer: peer, local: local, admitted: admitted),
                from: phasePlan.phaseAfterAdmission, at: now)
        }
    }

    /// From here on the connection has a number and lines in the log.
    mutating func serve(_ incoming: consuming IncomingConnection, at now: Int64) {
        lastNumber += 1
        let peer = incoming.peer
        let id = ConnectionID(pid: pid, number: lastNumber)
        var facts = incoming.facts(id)
        facts.isPressed = connections.count + 1 == setup.service.limits.connections
        guard let admitted = incoming.admitted else { preconditionFailure("a connection with a handler was admitted") }
        let rule = admitted.rule
        listeners.takeRate(at: now)
        connections.insert(
            lastNumber,
            RunningConnection(
                id: id, admitted: admitted, peer: peer, startedAt: now, deadline: lifetimeNanoseconds.map { now + $0 },
                chain: chain))
        start(StartingConnection(number: lastNumber, facts: facts, rule: rule, socket: incoming.socket), at: now)
    }

    /// Starts the programs of the connection for which fork failed, unless its lifetime has ended since.
    mutating func startStalled(at now: Int64) {
        guard let waiting = stalled.take(), !endIfOver(waiting.number, at: now) else { return }
        start(waiting, at: now)
    }

    private mutating func start(_ connection: consuming StartingConnection, at now: Int64) {
        do throws(SystemError) {
            if chain.count == 1 {
                try startHandler(of: connection)
            } else {
                try startChain(of: &connection)
            }
            listeners.noteCloned()
        } catch {
            pause(.lackOfResources, error, at: now)
            stalled = consume connection
        }
    }

    /// The child's copy of the socket remains; the gate's copy closes when `connection` is destroyed.
    private mutating func startHandler(of connection: borrowing StartingConnection) throws(SystemError) {
        let child = try spawnHandler(connection.socket, rule: connection.rule, facts: connection.facts)
        connections.started(ProcessPlace(connection: connection.number, position: 0), pid: child)
        accepted(connection, by: child)
    }

    private mutating func spawnHandler(
        _ socket: borrowing Descriptor?, rule: Int?, facts: ConnectionFacts
    ) throws(SystemError) -> Int32 {
        switch socket {
        case .some(let socket): try plan.spawn(socket, rule: rule, facts: facts)
        case .none: preconditionFailure("a connection that waits for its handler owns its socket")
        }
    }

    /// Starts the programs that do not run yet. If one cannot be started, the next call goes on with it, unless the
    /// connection is over by then.
    private mutating func startChain(of connection: inout StartingConnection) throws(SystemError) {
        let number = connection.number
        if connection.socket != nil {
            connections.insert(
                number, try ChainSockets(connection: &connection.socket, count: chain.count))
        }
        while let position = connections.update(number, { $0.chain.next }) ?? nil,
            let streams = connections.update(socketsOf: number, { $0.streams(of: position) })
        {
            let child = try plan.spawn(position, streams, rule: connection.rule, facts: connection.facts)
            connections.started(ProcessPlace(connection: number, position: position), pid: child)
            _ = connections.update(socketsOf: number) { $0.giveInput(to: position) }
            if position == chain.handler { accepted(connection, by: child) }
        }
    }

    /// Counts and logs that the handler of a connection was started.
    private mutating func accepted(_ connection: borrowing StartingConnection, by child: Int32) {
        setup.counters.increment(.accepted)
        journal.logAccept(connection.number, connection.facts, rule: connection.rule, child: child)
    }

    mutating func pause(_ reason: Throttle.Reason, _ error: SystemError?, at now: Int64) {
        guard listeners.pause(reason, at: now), let error else { return }
        setup.counters.increment(.pauses)
        journal.logPause(error, active: connections.count)
    }

    // MARK: the listeners

    /// The poll set holds the listeners only while a connection could get a handler or become pending. At the service's
    /// limit, during a pause and during a drain, connections wait in the listen queue and cost nothing.
    mutating func watchListeners(at now: Int64) throws(SystemError) {
        let isWanted = mayAccept(at: now)
        guard isWanted != listeners.isWatched else { return }
        if !isWanted { return try listeners.unwatch(in: poller) }
        if let lack = try listeners.watch(in: poller) { pause(.lackOfResources, lack, at: now) }
    }

    mutating func closeListeners() {
        guard listeners.isOpen, link.drain.isDraining, !listeners.isFlushing else { return }
        listeners.close()
        journal.logClosed(active: connections.count)
    }

    // MARK: refusals

    /// Decides how, does it, counts it, logs it; then the refusal costs its peer what it costs.
    mutating func refuse(_ connection: consuming AcceptedConnection, _ refusal: Refusal, at now: Int64) {
        let peer = connection.peer
        let action = refusals.action(of: refusal)
        refusals.perform(action, on: connection.takeDescriptor(), poller, at: now)
        setup.counters.increment(.refused(refusal.cause))
        journal.logRefusal(refusal, peer: peer, action, bans: admission.bans.table, at: now)
        if let offence = admission.charge(refusal, to: peer, at: now) { link.reportOffence(offence, at: now) }
    }

    /// Adds the points that the end of a connection costs its source.
    private mutating func charge(_ outcome: ConnectionOutcome?, to peer: Peer, at now: Int64) {
        guard let outcome, let offence = admission.charge(outcome, to: peer, at: now) else { return }
        link.reportOffence(offence, at: now)
    }

    /// Charges the end of a connection to its source.
    mutating func penalize(_ connection: borrowing RunningConnection, at now: Int64) {
        charge(connection.outcome, to: connection.peer, at: now)
    }
}
