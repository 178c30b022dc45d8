// The child processes of a gate: it starts them, reaps them, and ends the orphans that handlers leave. The kernel gives
// orphans to the gate as their subreaper, so they are its children, but no program of a connection.
internal import LinuxSystem
internal import ServiceModel
internal import Spawner

/// The children of one gate.
struct Children<Starter: ProcessStarter & ~Copyable>: ~Copyable {
    var starter: Starter
    private let signals: SignalQueue
    private let list: ChildList
    /// For what this gate shares with its children: see ``Gate/turn(_:at:)``.
    var waitLimit: WaitLimit
    /// Whether children may have ended that are not reaped yet.
    private(set) var hasMoreEnds = false
    /// Monotonic: when to look for orphans; nil: there are none.
    private var sweepAt: Int64?
    private var budget = SweepBudget()
    /// Orphans that have changed their user. The gate cannot kill them; the supervisor does when the gate has ended.
    private var outOfReach: Set<Int32> = []

    init(
        _ starter: consuming Starter, signals: consuming SignalQueue, list: consuming ChildList,
        waitLimit: WaitLimit = .none
    ) {
        self.starter = starter
        self.signals = signals
        self.list = list
        self.waitLimit = waitLimit
    }

    /// Monotonic: when to reap or to sweep; nil for never, 0 for at once.
    var deadline: Int64? { hasMoreEnds ? 0 : sweepAt }

    // MARK: ends

    /// Takes the notification that children have ended. One may stand for many children, and waitid tells all that
    /// SIGCHLD would.
    mutating func noteSignal() throws(SystemError) {
        _ = try signals.next()
        hasMoreEnds = true
    }

    /// Reaps the next child that has ended, and kills the rest of its process group; nil when there is none.
    ///
    /// Errors: waitid(2).
    mutating func nextEnd() throws(SystemError) -> ProcessEnd? {
        guard let end = try starter.nextEnd() else {
            hasMoreEnds = false
            return nil
        }
        // The group first: while its leader is a zombie, no other process can get its pid.
        Processes.signalGroup(of: end.pid, .kill)
        try starter.reap(end.pid)
        return end
    }

    /// An orphan has ended.
    mutating func orphanEnded(_ pid: Int32) { outOfReach.remove(pid) }

    // MARK: orphans

    /// Schedules a search for orphans, because a handler or a check has ended.
    mutating func mayHaveLeftOrphans(at now: Int64) {
        budget.handlerEnded()
        sweepAt = sweepAt ?? now + Sweep.afterNanoseconds
    }

    func isSweepDue(at now: Int64) -> Bool { sweepAt.map { now >= $0 } ?? false }

    /// Whether orphans are left that this gate can end. Then the next sweep comes soon.
    mutating func hasOrphans(at now: Int64) throws(SystemError) -> Bool {
        guard try list.pids().contains(where: { !outOfReach.contains($0) }) else { return false }
        sweepAt = min(sweepAt ?? now, now + Sweep.againNanoseconds)
        return true
    }

    /// Stops the orphans, so that they start no other processes.
    ///
    /// - Parameter isOwn: whether a process, or the session that it is in, is that of a handler or check that runs. A
    ///   process is in a session only if a process of that session started it.
    func stopOrphans(_ isOwn: (Int32) -> Bool) throws(SystemError) -> (stopped: Set<Int32>, outOfReach: Set<Int32>) {
        try list.stopAll { pid in
            if isOwn(pid) || outOfReach.contains(pid) { return true }
            do throws(SystemError) {
                return isOwn(try Processes.session(of: pid))
            } catch {
                // The process has ended since.
                return false
            }
        }
    }

    /// Kills the orphans that were stopped, and keeps those that this process may not signal.
    mutating func killOrphans(_ found: (stopped: Set<Int32>, outOfReach: Set<Int32>)) {
        for pid in found.stopped { Processes.signal(pid, .kill) }
        outOfReach.formUnion(found.outOfReach)
    }

    /// Ends a sweep that has killed so many orphans.
    ///
    /// - Returns: whether the gate gives up, because there are more than handlers leave.
    mutating func hasTooManyOrphans(_ killed: Int, at now: Int64) -> Bool {
        sweepAt = killed == 0 ? nil : now + Sweep.againNanoseconds
        return budget.isExceeded(by: killed)
    }

    /// Signals every child.
    func signalAll(_ signal: Signal) throws(SystemError) {
        for pid in try list.pids() { Processes.signal(pid, signal) }
    }
}

/// The times of the search for orphans.
enum Sweep {
    static let afterNanoseconds: Int64 = 1_000_000_000
    static let againNanoseconds: Int64 = 50_000_000
    /// Each sweep has a time limit, and a pause follows it.
    static let longestNanoseconds: Int64 = 10_000_000
    /// Orphans that fork and end without pause would keep the gate from all its other work.
    static let mostEndsAtOnce = 64
}
