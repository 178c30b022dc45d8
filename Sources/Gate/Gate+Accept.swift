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

    /// The next connection. If no descriptor is left, the gate closes its reserve, accepts with the descriptor that
    /// this frees, and then pauses.
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
            // The machine still lacks the same resource, and the pause has already begun.
            return nil
        }
    }

    mutating func restoreReserve() {
        do throws(SystemError) {
            reserve = try Descriptor.duplicate(of: null)
        } catch {
            // No descriptor is free yet. The gate tries again at the next connection.
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

    /// - Parameter local: returns the address that the peer connected to; nil if the connection is dead already.
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

    /// The address that the peer connected to. A listener that is bound to one address knows it; on a listener for all
    /// addresses, getsockname(2) tells it.
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

    /// Starts the programs of the connection for which fork failed, unless its lifetime has ended since.
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
            // If only the reserve's descriptor made this connection possible, the shortage goes on.
            if reserve != nil { throttle.cloned() }
        } catch {
            pause(.lackOfResources, error)
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

    mutating func pause(_ reason: Throttle.Reason, _ error: SystemError?) {
        let isNew = throttle.pause(reason, at: Clock.monotonicNanoseconds())
        guard isNew, let error else { return }
        setup.counters.increment(.pauses)
        journal.logPause(error, active: connections.count)
    }
}
