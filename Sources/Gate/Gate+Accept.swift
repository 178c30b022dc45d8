// From accept to exec: accept, pre-connection, process-connection. Nothing here allocates or looks a name up.
internal import Addresses
internal import Admission
internal import LinuxSystem
internal import Messages
internal import ServiceModel
internal import Spawner

/// A connection that not all of its programs were started for yet.
struct StartingConnection: ~Copyable {
    let number: UInt64
    let facts: ConnectionFacts
    let rule: Int?
    /// The accepted socket; nil once the table has it.
    var socket: Descriptor?
}

extension Gate {
    /// Connections taken from one listener before the loop looks at everything else again.
    private static let batch = 8

    mutating func acceptFrom(_ listener: GateSetup.BoundListener) {
        defer { if reserve == nil { restoreReserve() } }
        for _ in 0..<Self.batch {
            guard mayAccept(at: Clock.monotonicNanoseconds()) else { return }
            guard let connection = take(from: listener) else { return }
            if phasePlan.isUpstream(connection.peer) {
                awaitProxyHeader(of: connection, at: listener)
            } else {
                admit(connection) { Self.localAddress(of: $0, at: listener) }
            }
        }
    }

    /// The next connection. With no descriptor left, the reserve gives way to one, and then accepting pauses.
    private mutating func take(from listener: GateSetup.BoundListener) -> AcceptedConnection? {
        do throws(SystemError) {
            return try acceptConnection(from: listener.number)
        } catch {
            pause(.lackOfResources, error)
            guard reserve.take() != nil else { return nil }
        }
        do throws(SystemError) {
            return try acceptConnection(from: listener.number)
        } catch {
            // As short of something as before; the pause is on already.
            return nil
        }
    }

    mutating func restoreReserve() {
        do throws(SystemError) {
            reserve = try Descriptor.duplicate(of: null)
        } catch {
            // Still none to be had. The next connection tries again.
        }
    }

    private mutating func awaitProxyHeader(
        of connection: consuming AcceptedConnection, at listener: GateSetup.BoundListener
    ) {
        guard let local = Self.localAddress(of: connection.descriptor, at: listener) else { return }
        let peer = connection.peer
        hold(
            IncomingConnection(socket: connection.takeDescriptor(), peer: peer, local: local, admitted: nil),
            in: .proxyHeader,
            at: Clock.monotonicNanoseconds())
    }

    /// - Parameter local: the address that the peer connected to; nil for a connection that is dead already.
    mutating func admit(
        _ connection: consuming AcceptedConnection, local: (borrowing Descriptor) -> ListenAddress?
    ) {
        let peer = connection.peer
        let now = Clock.monotonicNanoseconds()
        let closed = openingHours.closedReason(at: now)
        switch Self.decide(on: peer, &admission, blockList, bans.table, closed, now) {
        case .refuse(let refusal):
            refuse(connection, refusal, at: now)
        case .admit(let admitted):
            guard let local = local(connection.descriptor) else {
                // Dead already: one event of one connection.
                admission.end(admitted)
                return
            }
            advance(
                IncomingConnection(socket: connection.takeDescriptor(), peer: peer, local: local, admitted: admitted),
                from: phasePlan.phaseAfterAdmission, at: now)
        }
    }

    /// From here on it is a connection with a number and a line in the log.
    mutating func serve(_ incoming: consuming IncomingConnection, at now: Int64) {
        lastNumber += 1
        let peer = incoming.peer
        let id = ConnectionID(pid: pid, number: lastNumber)
        var facts = incoming.facts(id)
        facts.isPressed = connections.count + 1 == setup.service.limits.connections
        guard let admitted = incoming.admitted else { preconditionFailure("who is served was admitted") }
        let rule = admitted.rule
        serviceRate.take(at: now)
        connections.insert(
            lastNumber,
            RunningConnection(
                id: id, admitted: admitted, peer: peer, startedAt: now, deadline: lifetimeNanoseconds.map { now + $0 },
                chain: chain))
        start(
            StartingConnection(number: lastNumber, facts: facts, rule: rule, socket: incoming.socket))
    }

    private static func decide(
        on peer: Peer, _ admission: inout Admission, _ blockList: borrowing SharedBytes,
        _ bans: borrowing SharedBytes, _ closed: ClosedReason?, _ now: Int64
    ) -> Decision {
        admission.decide(peer, blockList: blockList.bytes, bans: bans.bytes, closed: closed, at: now)
    }

    /// The address that the peer connected to. A listener on one address knows it; on all addresses the socket does.
    private static func localAddress(of descriptor: borrowing Descriptor, at listener: GateSetup.BoundListener)
        -> ListenAddress?
    {
        guard case .ip(let address, _) = listener.bound, address.isUnspecified else { return listener.bound }
        do {
            return try Listener.localAddress(of: descriptor.number)
        } catch {
            return nil
        }
    }

    /// Goes on with the connection that no process could be made for; unless its time was over before there was one.
    mutating func startStalled(at now: Int64) {
        guard let waiting = stalled.take(), !endIfOver(waiting.number, at: now) else { return }
        start(waiting)
    }

    private mutating func start(_ connection: consuming StartingConnection) {
        do throws(SystemError) {
            if chain.count == 1 {
                try startHandler(of: connection)
            } else {
                try startChain(of: &connection)
            }
            // A connection that only the reserve let in says nothing about plenty.
            if reserve != nil { throttle.cloned() }
        } catch {
            pause(.lackOfResources, error)
            stalled = consume connection
        }
    }

    /// The socket is the handler's alone: ours is closed when `connection` ends.
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
        case .none: preconditionFailure("a connection waits with its socket")
        }
    }

    /// Starts what is not started yet. What could not be started now is, when this is called again; unless the connection
    /// is over by then.
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

    /// The handler of a connection was started.
    private mutating func accepted(_ connection: borrowing StartingConnection, by child: Int32) {
        setup.counters.increment(.accepted)
        logAccept(connection.number, connection.facts, rule: connection.rule, child: child)
    }

    mutating func pause(_ reason: Throttle.Reason, _ error: SystemError?) {
        let isNew = throttle.pause(reason, at: Clock.monotonicNanoseconds())
        guard isNew, let error else { return }
        setup.counters.increment(.pauses)
        logPause(error)
    }
}
