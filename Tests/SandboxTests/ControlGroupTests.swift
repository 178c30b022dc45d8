import LinuxSystem
import ServiceModel
import TestSupport
import Testing

@testable import Sandbox

private let unified = "35 24 0:30 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw,nsdelegate"
private let hybrid = """
    22 28 0:20 / /sys rw shared:7 - sysfs sysfs rw
    32 31 0:29 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory
    41 31 0:38 / /sys/fs/cgroup/unified rw,relatime shared:9 master:2 - cgroup2 cgroup2 rw
    """
private let first = """
    32 31 0:29 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup2 rw,memory
    33 31 0:29 / /cgroup2 rw,relatime - tmpfs cgroup2 rw
    """

private func limits(processes: Limit<Int>? = nil, memory: Limit<Bytes>) -> Limits {
    var limits = Limits()
    limits.processes = processes
    limits.totalMemory = memory
    return limits
}

/// Groups of this process's own; nil where it can make none: the hierarchy is missing or read-only.
private func madeGroups() -> ControlGroups? {
    do throws(ControlGroups.Unavailable) {
        return try ControlGroups(pid: Processes.ownPID, claiming: .subgroup)
    } catch {
        print("no control groups: \(error)")
        return nil
    }
}

struct ControlGroupTests {
    @Test(
        "the hierarchy of version 2 is found by its type only",
        arguments: [
            (unified, "/sys/fs/cgroup"), (hybrid, "/sys/fs/cgroup/unified"), (first, nil), ("", nil), ("\n \n-\n", nil),
            ("- cgroup2", nil), ("1 2 3 - cgroup2 x y", nil), ("1 2 3 4 -", nil),
            ("1 2 0:3 /x /y rw - cgroup2 a b\n1 2 0:3 / /z rw - cgroup2 a b", "/y"),
        ])
    func mountPoint(mounts: String, expected: String?) {
        #expect(ControlGroups.mountPoint(in: mounts) == expected)
    }

    @Test(
        "a process's group is the one of hierarchy 0",
        arguments: [
            ("0::/\n", "/"), ("0::/user.slice/a.scope\n", "/user.slice/a.scope"),
            ("9:name=systemd:/x\n4:memory:/y\n0::/z\n", "/z"), ("1:cpu:/\n", nil), ("", nil), ("10::/x\n", nil),
            ("0::/a..b/..c\n", "/a..b/..c"), ("0::relative\n", nil),
            // Outside of this namespace's part of the hierarchy: no directory is made there, beside the mount point.
            ("0::/../..\n", nil), ("0::/..\n", nil), ("0::/../other\n", nil),
        ])
    func ownPath(text: String, expected: String?) {
        #expect(ControlGroups.ownPath(in: text) == expected)
    }

    @Test(
        "of the available controllers, those that set bounds are turned on",
        arguments: [
            ("cpuset cpu io memory hugetlb pids rdma misc\n", "+pids +memory"), ("pids\n", "+pids"),
            ("memory", "+memory"),
            ("hugetlb\n", ""), ("", ""), ("\n", ""), ("pidsx memory2", ""),
        ])
    func wanted(available: String, expected: String) {
        #expect(ControlGroups.wanted(of: available) == expected)
    }

    @Test(
        "a service's limits are those of its group, with room for the gate beside its handlers",
        arguments: [
            (limits(memory: .at(.mebibytes(1))), ["613", "1048576", "0"]),
            (limits(processes: .at(1), memory: .unlimited), ["102", "max", "max"]),
            (limits(processes: .unlimited, memory: .at(Bytes(1))), ["max", "1", "0"]),
        ])
    func bounds(limits: Limits, expected: [String]) {
        let bounds = ControlGroups.bounds(of: limits)
        #expect(bounds.map(\.file) == ["pids.max", "memory.max", "memory.swap.max"])
        #expect(bounds.map(\.value) == expected)
        #expect(bounds.map(\.setting) == ["limits.processes", "limits.total_memory", "limits.total_memory"])
    }

    @Test("checks have room beside the handlers' processes")
    func checks() {
        var limits = Limits()
        limits.connections = 10
        limits.processes = .at(5)
        #expect(ControlGroups.bounds(of: limits, checks: 16).first?.value == "32")
    }

