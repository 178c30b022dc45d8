// Processes that a gate leaves when it ends: handlers of a gate that died, and processes that it could not kill because
// they had changed their user. No gate counts them or limits their lifetime any more, so they get TERM, and then KILL.
internal import LinuxSystem
internal import Sandbox

/// The owner of the control groups, and of the children that the supervisor did not start: the kernel gives it those of
/// a gate that has ended (PR_SET_CHILD_SUBREAPER).
struct Orphans: ~Copyable {
    private let children: ChildList
    /// nil where control groups are not available; the log then says why.
    let groups: ControlGroups?
    /// The groups of ended gates that still contain processes.
    private var endedGroups: [ControlGroup] = []
    /// Monotonic: when to send KILL to orphans of gates.
    private var killAt: Int64?

    /// Something that the log says.
    enum Notice: Hashable {
        case signalled(count: Int, Signal)
        /// Processes could not be listed or stopped.
        case left(SystemError)
        /// A kernel before 5.14 has no cgroup.kill. Then signals to the orphans remain.
        case groupLeft(SystemError)
    }

    init(groups: ControlGroups?) throws(SystemError) {
        children = try ChildList()
        self.groups = groups
    }

    /// Monotonic: when to call ``tend(at:sparing:)``; nil for never.
    var deadline: Int64? { killAt }

    /// Removes the control group of a gate that has ended, or keeps it for later while processes are left in it.
    mutating func end(_ group: ControlGroup?) {
        if let group, !group.isRemoved() { endedGroups.append(group) }
    }

    /// Sends TERM to the orphans of a gate that has ended.
    ///
    /// - Parameter ours: the children that the supervisor has started.
    mutating func terminate(at now: Int64, sparing ours: Roster) -> [Notice] {
        // Orphans that got TERM earlier keep their time for KILL when another gate ends.
        signal(.terminate, sparing: ours, next: killAt ?? now + Processes.killGraceNanoseconds)
    }

    /// Sends KILL to the orphans that are left, and again each second, because a killed process may leave children.
    mutating func tend(at now: Int64, sparing ours: Roster) -> [Notice] {
        guard let due = killAt, now >= due else { return [] }
        return signal(.kill, sparing: ours, next: now + 1_000_000_000)
    }

    private mutating func signal(_ signal: Signal, sparing ours: Roster, next: Int64) -> [Notice] {
        var notices: [Notice] = []
        do throws(SystemError) {
            if signal == .kill {
                notices += endedGroups.compactMap { Self.kill($0) }
                // Stopped, none of them can start another process before it is killed.
                _ = try children.stopAll { ours.contains(pid: $0) }
            }
            let left = try children.pids().filter { !ours.contains(pid: $0) }
            endedGroups.removeAll { $0.isRemoved() }
            killAt = left.isEmpty && endedGroups.isEmpty ? nil : next
            guard !left.isEmpty else { return notices }
            notices.append(.signalled(count: left.count, signal))
            for pid in left {
                Processes.signalGroup(of: pid, signal)
                Processes.signal(pid, signal)
            }
        } catch {
            notices.append(.left(error))
        }
        return notices
    }

    /// Kills all processes in a group, whatever their user is.
    static func kill(_ group: ControlGroup) -> Notice? {
        do throws(SystemError) {
            try group.kill()
            return nil
        } catch {
            return .groupLeft(error)
        }
    }

    /// Kills all children, waits until they have ended, and removes the groups. Called when no gate is left.
    ///
    /// - Parameter writer: the pid of the writer of the log, which ends last.
    mutating func killAll(but writer: Int32?) -> [Notice] {
        var notices = endedGroups.compactMap { Self.kill($0) }
        do throws(SystemError) {
            try children.killAll(but: writer)
        } catch {
            notices.append(.left(error))
        }
        endedGroups.removeAll { $0.isRemoved() }
        groups?.remove()
        return notices
    }
}
