// The end of a connection: the gate reaps its handler, kills the rest of its process group, and gives its place back.
internal import Admission
internal import LinuxSystem
internal import Messages
internal import Spawner

/// The orphans of handlers, which the kernel has given to this gate as their subreaper.
struct Orphans: ~Copyable {
    let children: ChildList
    /// Monotonic: when to look for orphans; nil: there are none.
    var sweepAt: Int64?
    var budget = SweepBudget()
    /// Orphans that have changed their user. The gate cannot kill them; the supervisor does when the gate has ended.
    var outOfReach: Set<Int32> = []

    init(_ children: consuming ChildList) { self.children = children }
}

extension Gate {
    mutating func reapHandlers(at now: Int64) throws(SystemError) {
        // One notification may stand for many children, and waitid tells all that SIGCHLD would.
        _ = try signals.next()
        hasMoreEnds = true
        // The last output of a handler must come before the line about its end.
        try journal.relayHandlerLog(at: now)
        // A limited number at once: orphans that fork and end without pause would keep the gate from all its other
        // work.
        for _ in 0..<Self.mostEndsAtOnce {
            guard let end = try Processes.nextEnd() else {
                hasMoreEnds = false
                return
            }
            // The group first: while its leader is a zombie, no other process can get its pid.
            Processes.signalGroup(of: end.pid, .kill)
            try Processes.reap(end.pid)
            if try checkEnded(end, at: now) {
                mayHaveLeftOrphans(at: now)
                continue
            }
            // A child that is in no table is an orphan of a handler that has ended.
            guard let place = connections.remove(pid: end.pid) else {
                orphans.outOfReach.remove(end.pid)
                continue
            }
            processEnded(at: place, end, now)
            _ = endIfOver(place.connection, at: now)
            mayHaveLeftOrphans(at: now)
        }
    }

    /// Schedules a search for orphans, because a handler or a check has ended.
    private mutating func mayHaveLeftOrphans(at now: Int64) {
        orphans.budget.handlerEnded()
        orphans.sweepAt = orphans.sweepAt ?? now + Self.sweepAfterNanoseconds
    }

    /// Removes a connection that is over, and gives its place back.
    ///
    /// - Returns: whether the connection was over.
    mutating func endIfOver(_ number: UInt64, at now: Int64) -> Bool {
        guard let connection = connections.removeIfOver(number) else { return false }
        if connections.count == 0 { journal.endHandlerLine(at: now) }
        if !connection.isUnserved {
            setup.counters.increment(connection.isSuccess ? .succeeded : .failed)
            journal.logEnd(connection, at: now)
            penalize(connection, at: now)
        }
        admission.end(connection.takePlace())
        return true
    }

    /// Handles the end of a process for its connection: signals the connection's other processes, and ends its output.
    private mutating func processEnded(at place: ProcessPlace, _ end: ProcessEnd, _ now: Int64) {
        let failure = plan.takeFailure(of: end.pid)
        if let failure {
            connections.update(place.connection) { $0.isUnserved = true }
            setup.counters.increment(.unstarted)
            let facts = connections.update(place.connection) { ($0.id, $0.peer, $0.admitted.rule) }
            if let (id, peer, rule) = facts { journal.logSpawnFailure(place, of: id, peer, rule: rule, failure) }
            pause(.spawnFailure, nil, at: now)
        } else {
            listeners.noteExecuted()
        }
        // A program has not failed, whatever its status is, if the reader of its output ended first.
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
        connections.markTerminating(steps.terminate, of: place.connection, deadline: now + Drain.killGraceNanoseconds)
        if steps.endsOutput { connections.update(socketsOf: place.connection) { $0.endOutput(of: place.position) } }
        if steps.leavesHandlerAlone {
            connections.hasten(place.connection, to: now + Self.aloneNanoseconds)
        }
        if steps.breaks { resetAtClose(place.connection) }
    }

    /// Makes the socket reset when it closes, so that the peer does not take incomplete output for all of it.
    private mutating func resetAtClose(_ number: UInt64) {
        let failure = connections.update(socketsOf: number) { sockets -> SystemError? in
            do throws(SystemError) {
                try sockets.resetAtClose()
                return nil
            } catch {
                return error
            }
        }
        if let error = failure ?? nil { journal.logFault(error) }
    }

    /// The time that a handler has after its output filters have ended. One second of it is for a peer that does not
    /// close its side.
    private static let aloneNanoseconds: Int64 = 3_000_000_000
    private static let sweepAfterNanoseconds: Int64 = 1_000_000_000
    static let sweepAgainNanoseconds: Int64 = 50_000_000
    private static let longestSweepNanoseconds: Int64 = 10_000_000
    private static let mostEndsAtOnce = 64

    /// Kills the orphans of handlers that have ended: a connection is over when its handler is. The kernel gives them
    /// to this gate (PR_SET_CHILD_SUBREAPER), so they are its children, but no handlers.
    mutating func sweepOrphans(at now: Int64) throws(SystemError) {
        guard let due = orphans.sweepAt, now >= due else { return }
        // Rounds without a pause, because a killed process's children become children of the gate. Each sweep has a
        // time limit, and a pause follows it.
        let end = now + Self.longestSweepNanoseconds
        var killed = Set<Int32>()
        repeat {
            let found = try orphans.children.stopAll { isSpared($0) }
            for pid in found.stopped.subtracting(killed) { Processes.signal(pid, .kill) }
            killed.formUnion(found.stopped)
            for pid in found.outOfReach { journal.logOutOfReach(pid, cause: "orphan") }
            orphans.outOfReach.formUnion(found.outOfReach)
            if found.stopped.isEmpty { break }
            try reapHandlers(at: now)
        } while Clock.monotonicNanoseconds() < end
        let count = killed.count
        orphans.sweepAt = count == 0 ? nil : now + Self.sweepAgainNanoseconds
        if count > 0 { journal.logOrphans(count) }
        // The error ends this gate. The supervisor kills everything in it, and starts another one.
        if orphans.budget.isExceeded(by: count) { throw SystemError("end orphans", .again) }
    }

    /// Whether a process belongs to a handler or check that runs: then it is in that one's session, though its parent
    /// has ended. A process is in a session only if a process of that session started it.
    private func isSpared(_ pid: Int32) -> Bool {
        if connections.contains(pid: pid) || checks.runs.contains(pid: pid) || orphans.outOfReach.contains(pid) {
            return true
        }
        do throws(SystemError) {
            let leader = try Processes.session(of: pid)
            return connections.contains(pid: leader) || checks.runs.contains(pid: leader)
        } catch {
            // The process has ended since.
            return false
        }
    }

    /// Ends connections that are past their deadlines: TERM for the handler's process group, and after a grace KILL for
    /// all processes.
    mutating func endHandlers(at now: Int64) throws(SystemError) {
        var outOfReach: Int32?
        connections.expire(at: now) { connection in
            let (signal, positions) = connection.expire(at: now)
            connection.forEach(positions) { pid in
                if !Processes.signalGroup(of: pid, signal) { outOfReach = pid }
            }
        }
        if let outOfReach { journal.logOutOfReach(outOfReach, cause: "lifetime") }
        switch link.step(at: now) {
        case nil: break
        case .terminate:
            try refuseAll(at: now)
            signalEverything(.terminate, at: now)
        case .kill: signalEverything(.kill, at: now)
        }
    }
}
