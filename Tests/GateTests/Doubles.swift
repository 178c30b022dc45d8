// What the tests of the owners put in place of processes and of a poll set that the kernel has memory for.
import Addresses
import LinuxSystem
import ServiceModel
import Spawner

@testable import Gate

/// A starter that starts nothing. Its pids are above those of any process, so that a signal to one reaches none.
final class StarterDouble: ProcessStarter {
    private(set) var positions: [Int] = []
    private(set) var checks: [Int] = []
    /// The pids that were given out and have not ended.
    private(set) var running: [Int32] = []
    private var ends: [ProcessEnd] = []
    private var failures: [Int32: LaunchFailure] = [:]
    static let firstPID: Int32 = 0x7000_0001
    private var lastPID = firstPID - 1
    /// Whether every start fails, as clone(2) does when there are too many processes.
    var lacksProcesses = false
    /// What happens between the question for an end and the answer.
    var beforeEnd: () -> Void = {}

    func spawn(
        _ position: Int, _ streams: ChildStreams, rule: Int?, facts: ConnectionFacts
    ) throws(SystemError) -> Int32 {
        let pid = try start()
        positions.append(position)
        return pid
    }

    func spawn(check number: Int, rule: Int?, facts: ConnectionFacts) throws(SystemError) -> Int32 {
        let pid = try start()
        checks.append(number)
        return pid
    }

    private func start() throws(SystemError) -> Int32 {
        if lacksProcesses { throw SystemError("clone", .again) }
        lastPID += 1
        running.append(lastPID)
        return lastPID
    }

    func takeFailure(of pid: Int32) -> LaunchFailure? { failures.removeValue(forKey: pid) }

    func nextEnd() throws(SystemError) -> ProcessEnd? {
        guard let end = ends.first else { return nil }
        beforeEnd()
        return end
    }

    func reap(_ pid: Int32) throws(SystemError) { ends.removeAll { $0.pid == pid } }

    /// The process that was started last, or another one, ends.
    func end(_ pid: Int32? = nil, _ way: ProcessEnd.Way = .exited(status: 0), _ failure: LaunchFailure? = nil) {
        guard let pid = pid ?? running.last else { return }
        running.removeAll { $0 == pid }
        failures[pid] = failure
        ends.append(ProcessEnd(pid: pid, way: way))
    }

    /// A process that no program of the gate's service is.
    func endOrphan() { ends.append(ProcessEnd(pid: 0x7fff_0000, way: .exited(status: 0))) }
}

/// A poll set that keeps what is in it, and lacks memory when it is told so.
final class PollSetDouble: PollSet {
    private(set) var entries: [Int32: PollToken] = [:]
    /// The descriptors that are ready.
    var ready: [PollToken] = []
    /// The token that is not added while ``failure`` is set; nil: no token is.
    var failing: PollToken?
    /// The error of the next additions, and how many of them succeed before.
    var failure: Errno?
    var successes = 0

    let mostAtOnce = 64

    func wait(timeoutNanoseconds: Int64?) throws(SystemError) -> Int { ready.count }
    func token(at index: Int) -> UInt64 { ready[index].bits }

    func add(_ number: Int32, token bits: UInt64) throws(SystemError) {
        guard let token = PollToken(bits: bits) else { throw SystemError("epoll_ctl", .invalid) }
        if let failure, failing == nil || failing == token {
            guard successes > 0 else { throw SystemError("epoll_ctl", failure) }
            successes -= 1
        }
        if entries[number] != nil { throw SystemError("epoll_ctl", .exists) }
        entries[number] = token
    }

    func remove(_ number: Int32) throws(SystemError) {
        guard entries.removeValue(forKey: number) != nil else { throw SystemError("epoll_ctl", .noEntry) }
    }
}
