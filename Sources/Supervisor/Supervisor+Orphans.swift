// What a gate leaves behind when it ends: handlers of one that died, and processes that it had no right to end because
// they had changed their user. Nobody counts them any more or knows their lifetime, so they are ended: TERM, then KILL.
internal import Gate
internal import LinuxSystem

extension Supervisor {
    /// Children that are not gates: the kernel gave them to us when their gate ended (PR_SET_CHILD_SUBREAPER).
    private func orphans() throws(SystemError) -> [Int32] {
        let gates = Set(allGates().map(\.pid))
        return try Processes.children().filter { !gates.contains($0) }
    }

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
            let left = try orphans()
            killOrphansAt = left.isEmpty ? nil : next
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
        do throws(SystemError) {
            while case let left = try Processes.children(), !left.isEmpty {
                for pid in left {
                    Processes.signal(pid, .kill)
                    try Processes.reap(pid)
                }
            }
        } catch {
            logProblem("orphans_left", "\(error)")
        }
    }
}
