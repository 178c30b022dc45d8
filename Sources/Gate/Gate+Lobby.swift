// Before a handler exists: the phases of LobbyRules. Nothing here waits. What lists and checks say is in Gate+Lists and
// Gate+Checks.
internal import Addresses
internal import Admission
internal import LinuxSystem

extension Gate {
    /// Waiting connections that are served in one turn of the loop, before it looks at everything else again.
    private static let batch = 8

    /// Whether a handler may be started for a connection that waits.
    func mayServe(at now: Int64) -> Bool {
        !connections.isFull && throttle.until == nil && stalled == nil && pace.wait(at: now) == 0
    }

    /// Whether the next connection is to be taken from the listen queue.
    func mayAccept(at now: Int64) -> Bool {
        guard !drain.isDraining || isEmptyingQueues else { return false }
        guard lobbyRules.areAny else { return mayServe(at: now) }
        guard throttle.until == nil else { return false }
        // When all of the lobby waits for handlers, whoever comes may take the place of another one.
        let room = waitingRoom.capacity
        return lobby.count < room || lobby.count == room && waitingRoom.count == room && waitingRoom.canTake
    }

    /// Takes a connection that was admitted through the phases, from one on, as far as it comes without waiting.
    mutating func goOn(_ arrival: consuming Arrival, from phase: LobbyPhase, at now: Int64) {
        switch phase {
        case .lists: goOnByLists(arrival, at: now)
        case .checks: goOnByChecks(arrival, at: now)
        case .handler where !lobbyRules.areAny || waitingRoom.count == 0 && mayServe(at: now): serve(arrival, at: now)
        case .proxyHeader, .greetDelay, .firstByte, .handler: hold(arrival, in: phase, at: now)
        }
    }

    /// Takes a connection in that waits for something; nobody is served before it is.
    mutating func hold(_ arrival: consuming Arrival, in phase: LobbyPhase, at now: Int64) {
        let deadline = lobbyRules.duration(of: phase).map { now + $0 }
        let guest = Guest(arrival, phase: phase, deadline: deadline)
        if phase == .handler {
            seat(guest, at: now)
        } else if phase.isOfPeer {
            watch(guest)
        } else {
            lobby.insert(guest)
        }
    }

    /// For somebody who waits for a handler there may be no room, or somebody else's.
    private mutating func seat(_ guest: consuming Guest, at now: Int64) {
        guard let source = guest.arrival.source else { preconditionFailure("who waits for a handler was admitted") }
        switch waitingRoom.enter(lobby.nextNumber, of: source) {
        case .waits:
            lobby.insert(guest)
        case .waitsInsteadOf(let number):
            let other = lobby.remove(number)
            lobby.insert(guest)
            if let other { turnAway(other.arrival, .unserved(.crowded), at: now) }
        case .refused:
            turnAway(guest.arrival, .unserved(.crowded), at: now)
        }
    }

    private mutating func watch(_ guest: consuming Guest) {
        do throws(SystemError) {
            try poller.add(guest.arrival.socket.number, token: Token.lobby + lobby.nextNumber)
        } catch {
            // Short of something: the connection ends, and accepting pauses.
            if let admitted = guest.arrival.admitted { admission.end(admitted) }
            pause(.lackOfResources, error)
            return
        }
        lobby.insert(guest)
    }

    /// Takes somebody out who is there.
    mutating func takeOut(_ number: UInt64) throws(SystemError) -> Arrival {
        guard let guest = lobby.remove(number) else { preconditionFailure("a guest is in the lobby") }
        // By hand: a socket that a handler has too would stay in the poll set when ours is closed. Source: epoll(7).
        if guest.isWatched { try poller.remove(guest.arrival.socket.number) }
        return guest.arrival
    }

    /// Something has come from somebody in the lobby, or its end.
    mutating func wake(_ number: UInt64, at now: Int64) throws(SystemError) {
        // Nobody, when it was taken out in the same turn.
        guard let phase = lobby.read(number, { $0.phase }) else { return }
        if phase == .proxyHeader { return try readProxyHeader(of: number, at: now) }
        let sight = lobby.read(number) { $0.arrival.socket.look() } ?? .nothing
        try take(lobbyRules.step(phase, sight), number, at: now)
    }

