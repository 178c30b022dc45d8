// The end of a connection: its handler is reaped, what it left of its process group is killed, its place is given back.
internal import Admission
internal import LinuxSystem
internal import Messages
internal import Spawner

/// What handlers left behind, and what the kernel has given to their gate.
struct Orphans: ~Copyable {
    let children: ChildList
    /// Monotonic: when to look for them.
    var sweepAt: Int64?
    var budget = SweepBudget()
    /// Those that have changed their user: this gate cannot end them, its supervisor does when the gate is gone.
    var outOfReach: Set<Int32> = []

    init(_ children: consuming ChildList) { self.children = children }
}

extension Gate {
    mutating func reapHandlers(at now: Int64) throws(SystemError) {
        // One notification may stand for many children; SIGCHLD carries nothing that waitid does not know better.
        _ = try signals.next()
        hasMoreEnds = true
        // What handlers said last stands before their end.
        try relayHandlerLog(at: now)
        // Not without end: orphans that fork and end for ever would keep us here, where nobody stops them.
        for _ in 0..<Self.mostEndsAtOnce {
            guard let end = try Processes.nextEnd() else {
                hasMoreEnds = false
                return
            }
            // The group first: while its leader is a zombie, nobody else can get its number.
            Processes.signalGroup(of: end.pid, .kill)
            try Processes.reap(end.pid)
            if try checkEnded(end, at: now) {
                mayHaveLeftOrphans(at: now)
                continue
            }
            // A child without a place is an orphan of a handler that is gone: adopted, reaped, of no connection.
            guard let place = connections.remove(pid: end.pid) else {
                orphans.outOfReach.remove(end.pid)
                continue
            }
            processEnded(at: place, end, now)
            _ = endIfOver(place.connection, at: now)
            mayHaveLeftOrphans(at: now)
        }
    }

    /// A handler or a check has ended.
    private mutating func mayHaveLeftOrphans(at now: Int64) {
        orphans.budget.handlerEnded()
        orphans.sweepAt = orphans.sweepAt ?? now + Self.sweepAfterNanoseconds
    }

    /// Takes a connection out that is over, and gives its place back.
    ///
    /// - Returns: whether it was.
    mutating func endIfOver(_ number: UInt64, at now: Int64) -> Bool {
        guard let connection = connections.removeIfOver(number) else { return false }
        if connections.count == 0 { endHandlerLine(at: now) }
        if !connection.isUnserved {
            setup.counters.increment(connection.isSuccess ? .succeeded : .failed)
            logEnd(connection, at: now)
            penalize(connection, at: now)
        }
        admission.end(connection.takePlace())
        return true
    }

    /// What the end of a process means for its connection.
    private mutating func processEnded(at place: ProcessPlace, _ end: ProcessEnd, _ now: Int64) {
        let failure = plan.takeFailure(of: end.pid)
        if let failure {
            connections.update(place.connection) { $0.isUnserved = true }
            setup.counters.increment(.unstarted)
            logSpawnFailure(place, failure)
            pause(.spawnFailure, nil)
        } else {
            throttle.executed()
        }
        // Who wrote for somebody who had gone has not failed.
        let isOrderly =
            failure == nil
            && (end.way == .exited(status: 0)
                || connections.update(socketsOf: place.connection) { $0.isReaderGone(of: place.position) } == true)
        let isPeerGone = connections.update(socketsOf: place.connection) { $0.isPeerGone } == true
        let steps = connections.update(place.connection) {
            let steps = $0.ended(
                place.position, end.way, isOrderly ? .orderly : .failed, isPeerGone: failure == nil && isPeerGone)
            $0.forEach(steps.terminate) { Processes.signalGroup(of: $0, .terminate) }
            return steps
        }
        guard let steps else { return }
        connections.tell(steps.terminate, of: place.connection, deadline: now + Drain.killGraceNanoseconds)
        if steps.endsOutput { connections.update(socketsOf: place.connection) { $0.endOutput(of: place.position) } }
        if steps.leavesHandlerAlone {
            connections.hasten(place.connection, to: now + Self.aloneNanoseconds)
        }
        if steps.breaks { resetAtClose(place.connection) }
    }

    /// The peer is not to take what came so far for the whole.
    private mutating func resetAtClose(_ number: UInt64) {
        let failure = connections.update(socketsOf: number) { sockets -> SystemError? in
            do throws(SystemError) {
                try sockets.resetAtClose()
                return nil
            } catch {
                return error
            }
        }
        if let error = failure ?? nil { logFault(error) }
    }

    /// What a handler that writes for nobody has for ending by itself: a second goes into the end of a connection that the peer
    /// does not close.
    private static let aloneNanoseconds: Int64 = 3_000_000_000
    private static let sweepAfterNanoseconds: Int64 = 1_000_000_000
    static let sweepAgainNanoseconds: Int64 = 50_000_000
    private static let longestSweepNanoseconds: Int64 = 10_000_000
    private static let mostEndsAtOnce = 64

    /// Ends what handlers that have ended left behind: a connection is over when its handler is. The kernel has handed it
    /// to us (PR_SET_CHILD_SUBREAPER), so it is a child that is nobody's handler.
    mutating func sweepOrphans(at now: Int64) throws(SystemError) {
        guard let due = orphans.sweepAt, now >= due else { return }
        // Round after round at once, because the children of those just killed come up with the end of these; but not without
        // end, and with a rest after it.
        let end = now + Self.longestSweepNanoseconds
        var killed = Set<Int32>()
        repeat {
            let found = try orphans.children.stopAll { isSpared($0) }
            for pid in found.stopped.subtracting(killed) { Processes.signal(pid, .kill) }
            killed.formUnion(found.stopped)
            for pid in found.outOfReach { logOutOfReach(pid, cause: "orphan") }
            orphans.outOfReach.formUnion(found.outOfReach)
            if found.stopped.isEmpty { break }
            try reapHandlers(at: now)
        } while Clock.monotonicNanoseconds() < end
        let count = killed.count
        orphans.sweepAt = count == 0 ? nil : now + Self.sweepAgainNanoseconds
        if count > 0 { logOrphans(count) }
        // Another gate takes over, and the supervisor ends everything that was this one's.
        if orphans.budget.isExceeded(by: count) { throw SystemError("end orphans", .again) }
    }

    /// What belongs to a handler that runs is not ours to end: a helper that it started by a process that has ended. It is in
    /// its handler's session; nobody gets into one but by being started in it.
    private func isSpared(_ pid: Int32) -> Bool {
        if connections.contains(pid: pid) || checks.runs.contains(pid: pid) || orphans.outOfReach.contains(pid) {
            return true
        }
        do throws(SystemError) {
            let leader = try Processes.session(of: pid)
            return connections.contains(pid: leader) || checks.runs.contains(pid: leader)
        } catch {
            // It is gone already.
            return false
        }
    }

    /// Ends the connections whose time is over: TERM to the handler's whole process group, and KILL for all when that was not
    /// enough.
    mutating func endHandlers(at now: Int64) throws(SystemError) {
        var outOfReach: Int32?
        connections.expire(at: now) { connection in
            let (signal, positions) = connection.expire(at: now)
            connection.forEach(positions) { pid in
                if !Processes.signalGroup(of: pid, signal) { outOfReach = pid }
            }
        }
        if let outOfReach { logOutOfReach(outOfReach, cause: "lifetime") }
        switch drain.step(at: now) {
        case nil: break
        case .terminate:
            try refuseAll(at: now)
            signalEverything(.terminate)
        case .kill: signalEverything(.kill)
        }
    }
}
