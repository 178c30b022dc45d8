// Pending connections: the phases of PhasePlan between accept and a handler. Nothing in this file waits. Gate+Lists and
// Gate+Checks decide by what lists and checks answer.
internal import Addresses
internal import Admission
internal import LinuxSystem
internal import ServiceModel

extension Gate {
    /// Pending connections that get a handler in one turn of the loop, before the gate looks at its other descriptors
    /// again.
    private static let batch = 8

    /// Whether the gate may start a handler now.
    func mayServe(at now: Int64) -> Bool {
        !connections.isFull && stalled == nil && listeners.mayStart(at: now)
    }

    /// Whether the gate may take the next connection from the listen queue.
    func mayAccept(at now: Int64) -> Bool {
        guard !link.drain.isDraining || listeners.isFlushing else { return false }
        guard phasePlan.areAny else { return mayServe(at: now) }
        guard !listeners.isPaused else { return false }
        // If every pending connection waits for a handler, a new one may still displace one of them.
        let room = handlerQueue.capacity
        return pendingConnections.count < room
            || pendingConnections.count == room && handlerQueue.count == room && handlerQueue.canTake
    }

    /// Takes an admitted connection through its phases, from this one on, until it has to wait or gets a handler.
    mutating func advance(_ incoming: consuming IncomingConnection, from phase: PreConnectionPhase, at now: Int64) {
        switch phase {
        case .lists: advanceByLists(incoming, at: now)
        case .checks: advanceByChecks(incoming, at: now)
        case .handler where !phasePlan.areAny || handlerQueue.count == 0 && mayServe(at: now): serve(incoming, at: now)
        default: hold(incoming, in: phase, at: now)
        }
    }

    /// Makes the connection pending. No handler starts for it before the phase is over.
    mutating func hold(_ incoming: consuming IncomingConnection, in phase: PreConnectionPhase, at now: Int64) {
        let deadline = phasePlan.duration(of: phase).map { now + $0 }
        let pending = PendingConnection(incoming, phase: phase, deadline: deadline)
        if phase == .handler {
            enqueue(pending, at: now)
        } else if phase.isOfPeer {
            watch(pending, at: now)
        } else {
            pendingConnections.insert(pending)
        }
    }

    /// Queues a connection for a handler. If the queue is full, the newest connection of the source with the most gives
    /// way.
    private mutating func enqueue(_ pending: consuming PendingConnection, at now: Int64) {
        guard let source = pending.incoming.source else {
            preconditionFailure("a connection that waits for a handler was admitted")
        }
        switch handlerQueue.enqueue(pendingConnections.nextNumber, of: source) {
        case .queued:
            pendingConnections.insert(pending)
        case .displaces(let number):
            let other = pendingConnections.remove(number)
            pendingConnections.insert(pending)
            if let other { refusePending(other.incoming, .plain(.displaced), at: now) }
        case .refused:
            refusePending(pending.incoming, .plain(.displaced), at: now)
        }
    }

    private mutating func watch(_ pending: consuming PendingConnection, at now: Int64) {
        do throws(SystemError) {
            try poller.add(
                pending.incoming.socket.number, token: PollToken.pending(pendingConnections.nextNumber).bits)
        } catch {
            // epoll_ctl(2) lacks memory: the connection ends, and accepting pauses.
            if let admitted = pending.incoming.admitted { admission.end(admitted) }
            pause(.lackOfResources, error, at: now)
            return
        }
        pendingConnections.insert(pending)
    }

    /// Removes a pending connection, which must exist.
    mutating func removePending(_ number: UInt64) throws(SystemError) -> IncomingConnection {
        guard let pending = pendingConnections.remove(number) else { preconditionFailure("the connection is pending") }
        // Removed by hand: a socket that a handler holds too stays in the poll set when the gate closes its copy.
        // Source: epoll(7).
        if pending.isWatched { try poller.remove(pending.incoming.socket.number) }
        return pending.incoming
    }

    /// Handles input from the peer of a pending connection, or the end of its input.
    mutating func inputArrived(_ number: UInt64, at now: Int64) throws(SystemError) {
        // The connection may have been removed in the same turn.
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

    /// Ends the phases that are past their deadlines. Input that has come until now counts.
    mutating func endPhases(at now: Int64) throws(SystemError) {
        while let number = pendingConnections.due(at: now) {
            try inputArrived(number, at: now)
            guard let phase = pendingConnections.read(number, { $0.phase }) else { continue }
            try take(phasePlan.stepWhenOver(phase), number, at: now)
        }
    }

    /// Starts handlers for connections that wait for nothing else.
    mutating func serveWaiting(at now: Int64) throws(SystemError) {
        for _ in 0..<Self.batch {
            guard mayServe(at: now), let number = admission.next(of: &handlerQueue) else { return }
            serve(try removePending(number), at: now)
        }
    }

    /// Reads the PROXY header as far as it has come. When it is complete, admission decides on the client that it
    /// names.
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
            // Fewer bytes than the socket was set to wait for: the peer has closed, or the machine lacks memory.
            if found < least, pendingConnections.read(number, { $0.incoming.socket.isInputOver }) == true {
                return try take(.refuse(.proxyHeader(.cut)), number, at: now)
            }
            // The socket is readable again when there is more, or at the end of input, so a slow header costs no time
            // meanwhile.
            pendingConnections.setLeastInput(count, of: number)
        case .header(let header): try admitClient(of: number, header, at: now)
        }
    }

    /// Applies a complete PROXY header: removes it from the socket, and lets admission decide on the client.
    private mutating func admitClient(of number: UInt64, _ header: ProxyHeader, at now: Int64) throws(SystemError) {
        // The bytes after the header are for the handler. Reading fails if the upstream has reset the connection since
        // the peek.
        guard pendingConnections.read(number, { $0.incoming.socket.take(header.length, into: &peeked) }) == true else {
            return try take(.refuse(.proxyHeader(.cut)), number, at: now)
        }
        let pending = try removePending(number)
        pending.socket.setLeastInput(1)
        switch header.origin {
        case .upstream, .unknown:
            let local = pending.local
            admit(AcceptedConnection(descriptor: pending.socket, peer: pending.peer), at: now) { _ in local }
        case .client(let client, let destination):
            let peer = Peer.ip(client.address, port: client.port)
            admit(AcceptedConnection(descriptor: pending.socket, peer: peer), at: now) { _ in
                .ip(destination.address, port: destination.port)
            }
        }
    }

    /// Refuses clients that have sent nothing yet, because the gate ends.
    mutating func refuseIdle(at now: Int64) throws(SystemError) {
        while let number = pendingConnections.first(in: .firstByte) {
            try inputArrived(number, at: now)
            if pendingConnections.read(number, { _ in true }) == true {
                try take(.refuse(.plain(.drain)), number, at: now)
            }
        }
    }

    /// Refuses all pending connections, because the gate's grace is over.
    mutating func refuseAll(at now: Int64) throws(SystemError) {
        handlerQueue = HandlerQueue(capacity: handlerQueue.capacity)
        for phase in PreConnectionPhase.allCases {
            while let number = pendingConnections.first(in: phase) {
                try take(.refuse(.plain(.drain)), number, at: now)
            }
        }
    }
}
