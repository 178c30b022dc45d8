// The orders of the supervisor, the orphans, and the end of the gate.
internal import Addresses
internal import LinuxSystem
internal import Messages

extension Gate where Starter: ~Copyable, Polled: ~Copyable {
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
        case .signOfLife:
            // The report that they are closed may have been lost.
            link.report(listeners.isOpen ? .alive : .closed)
        case .resolver(let channel): try setResolver(channel, at: now)
        case .unknown(let firstByte): journal.logUnknownMessage(of: "supervisor", firstByte: firstByte)
        case .closed:
            try poller.remove(link.number)
            try refuseIdle(at: now)
            return false
        }
        return true
    }

    /// The state by which this gate would decide on a client, for `explain`. Counts nothing, and asks no list and no
    /// check.
    private func sourceStatus(of peer: Peer, at now: Int64) -> SourceStatus {
        let source = admission.source(of: peer)
        var status = admission.status(
            of: peer, lists: preConnection.lookups.knowledge(of: peer, at: now),
            checks: preConnection.checks.answer(for: source, at: now), at: now)
        status.turnWait = .nanoseconds(listeners.rateWait(at: now))
        return status
    }

    // MARK: the drain

    mutating func takeDrainStep(at now: Int64) throws(SystemError) {
        switch link.step(at: now) {
        case nil: break
        case .terminate:
            try refuseAll(at: now)
            signalEverything(.terminate, at: now)
        case .kill: signalEverything(.kill, at: now)
        }
    }

    mutating func endQueueFlush(at now: Int64) throws(SystemError) {
        guard listeners.endFlush(isPastGrace: link.drain.isPastGrace, at: now) else { return }
        if link.drain.deadline != nil { try refuseIdle(at: now) }
    }

    mutating func closeListeners() {
        guard listeners.isOpen, link.drain.isDraining, !listeners.isFlushing else { return }
        listeners.close()
        link.report(.closed)
        journal.logClosed(active: running.count)
    }

    /// Signals the process groups of all connections, and every orphan that the kernel has given to this gate.
    private mutating func signalEverything(_ signal: Signal, at now: Int64) {
        running.drain(with: signal)
        if signal == .kill { endStalled(at: now) }
        do throws(SystemError) {
            try children.signalAll(signal)
        } catch {
            journal.logFault(error)
        }
    }

    /// Ends this gate when it drains and no handler is left. It kills the orphans of its handlers first: no process
    /// that a handler started outlives its service. The supervisor kills those that have changed their user, and all of
    /// them if they multiply without end.
    mutating func endIfDrained(at now: Int64) throws(SystemError) {
        guard link.drain.isDraining, !listeners.isOpen, running.count == 0, !running.isStalled,
            preConnection.count == 0
        else { return }
        guard preConnection.checks.runs.count == 0 else { return preConnection.checks.killAll() }
        if try children.hasOrphans(at: now) { return }
        try journal.relayHandlerLog(at: now)
        journal.endHandlerLine(at: now)
        exit(0)
    }

    // MARK: orphans

    /// Kills the orphans of handlers that have ended: a connection is over when its handler is.
    mutating func sweepOrphans(at now: Int64) throws(SystemError) {
        guard children.isSweepDue(at: now) else { return }
        // Rounds without a pause, because a killed process's children become children of the gate.
        let end = now + Sweep.longestNanoseconds
        var killed = Set<Int32>()
        repeat {
            let found = try children.stopOrphans {
                running.contains(pid: $0) || preConnection.checks.runs.contains(pid: $0)
            }
            children.killOrphans(found)
            killed.formUnion(found.stopped)
            for pid in found.outOfReach { journal.logOutOfReach(pid, cause: "orphan") }
            if found.stopped.isEmpty { break }
            try reapChildren(at: now)
        } while Clock.monotonicNanoseconds() < end
        let hasTooMany = children.hasTooManyOrphans(killed.count, at: now)
        if !killed.isEmpty { journal.logOrphans(killed.count) }
        // The error ends this gate. The supervisor kills everything in it, and starts another one.
        if hasTooMany { throw SystemError("end orphans", .again) }
    }
}
