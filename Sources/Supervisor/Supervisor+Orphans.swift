// Processes that a gate leaves when it ends: handlers of a gate that died, and processes that it could not kill because
// they had changed their user. No gate counts them or limits their lifetime any more, so they get TERM, and then KILL.
internal import Gate
internal import LinuxSystem
internal import Sandbox

extension Supervisor {
    /// Children that the supervisor did not start. The kernel gives it the children of a gate that has ended
    /// (PR_SET_CHILD_SUBREAPER).
    private func orphans() throws(SystemError) -> [Int32] {
        let ours = ours
        return try children.pids().filter { !ours.contains($0) }
    }

    /// Stops all orphans, so that none can start another process before it is killed.
    private func stopOrphans() throws(SystemError) {
        let ours = ours
        _ = try children.stopAll { ours.contains($0) }
    }

    private var ours: Set<Int32> { Set(allGates().map(\.pid) + resolverPIDs + [reading.pid].compactMap { $0 }) }

    /// Removes the control group of a gate that has ended, or keeps it for later while processes are left in it.
    func endGroup(of gate: GateProcess) {
        if let group = gate.group, !group.isRemoved() { endedGroups.append(group) }
    }

    /// Kills all processes in a group, whatever their user is.
    func kill(_ group: ControlGroup) {
        do throws(SystemError) {
            try group.kill()
        } catch {
            // A kernel before 5.14 has no cgroup.kill. Then signals to the orphans remain.
            journal.problem("group_left", "\(error)")
        }
    }

    private func removeEmptyGroups() { endedGroups.removeAll { $0.isRemoved() } }

    /// Sends TERM to the orphans of a gate that has ended.
    func endOrphans(at now: Int64) {
        // Orphans that got TERM earlier keep their time for KILL when another gate ends.
        signalOrphans(.terminate, at: killOrphansAt ?? now + Drain.killGraceNanoseconds)
    }

    /// Sends KILL to the orphans that are left, and again each second, because a killed process may leave children.
    func killOrphans(at now: Int64) {
        guard let due = killOrphansAt, now >= due else { return }
        signalOrphans(.kill, at: now + 1_000_000_000)
    }

    private func signalOrphans(_ signal: Signal, at next: Int64) {
        do throws(SystemError) {
            if signal == .kill {
                for group in endedGroups { kill(group) }
                try stopOrphans()
            }
            let left = try orphans()
            removeEmptyGroups()
            killOrphansAt = left.isEmpty && endedGroups.isEmpty ? nil : next
            guard !left.isEmpty else { return }
            journal.orphans(count: left.count, signal)
            for pid in left {
                Processes.signalGroup(of: pid, signal)
                Processes.signal(pid, signal)
            }
        } catch {
            journal.problem("orphans_left", "\(error)")
        }
    }

    /// Kills all orphans, and waits until they have ended. Called when no gate is left.
    func killAllOrphans() {
        for group in endedGroups { kill(group) }
        do throws(SystemError) {
            try children.killAll()
        } catch {
            journal.problem("orphans_left", "\(error)")
        }
        removeEmptyGroups()
    }
}
