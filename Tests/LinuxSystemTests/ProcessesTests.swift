import LinuxSystem
import TestSupport
import Testing

/// Runs the body in a forked child of a process of its own, so that it has one thread and no other child.
private func inChild(_ body: () throws -> Int32) throws -> Int32 { try ChildProcesses.forked(body) }

struct ProcessesTests {
    @Test("a child that has ended stays until it is reaped, and has its way of ending")
    func ends() async {
        await #expect(processExitsWith: .success) {
            let status = try inChild {
                guard try Processes.nextEnd() == nil, try ChildList().pids() == [] else { return 1 }
                let pid = try Processes.fork()
                if pid == 0 { Processes.exit(42) }
                guard try ChildList().pids() == [pid] else { return 2 }
                var end: ProcessEnd?
                while end == nil { end = try Processes.nextEnd() }
                guard end?.pid == pid, end?.way == .exited(status: 42) else { return 3 }
                guard try Processes.nextEnd() == end else { return 4 }
                try Processes.reap(pid)
                guard try Processes.nextEnd() == nil, try ChildList().pids() == [] else { return 5 }
                return 0
            }
            #expect(status == 0)
        }
    }

    @Test("a signal ends a child, and its group with it; a child that is gone is no error")
    func signals() async {
        await #expect(processExitsWith: .success) {
            let status = try inChild {
                let ends = try streamEnds()
                let pid = try Processes.fork()
                if pid == 0 {
                    // Waits for an end that never comes: this process holds the other end itself.
                    _ = try readOnce(ends.near)
                    Processes.exit(1)
                }
                Processes.signal(pid, .kill)
                var end: ProcessEnd?
                while end == nil { end = try Processes.nextEnd() }
                guard end?.way == .killed(by: .kill, dumpedCore: false) else { return 1 }
                try Processes.reap(pid)
                return 0
            }
            #expect(status == 0)
        }
    }

    @Test("a child that leads no group yet gets the group's signal itself")
    func noGroupYet() async {
        await #expect(processExitsWith: .success) {
            let status = try inChild {
                let ends = try streamEnds()
                let pid = try Processes.fork()
                if pid == 0 {
                    _ = try readOnce(ends.near)
                    Processes.exit(1)
                }
                guard Processes.signalGroup(of: pid, .kill) else { return 2 }
                // Whatever came of that, the child ends here.
                Processes.signal(pid, .terminate)
                guard try Processes.waitForEnd(of: pid) == .killed(by: .kill, dumpedCore: false) else { return 3 }
                return 0
            }
            #expect(status == 0)
        }
    }

    @Test("an orphan becomes the child of a subreaper")
    func subreaper() async {
        await #expect(processExitsWith: .success) {
            let status = try inChild {
                try Processes.becomeSubreaper()
                let ends = try streamEnds()
                let parent = try Processes.fork()
                if parent == 0 {
                    if try Processes.fork() == 0 {
                        _ = try readOnce(ends.near)
                        Processes.exit(0)
                    }
                    Processes.exit(0)
                }
                try Processes.reap(parent)
                let left = try ChildList().pids()
                guard left.count == 1 else { return 1 }
                Processes.signal(left[0], .kill)
                try Processes.reap(left[0])
                return try ChildList().pids() == [] ? 0 : 2
            }
            #expect(status == 0)
        }
    }

    @Test("reaping a process that is no child is an error")
    func reapOfNoChild() {
        #expect(throws: SystemError("waitid", Errno(10))) { try Processes.reap(1) }
    }

    @Test("init, the own group and every process at once are never signalled", arguments: [Int32(1), 0, -1])
    func neverEveryProcess(pid: Int32) async {
        await #expect(processExitsWith: .failure) { [pid] in Processes.signalGroup(of: pid, Signal(0)) }
    }
}
