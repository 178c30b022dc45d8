// What the supervisor orders, and the way out.
internal import Addresses
internal import LinuxSystem
internal import Messages

extension Gate {
    mutating func handleSupervisorMessages(at now: Int64) throws(SystemError) {
        // A list comes with a descriptor, which must find a place even when there is none left.
        reserve = nil
        defer { restoreReserve() }
        while true {
            switch try channel.receive() {
            case .nothing:
                return
            case .closed:
                // The supervisor is gone without a word. Nobody would restart us, and nobody could stop us.
                try poller.remove(channel.number)
                drain.begin(graceNanoseconds: Self.orphanGraceNanoseconds, at: now)
                try refuseIdle(at: now)
                return
            case .message(let bytes, let passed):
                switch SupervisorMessage(bytes) {
                case .queueFlush:
                    if hasListeners {
                        queueFlush = QueueFlush(isLocal: setup.listeners.allSatisfy(\.bound.isLocal), at: now)
                    }
                case .drain(let grace):
                    drain.begin(graceNanoseconds: grace, at: now)
                    // Without a grace another gate has taken over, and nobody waits for the end of this one.
                    if grace != nil { try refuseIdle(at: now) }
                case .kill:
                    drain.begin(graceNanoseconds: 0, at: now)
                    queueFlush = nil
                    try refuseAll(at: now)
                    signalEverything(.kill)
                case .blockList:
                    guard let passed else { throw SystemError("receive block list", .filesExhausted) }
                    blockList = try SharedBytes(mapping: passed)
                case .bans:
                    guard let passed else { throw SystemError("receive bans", .filesExhausted) }
                    // Counts are by places in the table that goes.
                    tellAllHits()
                    bans.replace(with: try SharedBytes(mapping: passed))
                case .sourceStatus(let number, let client): reportSourceStatus(of: client, number: number, at: now)
                case .resolver:
                    guard let passed else { throw SystemError("receive resolver", .filesExhausted) }
                    try setResolver(MessageChannel(adopting: passed.release()), at: now)
                case nil:
                    preconditionFailure("the supervisor speaks the gate's language")
                }
            }
        }
    }

    /// Whether the listeners are still accepted from although the gate drains.
    var isEmptyingQueues: Bool { queueFlush != nil }

    /// At the service's limit, those in the queue wait for their turn still, until the handlers' time is over.
    ///
    /// - Parameter isQuiet: whether a look at all listeners has shown that nobody waits.
    mutating func endQueueFlush(isQuiet: Bool, at now: Int64) throws(SystemError) {
        guard let call = queueFlush, call.isOver(isQuiet: isQuiet, at: now) || drain.isPastGrace else { return }
        queueFlush = nil
        if drain.deadline != nil { try refuseIdle(at: now) }
    }

    private static let orphanGraceNanoseconds: Int64 = 30_000_000_000

    /// Signals every connection's processes with their groups, and every orphan that was left to us.
    mutating func signalEverything(_ signal: Signal) {
        connections.forEach { connection in
            connection.forEach(connection.drain(with: signal)) { Processes.signalGroup(of: $0, signal) }
        }
        if signal == .kill, let waiting = stalled.take() {
            _ = endIfOver(waiting.number, at: Clock.monotonicNanoseconds())
        }
        do throws(SystemError) {
            for pid in try orphans.children.pids() { Processes.signal(pid, signal) }
        } catch {
            logFault(error)
        }
    }

    /// Ends this gate when it is draining and no handler is left. What handlers left behind is swept up first: nothing that a
    /// handler started outlives its service. What cannot be killed, because it has changed its user, is the supervisor's to
    /// end, and so is everything when there is no end of it.
    mutating func endIfDrained(at now: Int64) throws(SystemError) {
        guard drain.isDraining, !hasListeners, connections.count == 0, stalled == nil, pendingConnections.count == 0
        else { return }
        guard checks.runs.count == 0 else { return endChecks() }
        if try orphans.children.pids().contains(where: { !orphans.outOfReach.contains($0) }) {
            orphans.sweepAt = min(orphans.sweepAt ?? now, now + Self.sweepAgainNanoseconds)
            return
        }
        try relayHandlerLog(at: now)
        endHandlerLine(at: now)
        exit(0)
    }
}
