import LinuxSystem
import ProcessSetup
import TestSupport
import Testing

@testable import Supervisor

struct SupervisorOrphansTests {
    @Test("orphans get TERM when their gate ends, and KILL in time; a child of the roster is spared")
    func signals() async {
        await #expect(processExitsWith: .success) {
            let status = try ChildProcesses.forked {
                var orphans = try Orphans(groups: nil)
                var roster = Roster()
                let (ours, orphan) = (try sleeper(), try sleeper())
                let channel = try ProcessChannel().takeParentEnd()
                roster.add(.worker(WorkerProcess(.resolver, pid: ours, channel: channel, startedAt: 0)), 1)
                guard orphans.terminate(at: 0, sparing: roster) == [.signalled(count: 1, .terminate)] else { return 1 }
                guard let deadline = orphans.deadline else { return 2 }
                guard orphans.tend(at: deadline - 1, sparing: roster) == [] else { return 3 }
                // A zombie is a child until it is reaped.
                guard orphans.tend(at: deadline, sparing: roster) == [.signalled(count: 1, .kill)] else { return 4 }
                // KILL may leave children, so it comes again each second until nothing is left.
                guard orphans.deadline == deadline + 1_000_000_000 else { return 5 }
                guard case .killed = try Processes.waitForEnd(of: orphan) else { return 6 }
                guard orphans.tend(at: deadline + 1_000_000_000, sparing: roster) == [] else { return 7 }
                guard orphans.deadline == nil else { return 8 }
                Processes.signal(ours, .kill)
                guard try Processes.waitForEnd(of: ours) == .killed(by: .kill, dumpedCore: false) else { return 9 }
                return orphans.killAll(but: nil) == [] ? 0 : 10
            }
            #expect(status == 0)
        }
    }
}

/// A child that lives until it is killed.
private func sleeper() throws(SystemError) -> Int32 {
    let pid = try Processes.fork()
    if pid == 0 { ProcessActs.sleepForever() }
    return pid
}