    @Test("killing a group ends every process in it, of any session and user", .enabled(if: Accounts.isRoot))
    func kill() async {
        await #expect(processExitsWith: .success) {
            guard let groups = madeGroups() else { return }
            defer { groups.remove() }
            let group = try groups.makeGroup("it", limits: Limits())
            try Processes.becomeSubreaper()
            let ends = try streamEnds()
            let pid = try Processes.fork(into: group.number)
            if pid == 0 {
                do {
                    try ControlGroup.verify(group.path)
                    let inner = try Processes.fork()
                    if inner == 0 {
                        ProcessActs.leaveSession()
                        ProcessActs.become(uid: 81234)
                    }
                    try ends.far.writeAll([1].span)
                    ProcessActs.sleepForever()
                } catch {
                    Processes.exit(99)
                }
            }
            var ready = 0
            while ready < 2 { ready += try readOnce(ends.near).count }
            #expect(!group.isRemoved())
            try group.kill()
            let outer = try Processes.waitForEnd(of: pid)
            #expect(outer == .killed(by: .kill, dumpedCore: false))
            // The other process has become a child of this one.
            let left = try ChildList().pids()
            #expect(left.count == 1)
            for orphan in left {
                let end = try Processes.waitForEnd(of: orphan)
                #expect(end == .killed(by: .kill, dumpedCore: false))
            }
            #expect(group.isRemoved())
            // Removing a removed group is no error.
            #expect(group.isRemoved())
        }
    }

    @Test(
        "a process that starts in a group reads back that it is there; another group is a failure",
        .enabled(if: Accounts.isRoot))
    func verify() async {
        await #expect(processExitsWith: .success) {
            guard let groups = madeGroups() else { return }
            defer { groups.remove() }
            let group = try groups.makeGroup("it", limits: Limits())
            let pid = try Processes.fork(into: group.number)
            if pid == 0 {
                do throws(SandboxError) {
                    try ControlGroup.verify(group.path)
                } catch { Processes.exit(1) }
                Processes.exit(0)
            }
            #expect(ChildProcesses.status(of: pid) == 0)
            #expect(throws: SandboxError.self) { try ControlGroup.verify(group.path) }
            #expect(group.isRemoved())
        }
    }

    @Test(
        "a supervisor removes the groups of a dead one, and leaves those of a running one alone",
        .enabled(if: Accounts.isRoot))
    func stale() async {
        await #expect(processExitsWith: .success) {
            guard let own = madeGroups() else { return }
            defer { own.remove() }
            let pid = try Processes.fork()
            if pid == 0 {
                guard let groups = madeGroups() else { Processes.exit(1) }
                do throws(SystemError) {
                    _ = try groups.makeGroup("left", limits: Limits())
                } catch { Processes.exit(2) }
                Processes.exit(0)
            }
            #expect(ChildProcesses.status(of: pid) == 0)
            let namespace = own.directory.split(separator: ".").last ?? ""
            let before = own.directory.dropLast("\(Processes.ownPID).\(namespace)".count)
            let left = "\(before)\(pid).\(namespace)"
            // The same pid in another pid namespace, where another supervisor may run.
            let elsewhere = "\(before)\(pid).1"
            try Files.makeDirectory(elsewhere, mode: 0o755)
            defer { _ = ControlGroup.removed(elsewhere) }
            #expect(Files.exists("\(left)/left"))
            // This group is empty, as a group is before its first gate. The next supervisor has the dead one's pid.
            #expect(Files.exists(own.directory))
            let next = try ControlGroups(pid: pid, claiming: .subgroup)
            #expect(!Files.exists("\(left)/left"))
            #expect(Files.exists(elsewhere))
            #expect(Files.exists(own.directory))
            next.remove()
            #expect(!Files.exists(next.directory))
        }
    }

    @Test("without the right to make a group there is none, but a reason", .enabled(if: !Accounts.isRoot))
    func unavailable() {
        let error = #expect(throws: ControlGroups.Unavailable.self) {
            try ControlGroups(pid: Processes.ownPID, claiming: .subgroup)
        }
        #expect(error?.description.isEmpty == false)
    }
}