    private mutating func take(_ step: LobbyStep, _ number: UInt64, at now: Int64) throws(SystemError) {
        switch step {
        case .stay: return
        case .goOn:
            guard let phase = lobby.read(number, { $0.phase }) else { return }
            goOn(try takeOut(number), from: lobbyRules.next(after: phase), at: now)
        case .judge: judge(try takeOut(number), at: now)
        case .refuse(let reason): turnAway(try takeOut(number), .unserved(reason), at: now)
        }
    }

    mutating func turnAway(_ arrival: consuming Arrival, _ refusal: Refusal, at now: Int64) {
        if let admitted = arrival.admitted { admission.end(admitted) }
        refuse(AcceptedConnection(descriptor: arrival.socket, peer: arrival.peer), refusal, at: now)
    }

    /// Goes on with those whose time is over. What they have sent meanwhile counts.
    mutating func endPhases(at now: Int64) throws(SystemError) {
        while let number = lobby.due(at: now) {
            try wake(number, at: now)
            guard let phase = lobby.read(number, { $0.phase }) else { continue }
            try take(lobbyRules.stepWhenOver(phase), number, at: now)
        }
    }

    /// Starts handlers for those who wait for nothing else.
    mutating func serveWaiting(at now: Int64) throws(SystemError) {
        for _ in 0..<Self.batch {
            guard mayServe(at: now), let number = Self.next(of: &waitingRoom, admission) else { return }
            serve(try takeOut(number), at: now)
        }
    }

    /// Whom a free handler is for: the source with the fewest connections.
    private static func next(of room: inout WaitingRoom, _ admission: borrowing Admission) -> UInt64? {
        guard room.count > 0 else { return nil }
        return room.next { admission.count(of: $0) }
    }

    /// Reads the header that has come so far; when there is all of it, the connection is its client's.
    private mutating func readProxyHeader(of number: UInt64, at now: Int64) throws(SystemError) {
        guard let (found, least) = lobby.read(number, { ($0.arrival.socket.peek(into: &peeked), $0.leastInput) }) else {
            return
        }
        guard let found else { return try take(.refuse(.proxyHeader(.cut)), number, at: now) }
        guard found > 0 else { return }
        switch ProxyHeader.read(peeked.span.extracting(first: found)) {
        case .malformed(let fault): try take(.refuse(.proxyHeader(.malformed(fault))), number, at: now)
        case .needMore(let count):
            // Readable with less than it was to be: that is the end, or the machine is short of memory.
            if found < least, lobby.read(number, { $0.arrival.socket.isInputOver }) == true {
                return try take(.refuse(.proxyHeader(.cut)), number, at: now)
            }
            // Readable again when there is more, or at the end: a header that comes slowly costs no time meanwhile.
            lobby.setLeastInput(count, of: number)
        case .header(let header): try introduce(number, header, at: now)
        }
    }

    /// Somebody's upstream has said who it is.
    private mutating func introduce(_ number: UInt64, _ header: ProxyHeader, at now: Int64) throws(SystemError) {
        // What follows is the handler's. What was there a moment ago is gone when the upstream has reset the connection.
        guard lobby.read(number, { $0.arrival.socket.take(header.length, into: &peeked) }) == true else {
            return try take(.refuse(.proxyHeader(.cut)), number, at: now)
        }
        let guest = try takeOut(number)
        guest.socket.setLeastInput(1)
        switch header.origin {
        case .upstream, .unknown:
            let local = guest.local
            admit(AcceptedConnection(descriptor: guest.socket, peer: guest.peer)) { _ in local }
        case .client(let client, let destination):
            let peer = Peer.ip(client.address, port: client.port)
            admit(AcceptedConnection(descriptor: guest.socket, peer: peer)) { _ in
                .ip(destination.address, port: destination.port)
            }
        }
    }

    /// The gate has to go: those who have sent nothing are not waited for.
    mutating func dismissIdle(at now: Int64) throws(SystemError) {
        while let number = lobby.first(in: .firstByte) {
            try wake(number, at: now)
            if lobby.read(number, { _ in true }) == true { try take(.refuse(.drain), number, at: now) }
        }
    }

    /// The gate's time is over.
    mutating func dismissAll(at now: Int64) throws(SystemError) {
        waitingRoom = WaitingRoom(capacity: waitingRoom.capacity)
        for phase in LobbyPhase.allCases {
            while let number = lobby.first(in: phase) { try take(.refuse(.drain), number, at: now) }
        }
    }
}
