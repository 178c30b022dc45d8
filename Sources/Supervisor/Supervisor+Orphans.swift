// What a gate leaves behind when it ends: handlers of one that died, and processes that it had no right to end because
// they had changed their user. Nobody counts them any more or knows their lifetime, so they are ended: TERM, then KILL.
internal import Gate
internal import LinuxSystem
internal import Sandbox

extension Supervisor {
    /// Children that we did not start: the kernel gave them to us when their gate ended (PR_SET_CHILD_SUBREAPER).
    private func orphans() throws(SystemError) -> [Int32] {
        let ours = ours
        return try children.pids().filter { !ours.contains($0) }
    }

    /// So that none of them can have started another when it is killed.
    private func stopOrphans() throws(SystemError) {
        let ours = ours
        _ = try children.stopAll { ours.contains($0) }
    }

    private var ours: Set<Int32> { Set(allGates().map(\.pid) + resolverPIDs) }

    /// The group of a gate that has ended: gone at once when the gate was the last in it.
    func endGroup(of gate: GateProcess) {
        if let group = gate.group, !group.isRemoved() { endedGroups.append(group) }
    }

    /// Kills whoever is in a group, whatever user they have become.
    func kill(_ group: ControlGroup) {
        do throws(SystemError) {
            try group.kill()
        } catch {
            // Kernels before 5.14 cannot; the signals to those who came to us as orphans are what is left then.
            logProblem("group_left", "\(error)")
        }
    }

    private func removeEmptyGroups() { endedGroups.removeAll { $0.isRemoved() } }

    /// A gate has ended: what it left gets TERM now.
    func endOrphans(at now: Int64) {
        // Those who got TERM before wait no longer for KILL because another gate ends.
        signalOrphans(.terminate, at: killOrphansAt ?? now + Drain.killGraceNanoseconds)
    }

    /// Those that are there still get KILL; again and again, because each may leave children of its own.
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
            logOrphans(count: left.count, signal)
            for pid in left {
                Processes.signalGroup(of: pid, signal)
                Processes.signal(pid, signal)
            }
        } catch {
            logProblem("orphans_left", "\(error)")
        }
    }

    /// At the end, when no gate is left: kills all of them and waits for that.
    func killAllOrphans() {
        for group in endedGroups { kill(group) }
        do throws(SystemError) {
            while case let left = try children.stopAll(but: { _ in false }).stopped, !left.isEmpty {
                for pid in left {
                    Processes.signal(pid, .kill)
                    try Processes.reap(pid)
                }
            }
        } catch {
            logProblem("orphans_left", "\(error)")
        }
        removeEmptyGroups()
    }
}
