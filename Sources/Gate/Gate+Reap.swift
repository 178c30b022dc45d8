// The end of a connection: its handler is reaped, what it left of its process group is killed, its place is given back.
internal import Admission
internal import LinuxSystem
internal import ServiceModel

extension Gate {
    mutating func reapHandlers(at now: Int64) throws(SystemError) {
        // One notification may stand for many children; SIGCHLD carries nothing that waitid does not know better.
        _ = try signals.next()
        while let end = try Processes.nextEnd() {
            // The group first: while its leader is a zombie, nobody else can get its number.
            Processes.signalGroup(of: end.pid, .kill)
            try Processes.reap(end.pid)
            // A child without an entry is an orphan of a handler that is gone: adopted, reaped, of no connection.
            guard let handler = handlers.remove(pid: end.pid) else { continue }
            // What it said last stands before its end.
            try relayHandlerLog()
            if handlers.count == 0 { endHandlerLine() }
            if let failure = plan.takeFailure(of: end.pid) {
                logSpawnFailure(handler, failure)
                pause(.spawnFailure, nil)
            } else {
                logEnd(handler, end, at: now)
                throttle.executed()
            }
            admission.end(handler.admitted)
            sweepAt = sweepAt ?? now + Self.sweepAfterNanoseconds
        }
    }

    private static let sweepAfterNanoseconds: Int64 = 1_000_000_000
    private static let sweepAgainNanoseconds: Int64 = 50_000_000
    private static let mostRounds = 16

    /// Ends what handlers that have ended left behind: a connection is over when its handler is. The kernel has handed it
    /// to us (PR_SET_CHILD_SUBREAPER), so it is a child that is nobody's handler.
    mutating func sweepOrphans(at now: Int64) throws(SystemError) {
        guard let due = sweepAt, now >= due else { return }
        // All of them are stopped before one is killed: who is stopped starts no other, and keeps its place among the
        // processes that its user may have, so that even those who do nothing but fork come to an end of it.
        var orphans = Set<Int32>()
        for _ in 0..<Self.mostRounds {
            let found = try children.pids().filter { !handlers.contains(pid: $0) && !orphans.contains($0) }
            if found.isEmpty { break }
            for pid in found { Processes.signal(pid, .stop) }
            orphans.formUnion(found)
        }
        for pid in orphans { Processes.signal(pid, .kill) }
        // Their own children come up when they are gone.
        sweepAt = orphans.isEmpty ? nil : now + Self.sweepAgainNanoseconds
        if !orphans.isEmpty { logOrphans(orphans.count) }
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
        if let outOfReach { logOutOfReach(outOfReach) }
        switch drain.step(at: now) {
        case nil: break
        case .terminate: signalEverything(.terminate)
        case .kill: signalEverything(.kill)
        }
    }
}
