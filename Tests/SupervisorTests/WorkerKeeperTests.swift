import Control
import LinuxSystem
import Messages
import ProcessSetup
import TestSupport
import Testing

@testable import Supervisor

/// A keeper with a resolver, of which the test has the other end.
private struct Rig: ~Copyable {
    var keeper = WorkerKeeper()
    let process: WorkerProcess
    let resolver: ChildEnd

    init(pid: Int32 = 10) throws {
        let channel = try ProcessChannel()
        resolver = try childEnd(of: channel)
        process = WorkerProcess(.resolver, pid: pid, channel: channel.takeParentEnd(), startedAt: 0)
        keeper.started(process)
    }

    /// The next order that the resolver gets.
    func order() throws -> ResolverOrder? {
        guard case .message(let bytes, _) = try resolver.receive() else { return nil }
        return ResolverOrder(bytes)
    }
}

struct WorkerKeeperTests {
    private let startFailed = SystemError("fork", .again)

    @Test("without a resolver there is one to start, no channel to it, and nothing to wait for")
    func unused() throws {
        var keeper = WorkerKeeper()
        #expect(keeper.isMissing && keeper.deadline == nil && keeper.status(at: 0) == .unused)
        let isConnected = try keeper.connect(lists: ["a.example"]) != nil
        #expect(!isConnected)
        let dismissed = keeper.dismiss()
        #expect(dismissed == nil)
    }

    @Test("a resolver that cannot be started is tried again after a while, and status says why")
    func notStarted() throws {
        var keeper = WorkerKeeper()
        let failure = WorkerFailure(.notStarted, message: "\(startFailed)")
        #expect(keeper.notStarted(startFailed, at: 5) == .notStarted(failure, retryIn: .milliseconds(100)))
        #expect(!keeper.isMissing && keeper.deadline == 100_000_005)
        #expect(keeper.status(at: 5) == .failed(failure, retryIn: .milliseconds(100)))
        #expect(!keeper.isRestartDue(at: 100_000_004) && keeper.isRestartDue(at: 100_000_005))
        keeper.cancelRestart()
        #expect(keeper.isMissing && keeper.deadline == nil)
    }

    @Test("a gate's end is connected with the end that the resolver gets, and the lists follow it")
    func connects() throws {
        var rig = try Rig()
        guard var gate = try rig.keeper.connect(lists: ["a.example", "b.example"]) else { return }
        let due = rig.keeper.deadline
        #expect(due == 0)
        rig.keeper.sendOrders(at: 1)
        let after = rig.keeper.deadline
        #expect(after == nil)
        guard case .message(let bytes, let passed) = try rig.resolver.receive(), var other = FrameChannel(passed) else {
            Issue.record("no end came")
            return
        }
        #expect(ResolverOrder(bytes) == .gate)
        let lists = [try rig.order(), try rig.order(), try rig.order()]
        #expect(lists == [.list("a.example"), .list("b.example"), nil])
        gate.offer([7])
        let asked = try other.receive()
        other.offer([8])
        let answered = try gate.receive()
        #expect(asked == .frame([7]) && answered == .frame([8]))
    }

    @Test("orders for which there is no room are sent later, each once and in their order")
    func crowded() throws {
        var rig = try Rig()
        let zones = (0..<2000).map { "list-\($0).example" }
        _ = try rig.keeper.connect(lists: zones)
        var (found, now): ([ResolverOrder], Int64) = ([], 1)
        repeat {
            rig.keeper.sendOrders(at: now)
            while let order = try rig.order() { found.append(order) }
            now += 10_000_000
        } while rig.keeper.deadline != nil
        #expect(now > 20_000_000)
        #expect(found == [.gate] + zones.map { .list($0) })
    }

    @Test("orders for a resolver that was dismissed do not wake the loop")
    func dismissed() throws {
        var rig = try Rig()
        _ = try rig.keeper.connect(lists: ["a.example"])
        let dismissed = rig.keeper.dismiss()
        let (deadline, isMissing) = (rig.keeper.deadline, rig.keeper.isMissing)
        #expect(dismissed === rig.process && deadline == nil && isMissing)
        let notice = rig.keeper.ended(rig.process, at: 9)
        #expect(notice == nil)
    }

    @Test("the report that it serves counts once")
    func ready() throws {
        var rig = try Rig()
        let first = rig.keeper.report(WorkerReport.ready.bytes, of: rig.process)
        let second = rig.keeper.report(WorkerReport.ready.bytes, of: rig.process)
        #expect(first == (.ready(pid: 10, again: false), false))
        #expect(second == (nil, false))
        let status = rig.keeper.status(at: 0)
        #expect(status == .running(pid: 10))
    }

    @Test("a resolver that ends is started again, and the reason is its own, when it has told one")
    func ended() throws {
        for reason in [nil, "no"] as [String?] {
            var rig = try Rig()
            if let reason { _ = rig.keeper.report(WorkerReport.failed(reason).bytes, of: rig.process) }
            let notice = rig.keeper.ended(rig.process, at: 5)
            let failure = reason.map { WorkerFailure(.reported, message: $0) } ?? WorkerFailure(.ended)
            #expect(notice == .died(failure, retryIn: .milliseconds(100)))
            let (process, deadline) = (rig.keeper.process, rig.keeper.deadline)
            #expect(process == nil && deadline == 100_000_005)
        }
    }

    @Test("the end of a former resolver changes nothing for the one that has its place")
    func former() throws {
        var rig = try Rig(pid: 10)
        let old = rig.keeper.dismiss()
        let other = WorkerProcess(.resolver, pid: 11, channel: try ProcessChannel().takeParentEnd(), startedAt: 0)
        rig.keeper.started(other)
        let late = rig.keeper.report(WorkerReport.failed("late").bytes, of: rig.process)
        let notice = old.flatMap { rig.keeper.ended($0, at: 5) }
        let (process, status) = (rig.keeper.process, rig.keeper.status(at: 5))
        #expect(late == (nil, false) && notice == nil && process === other && status == .running(pid: 11))
    }

    @Test("an unknown message is told once; a known one with wrong fields is nonsense")
    func messages() throws {
        var rig = try Rig()
        let first = rig.keeper.report([0x58], of: rig.process)
        let second = rig.keeper.report([0x59], of: rig.process)
        let nonsense = rig.keeper.report(WorkerReport.ready.bytes + [1], of: rig.process)
        #expect(first == (.unknown([0x58]), false) && second == (nil, false) && nonsense == (nil, true))
    }
}
