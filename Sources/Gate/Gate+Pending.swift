// Before a handler exists: the phases of PhasePlan. Nothing here waits. What lists and checks say is in Gate+Lists and
// Gate+Checks.
internal import Addresses
internal import Admission
internal import LinuxSystem

extension Gate {
    /// Waiting connections that are served in one turn of the loop, before it looks at everything else again.
    private static let batch = 8

    /// Whether a handler may be started for a connection that waits.
    func mayServe(at now: Int64) -> Bool {
        !connections.isFull && throttle.until == nil && stalled == nil && serviceRate.wait(at: now) == 0
    }

    /// Whether the next connection is to be taken from the listen queue.
    func mayAccept(at now: Int64) -> Bool {
        guard !drain.isDraining || isEmptyingQueues else { return false }
        guard phasePlan.areAny else { return mayServe(at: now) }
        guard throttle.until == nil else { return false }
        // When all of the lobby waits for handlers, whoever comes may take the place of another one.
        let room = handlerQueue.capacity
        return pendingConnections.count < room
            || pendingConnections.count == room && handlerQueue.count == room && handlerQueue.canTake
    }

    /// Takes a connection that was admitted through the phases, from one on, as far as it comes without waiting.
    mutating func advance(_ incoming: consuming IncomingConnection, from phase: PreConnectionPhase, at now: Int64) {
        switch phase {
        case .lists: advanceByLists(incoming, at: now)
        case .checks: advanceByChecks(incoming, at: now)
        case .handler where !phasePlan.areAny || handlerQueue.count == 0 && mayServe(at: now): serve(incoming, at: now)
        case .proxyHeader, .greetDelay, .firstByte, .handler: hold(incoming, in: phase, at: now)
        }
    }

    /// Takes a connection in that waits for something; nobody is served before it is.
    mutating func hold(_ incoming: consuming IncomingConnection, in phase: PreConnectionPhase, at now: Int64) {
        let deadline = phasePlan.duration(of: phase).map { now + $0 }
        let pending = PendingConnection(incoming, phase: phase, deadline: deadline)
        if phase == .handler {
            enqueue(pending, at: now)
        } else if phase.isOfPeer {
            watch(pending)
        } else {
            pendingConnections.insert(pending)
        }
    }

    /// For somebody who waits for a handler there may be no room, or somebody else's.
    private mutating func enqueue(_ pending: consuming PendingConnection, at now: Int64) {
        guard let source = pending.incoming.source else { preconditionFailure("who waits for a handler was admitted") }
        switch handlerQueue.enqueue(pendingConnections.nextNumber, of: source) {
        case .queued:
            pendingConnections.insert(pending)
        case .displaces(let number):
            let other = pendingConnections.remove(number)
            pendingConnections.insert(pending)
            if let other { refusePending(other.incoming, .crowded, at: now) }
        case .refused:
            refusePending(pending.incoming, .crowded, at: now)
        }
    }

    private mutating func watch(_ pending: consuming PendingConnection) {
        do throws(SystemError) {
            try poller.add(
                pending.incoming.socket.number, token: Token.pendingConnections + pendingConnections.nextNumber)
        } catch {
            // Short of something: the connection ends, and accepting pauses.
            if let admitted = pending.incoming.admitted { admission.end(admitted) }
            pause(.lackOfResources, error)
            return
        }
        pendingConnections.insert(pending)
    }

    /// Takes somebody out who is there.
    mutating func removePending(_ number: UInt64) throws(SystemError) -> IncomingConnection {
        guard let pending = pendingConnections.remove(number) else { preconditionFailure("a guest is in the lobby") }
        // By hand: a socket that a handler has too would stay in the poll set when ours is closed. Source: epoll(7).
        if pending.isWatched { try poller.remove(pending.incoming.socket.number) }
        return pending.incoming
    }

    /// Something has come from somebody in the lobby, or its end.
    mutating func inputArrived(_ number: UInt64, at now: Int64) throws(SystemError) {
        // Nobody, when it was taken out in the same turn.
        guard let phase = pendingConnections.read(number, { $0.phase }) else { return }
        if phase == .proxyHeader { return try readProxyHeader(of: number, at: now) }
        let peek = pendingConnections.read(number) { $0.incoming.socket.peek() } ?? .nothing
        try take(phasePlan.step(phase, peek), number, at: now)
    }

