import Addresses
import EventLog
import LinuxSystem
import ServiceModel
import TestSupport
import Testing

@testable import Admission
@testable import Gate

/// A journal, and both of its ends.
private struct World: ~Copyable {
    let log: LogEnd
    let poller = PollSetDouble()
    private let handlers: Int32
    var journal: Journal
    private let bans: SharedBytes

    init() throws {
        let log = try LogEnd()
        let pipe = try HandlerPipe()
        let bans = try emptyBans()
        handlers = pipe.writerNumber
        journal = Journal(
            makeService(), blockListFile: "blocked", pid: 7, pipe: pipe, log: EventLog(destination: log.writer))
        self.bans = bans
        self.log = log
    }

    /// A handler writes.
    borrowing func write(_ text: String) throws { try writeBytes(Array(text.utf8).span, to: handlers) }

    mutating func refuse(at now: Int64) {
        journal.logRefusal(.plain(.sensor), peer: .ip(.v4(1), port: 2), .close, bans: bans, at: now)
    }
}

private let second: Int64 = 1_000_000_000
private let now = 1000 * second

struct JournalTests {
    @Test("lines of handlers are relayed, a part of one when it ends")
    func relay() throws {
        var world = try World()
        try world.write("one\ntw")
        try world.journal.relayHandlerLog(at: now)
        try world.write("o\nthree")
        try world.journal.relayHandlerLog(at: now)
        let lines = try world.log.lines()
        #expect(lines == ["event=stderr service=s text=one", "event=stderr service=s text=two"])
        world.journal.endHandlerLine(at: now)
        let rest = try world.log.lines()
        #expect(rest == ["event=stderr service=s text=three"])
    }

    @Test("lines beyond the budget are the deadline, and their number is logged then")
    func handlersBudget() throws {
        var world = try World()
        _ = try world.journal.watch(in: world.poller, at: now)
        let none = world.journal.deadline
        #expect(none == nil)
        for _ in 0..<2003 {
            try world.write("x\n")
            try world.journal.relayHandlerLog(at: now)
            _ = try world.log.lines()
        }
        let deadline = world.journal.deadline
        #expect(deadline == now + second)
        world.journal.tend(at: now + second - 1)
        let early = try world.log.lines()
        world.journal.tend(at: now + second)
        let due = try world.log.lines()
        let after = world.journal.deadline
        #expect(early.isEmpty && due == ["event=stderr_suppressed service=s lines=3"] && after == nil)
    }

    @Test("refusals beyond the budget are the deadline, and their number is logged then")
    func refusalsBudget() throws {
        var world = try World()
        _ = try world.journal.watch(in: world.poller, at: now)
        var written = 0
        for _ in 0..<1002 {
            world.refuse(at: now)
            written += try world.log.lines().count
        }
        let deadline = world.journal.deadline
        #expect(written == 1000 && deadline == now + second)
        world.journal.tend(at: now + second)
        let due = try world.log.lines()
        let after = world.journal.deadline
        #expect(due == ["event=refuse_suppressed service=s count=2"] && after == nil)
    }

    @Test(
        "the pipe of the handlers is watched at once; when the kernel lacks memory, the gate tries again",
        arguments: [Errno.noMemory, .noSpace])
    func watch(errno: Errno) throws {
        var world = try World()
        let atOnce = world.journal.deadline
        #expect(atOnce == 0)
        world.poller.failure = errno
        let lack = try world.journal.watch(in: world.poller, at: now)
        let retry = world.journal.deadline
        #expect(lack?.errno == errno && retry == now + PollEntry.retryNanoseconds)
        world.poller.failure = nil
        let early = try world.journal.watch(in: world.poller, at: now)
        #expect(early == nil && world.poller.entries.isEmpty)
        let due = try world.journal.watch(in: world.poller, at: now + PollEntry.retryNanoseconds)
        let after = world.journal.deadline
        #expect(due == nil && after == nil && Array(world.poller.entries.values) == [.handlerLog])
        // It is added once.
        _ = try world.journal.watch(in: world.poller, at: now + second)
        #expect(world.poller.entries.count == 1)
    }
}
