// Processes: forks one, and signals, awaits and reaps children.
internal import CLinux

/// How a child ended.
package struct ProcessEnd: Hashable, Sendable {
    package enum Way: Hashable, Sendable {
        case exited(status: Int32)
        case killed(by: Signal, dumpedCore: Bool)
    }

    package let pid: Int32
    package let way: Way

    package init(pid: Int32, way: Way) {
        self.pid = pid
        self.way = way
    }
}

package enum Processes {
    /// The time that handlers, and what they leave, have between TERM and KILL.
    package static let killGraceNanoseconds: Int64 = 5_000_000_000

    /// Forks this process, and returns 0 in the child. For processes that execute a program of ours then, or
    /// serve in the foreground: a handler is never forked. Source: fork(2).
    ///
    /// - Parameter group: a descriptor of the directory of a control group; the child starts in that group.
    package static func fork(into group: Int32? = nil) throws(SystemError) -> Int32 {
        try retrying("fork") { group.map(clinux_fork_into) ?? clinux_fork() }
    }

    /// The next child that has ended. It stays a zombie until ``reap(_:)``, so that no other process can get its pid or
    /// its process group's number before.
    ///
    /// Source: waitid(2), WNOWAIT.
    package static func nextEnd() throws(SystemError) -> ProcessEnd? {
        var end = clinux_end()
        guard try retrying("waitid", { unsafe clinux_next_end(&end) }) == 1 else { return nil }
        return ProcessEnd(pid: end.pid, way: way(end))
    }

    /// Waits for one child, reaps it, and returns how it ended. Source: waitid(2).
    package static func waitForEnd(of pid: Int32) throws(SystemError) -> ProcessEnd.Way {
        var end = clinux_end()
        _ = try retrying("waitid") { unsafe clinux_wait(pid, &end) }
        return way(end)
    }

    /// Waits for the end of a child, which stays to be reaped, but not for long. Source: pidfd_open(2).
    ///
    /// - Returns: whether it has ended.
    package static func hasEnded(_ pid: Int32, withinNanoseconds: Int64) throws(SystemError) -> Bool {
        let process = Descriptor(owning: try retrying("pidfd_open") { clinux_open_process(pid) })
        var poller = try Poller()
        try poller.add(process.number, token: 0)
        return try poller.wait(timeoutNanoseconds: withinNanoseconds) > 0
    }

    private static func way(_ end: clinux_end) -> ProcessEnd.Way {
        end.was_signalled != 0
            ? .killed(by: Signal(end.status), dumpedCore: end.dumped_core != 0) : .exited(status: end.status)
    }

    package static func reap(_ pid: Int32) throws(SystemError) {
        _ = try retrying("waitid") { clinux_reap(pid) }
    }

    /// Signals a child of this process that is not reaped yet. A zombie counts as reached.
    ///
    /// - Returns: false when this process may not signal it, because it has changed its user (EPERM).
    @discardableResult
    package static func signal(_ pid: Int32, _ signal: Signal) -> Bool {
        clinux_kill(pid, signal.number) != -Errno.notPermitted.rawValue
    }

    /// Signals the process group that a child of this process leads, or the child alone when it is still on its way to
    /// exec and leads none yet. An empty group counts as reached.
    ///
    /// - Returns: false when this process may signal no process in the group.
    @discardableResult
    package static func signalGroup(of pid: Int32, _ signal: Signal) -> Bool {
        precondition(pid > 1, "a handler's process group has a number of its own")
        let result = clinux_kill(-pid, signal.number)
        if result == -Errno.noProcess.rawValue { return self.signal(pid, signal) }
        return result != -Errno.notPermitted.rawValue
    }

    /// Starts a session and a process group of this process's own. Source: setsid(2).
    package static func startSession() throws(SystemError) {
        _ = try retrying("setsid") { clinux_start_session() }
    }

    /// The session of a child that is not reaped yet, by its leader's number. Source: getsid(2).
    package static func session(of pid: Int32) throws(SystemError) -> Int32 {
        try retrying("getsid") { clinux_session(pid) }
    }

    /// The children of any process, as far as they can be known; empty when it has ended. Source: proc(5),
    /// task/TID/children.
    package static func children(of pid: Int32) -> [Int32] {
        do throws(SystemError) {
            let text = try Files.read("/proc/\(pid)/task/\(pid)/children", most: 1 << 20)
            return String(decoding: text, as: UTF8.self).split(separator: " ").compactMap { Int32($0) }
        } catch {
            return []
        }
    }

    /// Makes the orphans among this process's descendants its children, not init's. Source: prctl(2),
    /// PR_SET_CHILD_SUBREAPER.
    package static func becomeSubreaper() throws(SystemError) {
        _ = try retrying("become subreaper") { clinux_become_subreaper() }
    }

    /// Sets the name that ps shows; the kernel cuts it to 15 bytes.
    package static func setName(_ name: String) throws(SystemError) {
        _ = try retrying("set name") { unsafe clinux_set_name(name) }
    }

    package static var ownPID: Int32 { clinux_own_pid() }

    /// Ends this process at once, without running anything first.
    package static func exit(_ status: Int32) -> Never { clinux_exit(status) }
}