    private mutating func take(_ step: PhaseOutcome, _ number: UInt64, at now: Int64) throws(SystemError) {
        switch step {
        case .wait: return
        case .advance:
            guard let phase = pendingConnections.read(number, { $0.phase }) else { return }
            advance(try removePending(number), from: phasePlan.next(after: phase), at: now)
        case .decide: decide(try removePending(number), at: now)
        case .refuse(let reason): refusePending(try removePending(number), reason, at: now)
        }
    }

    mutating func refusePending(_ incoming: consuming IncomingConnection, _ refusal: Refusal, at now: Int64) {
        if let admitted = incoming.admitted { admission.end(admitted) }
        refuse(AcceptedConnection(descriptor: incoming.socket, peer: incoming.peer), refusal, at: now)
    }

    /// Goes on with those whose time is over. What they have sent meanwhile counts.
    mutating func endPhases(at now: Int64) throws(SystemError) {
        while let number = pendingConnections.due(at: now) {
            try inputArrived(number, at: now)
            guard let phase = pendingConnections.read(number, { $0.phase }) else { continue }
            try take(phasePlan.stepWhenOver(phase), number, at: now)
        }
    }

    /// Starts handlers for those who wait for nothing else.
    mutating func serveWaiting(at now: Int64) throws(SystemError) {
        for _ in 0..<Self.batch {
            guard mayServe(at: now), let number = Self.next(of: &handlerQueue, admission) else { return }
            serve(try removePending(number), at: now)
        }
    }

    /// Whom a free handler is for: the source with the fewest connections.
    private static func next(of room: inout HandlerQueue, _ admission: borrowing Admission) -> UInt64? {
        guard room.count > 0 else { return nil }
        return room.next { admission.count(of: $0) }
    }

    /// Reads the header that has come so far; when there is all of it, the connection is its client's.
    private mutating func readProxyHeader(of number: UInt64, at now: Int64) throws(SystemError) {
        guard
            let (found, least) = pendingConnections.read(
                number, { ($0.incoming.socket.peek(into: &peeked), $0.leastInput) })
        else {
            return
        }
        guard let found else { return try take(.refuse(.proxyHeader(.cut)), number, at: now) }
        guard found > 0 else { return }
        switch ProxyHeader.read(peeked.span.extracting(first: found)) {
        case .malformed(let fault): try take(.refuse(.proxyHeader(.malformed(fault))), number, at: now)
        case .needMore(let count):
            // Readable with less than it was to be: that is the end, or the machine is short of memory.
            if found < least, pendingConnections.read(number, { $0.incoming.socket.isInputOver }) == true {
                return try take(.refuse(.proxyHeader(.cut)), number, at: now)
            }
            // Readable again when there is more, or at the end: a header that comes slowly costs no time meanwhile.
            pendingConnections.setLeastInput(count, of: number)
        case .header(let header): try introduce(number, header, at: now)
        }
    }

    /// Somebody's upstream has said who it is.
    private mutating func introduce(_ number: UInt64, _ header: ProxyHeader, at now: Int64) throws(SystemError) {
        // What follows is the handler's. What was there a moment ago is gone when the upstream has reset the connection.
        guard pendingConnections.read(number, { $0.incoming.socket.take(header.length, into: &peeked) }) == true else {
            return try take(.refuse(.proxyHeader(.cut)), number, at: now)
        }
        let pending = try removePending(number)
        pending.socket.setLeastInput(1)
        switch header.origin {
        case .upstream, .unknown:
            let local = pending.local
            admit(AcceptedConnection(descriptor: pending.socket, peer: pending.peer)) { _ in local }
        case .client(let client, let destination):
            let peer = Peer.ip(client.address, port: client.port)
            admit(AcceptedConnection(descriptor: pending.socket, peer: peer)) { _ in
                .ip(destination.address, port: destination.port)
            }
        }
    }

    /// The gate has to go: those who have sent nothing are not waited for.
    mutating func refuseIdle(at now: Int64) throws(SystemError) {
        while let number = pendingConnections.first(in: .firstByte) {
            try inputArrived(number, at: now)
            if pendingConnections.read(number, { _ in true }) == true { try take(.refuse(.drain), number, at: now) }
        }
    }

    /// The gate's time is over.
    mutating func refuseAll(at now: Int64) throws(SystemError) {
        handlerQueue = HandlerQueue(capacity: handlerQueue.capacity)
        for phase in PreConnectionPhase.allCases {
            while let number = pendingConnections.first(in: phase) { try take(.refuse(.drain), number, at: now) }
        }
    }
}
