// The orders of the supervisor, and the end of the gate.
internal import LinuxSystem
internal import Messages

extension Gate {
    mutating func obeyOrders(at now: Int64) throws(SystemError) {
        // A list comes with a descriptor. Closing the reserve leaves a free one for it, even when the limit is reached.
        listeners.giveUpReserve()
        defer { listeners.restoreReserve() }
        while let order = try link.nextOrder(at: now) { if try !obey(order, at: now) { return } }
    }

    /// - Returns: whether more orders may come.
    private mutating func obey(_ order: consuming SupervisorLink.Order, at now: Int64) throws(SystemError) -> Bool {
        switch consume order {
        case .flushQueues: listeners.beginFlush(at: now)
        case .drain(let hasGrace):
            // A drain without a grace means that another gate has taken over, so this one may wait for its pending
            // clients.
            if hasGrace { try refuseIdle(at: now) }
        case .kill:
            listeners.cancelFlush()
            try refuseAll(at: now)
            signalEverything(.kill, at: now)
        case .blockList(let table): admission.replaceBlockList(with: table)
        case .bans(let table):
            // Hits are counted by the index in the old table, so they are reported before the new one replaces it.
            while let hits = admission.takeHits() { link.report(hits) }
            admission.replaceBans(with: table)
        case .sourceStatus(let number, let client):
            // Without this report, the supervisor answers its client after a time limit.
            link.report(.sourceStatus(number, sourceStatus(of: client.peer, at: now)))
        case .resolver(let channel): try setResolver(channel, at: now)
        case .unknown(let firstByte): journal.logUnknownMessage(firstByte: firstByte)
        case .closed:
            try poller.remove(link.number)
            try refuseIdle(at: now)
            return false
        }
        return true
    }

    /// - Parameter isQuiet: whether the last poll of all listeners has found no connection.
    mutating func endQueueFlush(isQuiet: Bool, at now: Int64) throws(SystemError) {
        guard listeners.endFlush(isQuiet: isQuiet, isPastGrace: link.drain.isPastGrace, at: now) else { return }
        if link.drain.deadline != nil { try refuseIdle(at: now) }
    }

    /// Signals the process groups of all connections, and every orphan that the kernel has given to this gate.
    mutating func signalEverything(_ signal: Signal, at now: Int64) {
        connections.forEach { connection in
            connection.forEach(connection.drain(with: signal)) { Processes.signalGroup(of: $0, signal) }
        }
        if signal == .kill, let waiting = stalled.take() { _ = endIfOver(waiting.number, at: now) }
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
        guard link.drain.isDraining, !listeners.isOpen, connections.count == 0, stalled == nil,
            pendingConnections.count == 0
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
