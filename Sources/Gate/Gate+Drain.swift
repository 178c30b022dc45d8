// The orders of the supervisor, and the end of the gate.
internal import Addresses
internal import LinuxSystem
internal import Messages

extension Gate {
    mutating func handleSupervisorMessages(at now: Int64) throws(SystemError) {
        // A list comes with a descriptor. Closing the reserve leaves a free one for it, even when the limit is reached.
        reserve = nil
        defer { restoreReserve() }
        while true {
            switch try channel.receive() {
            case .nothing:
                return
            case .closed:
                // The supervisor has died. No process would restart this gate or stop it, so the gate drains.
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
                    // A drain without a grace means that another gate has taken over, so this one may wait for its
                    // pending clients.
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
                    // Hits are counted by the index in the old table, so they are reported before the new one replaces
                    // it.
                    reportAllHits()
                    bans.replace(with: try SharedBytes(mapping: passed))
                case .sourceStatus(let number, let client): reportSourceStatus(of: client, number: number, at: now)
                case .resolver:
                    guard let passed else { throw SystemError("receive resolver", .filesExhausted) }
                    try setResolver(MessageChannel(adopting: passed.release()), at: now)
                case nil:
                    // Ending the gate would end its live connections, and they have no part in it.
                    guard !hasGotUnknown else { break }
                    hasGotUnknown = true
                    journal.logUnknownMessage(firstByte: bytes.first ?? 0)
                }
            }
        }
    }

    /// Whether the gate still accepts from its listeners although it drains.
    var isEmptyingQueues: Bool { queueFlush != nil }

    /// Ends the queue flush when the listen queues are empty. At the service's limit, connections in the queue still
    /// wait for a handler, until the handlers' grace ends.
    ///
    /// - Parameter isQuiet: whether the last poll of all listeners has found no connection.
    mutating func endQueueFlush(isQuiet: Bool, at now: Int64) throws(SystemError) {
        guard let flush = queueFlush, flush.isOver(isQuiet: isQuiet, at: now) || drain.isPastGrace else { return }
        queueFlush = nil
        if drain.deadline != nil { try refuseIdle(at: now) }
    }

    private static let orphanGraceNanoseconds: Int64 = 30_000_000_000

    /// Signals the process groups of all connections, and every orphan that the kernel has given to this gate.
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
            journal.logFault(error)
        }
    }

    /// Ends this gate when it drains and no handler is left. It kills the orphans of its handlers first: no process
    /// that a handler started outlives its service. The supervisor kills those that have changed their user, and all of
    /// them if they multiply without end.
    mutating func endIfDrained(at now: Int64) throws(SystemError) {
        guard drain.isDraining, !hasListeners, connections.count == 0, stalled == nil, pendingConnections.count == 0
        else { return }
        guard checks.runs.count == 0 else { return endChecks() }
        if try orphans.children.pids().contains(where: { !orphans.outOfReach.contains($0) }) {
            orphans.sweepAt = min(orphans.sweepAt ?? now, now + Self.sweepAgainNanoseconds)
            return
        }
        try journal.relayHandlerLog(at: now)
        journal.endHandlerLine(at: now)
        exit(0)
    }
}
