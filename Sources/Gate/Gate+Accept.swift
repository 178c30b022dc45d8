// From accept to exec: accept, pre-connection, process-connection. Nothing here allocates or looks a name up.
internal import Admission
internal import EventLog
internal import LinuxSystem
internal import ServiceModel
internal import Spawner

/// A connection that waits for a process.
struct StalledConnection: ~Copyable {
    let connection: AcceptedConnection
    let admitted: Admitted
    let facts: ConnectionFacts
}

extension Gate {
    /// Connections taken from one listener before the loop looks at everything else again.
    private static let batch = 8

    mutating func acceptFrom(_ listener: GateSetup.BoundListener) {
        defer { if reserve == nil { restoreReserve() } }
        for _ in 0..<Self.batch {
            guard !handlers.isFull, throttle.until == nil, stalled == nil, !drain.isDraining else { return }
            guard let connection = take(from: listener) else { return }
            admit(connection, at: listener)
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

    private mutating func admit(_ connection: consuming AcceptedConnection, at listener: GateSetup.BoundListener) {
        let peer = connection.peer
        switch Self.decide(on: peer, &admission, blockList) {
        case .refuse(let refusal):
            // Closed when `connection` ends here: nothing was sent, nothing was started.
            logRefusal(refusal, peer: peer)
        case .admit(let admitted):
            guard let local = localAddress(of: connection.descriptor, at: listener) else {
                // Dead already: one event of one connection.
                admission.end(admitted)
                return
            }
            lastNumber += 1
            let facts = ConnectionFacts(
                peer: peer, local: local, sourceCount: admitted.sourceCount,
                id: ConnectionID(pid: pid, number: lastNumber))
            spawn(StalledConnection(connection: connection, admitted: admitted, facts: facts))
        }
    }

    private static func decide(
        on peer: Peer, _ admission: inout Admission, _ blockList: borrowing SharedBytes
    ) -> Decision {
        admission.decide(peer, blockList: blockList.bytes)
    }

    /// The address that the peer connected to. A listener on one address knows it; on all addresses the socket does.
    private func localAddress(of descriptor: borrowing Descriptor, at listener: GateSetup.BoundListener)
        -> ListenAddress?
    {
        guard case .ip(let address, _) = listener.bound, address.isUnspecified else { return listener.bound }
        do {
            return try Listener.localAddress(of: descriptor.number)
        } catch {
            return nil
        }
    }

    /// Tries the connection again that no process could be made for.
    mutating func spawnStalled() {
        if let waiting = stalled.take() { spawn(waiting) }
    }

    private mutating func spawn(_ accepted: consuming StalledConnection) {
        let facts = accepted.facts
        let rule = accepted.admitted.rule
        do throws(SystemError) {
            let child = try plan.spawn(accepted.connection.descriptor, rule: rule, facts: facts)
            // A connection that only the reserve let in says nothing about plenty.
            if reserve != nil { throttle.cloned() }
            logAccept(facts, rule: rule, child: child)
            let now = Clock.monotonicNanoseconds()
            handlers.insert(
                pid: child,
                RunningHandler(
                    id: facts.id, admitted: accepted.admitted, peer: facts.peer, startedAt: now,
                    deadline: lifetimeNanoseconds.map { now + $0 }))
        } catch {
            pause(.lackOfResources, error)
            stalled = consume accepted
        }
    }

    mutating func pause(_ reason: Throttle.Reason, _ error: SystemError?) {
        let isNew = throttle.pause(reason, at: Clock.monotonicNanoseconds())
        if isNew, let error { logPause(error) }
    }
}
