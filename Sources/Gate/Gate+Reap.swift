// The end of a connection: its handler is reaped, what it left of its process group is killed, its place is given back.
internal import Admission
internal import LinuxSystem
internal import ServiceModel

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
            // A child without an entry is an orphan of a handler that is gone: adopted, reaped, of no connection.
            guard let handler = handlers.remove(pid: end.pid) else {
                outOfReach.remove(end.pid)
                continue
            }
            if handlers.count == 0 { endHandlerLine(at: now) }
            if let failure = plan.takeFailure(of: end.pid) {
                logSpawnFailure(handler, failure)
                pause(.spawnFailure, nil)
            } else {
                logEnd(handler, end, at: now)
                throttle.executed()
            }
            admission.end(handler.admitted)
            sweepBudget.handlerEnded()
            sweepAt = sweepAt ?? now + Self.sweepAfterNanoseconds
        }
    }

    private static let sweepAfterNanoseconds: Int64 = 1_000_000_000
    static let sweepAgainNanoseconds: Int64 = 50_000_000
    private static let longestSweepNanoseconds: Int64 = 10_000_000
    private static let mostEndsAtOnce = 64

    /// Ends what handlers that have ended left behind: a connection is over when its handler is. The kernel has handed it
    /// to us (PR_SET_CHILD_SUBREAPER), so it is a child that is nobody's handler.
    mutating func sweepOrphans(at now: Int64) throws(SystemError) {
        guard let due = sweepAt, now >= due else { return }
        // Round after round at once, because the children of those just killed come up with the end of these; but not without
        // end, and with a rest after it.
        let end = now + Self.longestSweepNanoseconds
        var killed = Set<Int32>()
        repeat {
            let found = try children.stopAll { isSpared($0) }
            for pid in found.stopped.subtracting(killed) { Processes.signal(pid, .kill) }
            killed.formUnion(found.stopped)
            for pid in found.outOfReach { logOutOfReach(pid, cause: "orphan") }
            outOfReach.formUnion(found.outOfReach)
            if found.stopped.isEmpty { break }
            try reapHandlers(at: now)
        } while Clock.monotonicNanoseconds() < end
        let count = killed.count
        sweepAt = count == 0 ? nil : now + Self.sweepAgainNanoseconds
        if count > 0 { logOrphans(count) }
        // Another gate takes over, and the supervisor ends everything that was this one's.
        if sweepBudget.isExceeded(by: count) { throw SystemError("end orphans", .again) }
    }

    /// What belongs to a handler that runs is not ours to end: a helper that it started by a process that has ended. It is in
    /// its handler's session; nobody gets into one but by being started in it.
    private func isSpared(_ pid: Int32) -> Bool {
        if handlers.contains(pid: pid) || outOfReach.contains(pid) { return true }
        do throws(SystemError) {
            return handlers.contains(pid: try Processes.session(of: pid))
        } catch {
            // It is gone already.
            return false
        }
    }

    /// Ends the handlers whose lifetime is over: TERM to the whole process group, and KILL when that was not enough.
    mutating func endHandlers(at now: Int64) {
        var outOfReach: Int32?
        handlers.expire(at: now) { pid, handler in
            let isFirst = handler.ending == nil
            handler.ending = .lifetime
            if !Processes.signalGroup(of: pid, isFirst ? .terminate : .kill) { outOfReach = pid }
            return isFirst ? now + Drain.killGraceNanoseconds : nil
        }
        if let outOfReach { logOutOfReach(outOfReach, cause: "lifetime") }
        switch drain.step(at: now) {
        case nil: break
        case .terminate: signalEverything(.terminate)
        case .kill: signalEverything(.kill)
        }
    }
}
