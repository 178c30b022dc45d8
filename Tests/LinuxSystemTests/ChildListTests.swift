import LinuxSystem
import TestSupport
import Testing

/// A child that lives until it is killed.
private func sleeper() throws(SystemError) -> Int32 {
    let pid = try Processes.fork()
    if pid == 0 { ProcessActs.sleepForever() }
    return pid
}

private func end(_ pids: [Int32]) throws(SystemError) {
    for pid in pids {
        Processes.signal(pid, .kill)
        try Processes.reap(pid)
    }
}

struct ChildListTests {
    @Test("the list shows the present children: they come and go, and a zombie is one until it is reaped")
    func moments() async {
        await #expect(processExitsWith: .success) {
            let status = try ChildProcesses.forked {
                let list = try ChildList()
                guard try list.pids() == [] else { return 1 }
                let first = try sleeper()
                let second = try sleeper()
                guard try list.pids() == [first, second] else { return 2 }
                Processes.signal(first, .kill)
                while try Processes.nextEnd() == nil {}
                guard try list.pids() == [first, second] else { return 3 }
                try Processes.reap(first)
                guard try list.pids() == [second] else { return 4 }
                try end([second])
                return try list.pids() == [] ? 0 : 5
            }
            #expect(status == 0)
        }
    }

    @Test("grandchildren are not in the list until they are adopted")
    func orphans() async {
        await #expect(processExitsWith: .success) {
            let status = try ChildProcesses.forked {
                try Processes.becomeSubreaper()
                let list = try ChildList()
                let ends = try streamEnds()
                let parent = try Processes.fork()
                if parent == 0 {
                    let inner = try sleeper()
                    try ends.far.writeAll([1].span)
                    _ = inner
                    ProcessActs.sleepForever()
                }
                _ = try readOnce(ends.near)
                guard try list.pids() == [parent] else { return 1 }
                try end([parent])
                let adopted = try list.pids()
                guard adopted.count == 1, adopted != [parent] else { return 2 }
                try end(adopted)
                return try list.pids() == [] ? 0 : 3
            }
            #expect(status == 0)
        }
    }

    @Test("killing all ends children, stopped ones too, and the grandchildren that they leave, and reaps them")
    func killAll() async {
        await #expect(processExitsWith: .success) {
            let status = try ChildProcesses.forked {
                try Processes.becomeSubreaper()
                let list = try ChildList()
                try list.killAll()
                let ends = try streamEnds()
                let parent = try Processes.fork()
                if parent == 0 {
                    _ = try sleeper()
                    _ = try sleeper()
                    try ends.far.writeAll([1].span)
                    ProcessActs.sleepForever()
                }
                _ = try readOnce(ends.near)
                Processes.signal(try sleeper(), .stop)
                let ended = try Processes.fork()
                if ended == 0 { Processes.exit(0) }
                guard try list.pids().count == 3 else { return 1 }
                try list.killAll()
                guard try list.pids() == [] else { return 2 }
                return ChildProcesses.areGone ? 0 : 3
            }
            #expect(status == 0)
        }
    }

    @Test("more children than one read returns are all listed, each once")
    func many() async {
        await #expect(processExitsWith: .success) {
            let status = try ChildProcesses.forked {
                let list = try ChildList()
                // Each number takes five to eight bytes: they fill the buffer of 4096, and one number stands across its
                // end.
                var pids: [Int32] = []
                for _ in 0..<1500 {
                    let pid = try Processes.fork()
                    if pid == 0 { Processes.exit(0) }
                    pids.append(pid)
                }
                guard try list.pids() == pids else { return 1 }
                for pid in pids { try Processes.reap(pid) }
                return try list.pids() == [] ? 0 : 2
            }
            #expect(status == 0)
        }
    }

    @Test("a list that was opened while /proc could be reached works after that", .enabled(if: Accounts.isRoot))
    func withoutProc() async {
        await #expect(processExitsWith: .success) {
            let directory = try TemporaryDirectory()
            let status = try ChildProcesses.forked {
                let list = try ChildList()
                guard RootActs.changeRoot(directory.path) else { return 1 }
                let pid = try sleeper()
                guard try list.pids() == [pid] else { return 2 }
                do throws(SystemError) {
                    _ = try ChildList()
                    return 3
                } catch {
                    guard error == SystemError("open children", .noEntry) else { return 4 }
                }
                try end([pid])
                return 0
            }
            #expect(status == 0)
        }
    }
}
