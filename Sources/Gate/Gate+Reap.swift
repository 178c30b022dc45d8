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
            if let failure = plan.takeFailure(of: end.pid) {
                logSpawnFailure(handler, failure)
                pause(.spawnFailure, nil)
            } else {
                logEnd(handler, end, at: now)
                throttle.executed()
            }
            admission.end(handler.admitted)
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
        if let outOfReach { logOutOfReach(outOfReach) }
        switch drain.step(at: now) {
        case nil: break
        case .terminate: signalEverything(.terminate)
        case .kill: signalEverything(.kill)
        }
    }
}
