// The way of a connection through a gate whose programs are those of a starter that starts nothing: each row of
// HandOver.swift, and what a row cannot say.
import Addresses
import DNS
import LinuxSystem
import Messages
import ServiceModel
import TestSupport
import Testing
import Wire

@testable import Admission
@testable import Gate
@testable import Spawner

private let now = Rig.now
private let second: Int64 = 1_000_000_000

struct FlowTests {
    @Test("an outcome in a state is carried out, counted and logged once", arguments: HandOver.all)
    private func handOver(_ row: HandOver) throws {
        try Rig.with(row.service) { rig in
            let client = try rig.connect()
            try row.act(rig, client)
            #expect(rig.counted == row.counted)
            let events = try rig.log.events()
            #expect(events == row.events)
            #expect(rig.starter.positions.count == row.started)
            let (running, waiting) = (rig.runningCount, rig.waitingCount)
            #expect(running == row.running && waiting == row.waiting)
            // Each connection that is over has given its place back: there is one source, or none.
            if running + waiting == 0 { #expect(rig.places == 0) }
        }
    }

    @Test("the last output of a handler comes before the line about its end")
    func lastOutput() throws {
        try Rig.with(makeService()) { rig in
            _ = try rig.connect()
            rig.starter.end()
            let writer = rig.handlerLogWriter
            // The handler writes and ends after the gate was told of another end.
            rig.starter.beforeEnd = {
                do throws(SystemError) {
                    try writeBytes(Array("last words\n".utf8).span, to: writer)
                } catch {
                    Issue.record(error)
                }
            }
            try rig.reap()
            let events = try rig.log.events()
            #expect(events == ["accept", "stderr", "end"])
        }
    }

    @Test("a handler's end that costs too many points is reported once, in the supervisor's terms")
    func offence() throws {
        let service = makeService {
            $0.admission.penalties.failure = 60
            $0.admission.penalties.threshold = 100
        }
        try Rig.with(service) { rig in
            for _ in 0..<2 {
                _ = try rig.connect()
                rig.starter.end(nil, .exited(status: 1))
                try rig.reap()
            }
            guard case .frame(let bytes) = try rig.supervisor.receive() else {
                Issue.record("nothing was reported")
                return
            }
            let prefix = IPPrefix(of: .v4(0x7f00_0001), length: 32)
            #expect(GateMessage(bytes) == .offence(prefix, .penalties(.exit)))
            guard case .nothing = try rig.supervisor.receive() else {
                Issue.record("more was reported")
                return
            }
        }
    }

    @Test(
        "a gate whose listeners cannot be watched pauses, says so once, and tries again after each pause",
        arguments: [Errno.noMemory, .noSpace])
    func unwatched(errno: Errno) throws {
        try Rig.with(makeService()) { rig in
            let running = try rig.connect()
            rig.poller.failure = errno
            rig.poller.failing = .listener(0)
            var time = now
            for _ in 0..<3 {
                try rig.turn(at: time)
                #expect(!rig.isWatched && rig.isPaused)
                #expect(rig.gate.timeout(at: time) == Throttle.shortNanoseconds)
                time += Throttle.shortNanoseconds
            }
            #expect(rig.counted == ["accepted": 1, "active": 1, "pauses": 1])
            let events = try rig.log.events()
            #expect(events == ["accept", "pause"])
            rig.poller.failure = nil
            try rig.turn(at: time)
            #expect(rig.isWatched && !rig.isPaused && rig.runningCount == 1)
            let queued = try rig.queue()
            try rig.turn([.listener(0)], at: time)
            #expect(rig.runningCount == 2)
            _ = (running.number, queued.number)
        }
    }

    @Test(
        "a gate goes on when the kernel lacks memory to watch its resolver or its handlers' log",
        arguments: [PollToken.resolver, .handlerLog])
    func unwatched(_ token: PollToken) throws {
        try Rig.with(makeService { $0.admission.dnsbl = [DNSBLRule(zone: "bl.example", effect: .deny)] }) { rig in
            rig.poller.failure = .noMemory
            rig.poller.failing = token
            try rig.turn()
            #expect(rig.isPaused)
            let events = try rig.log.events()
            #expect(events == ["pause"])
            #expect(!rig.poller.entries.values.contains(token))
            rig.poller.failure = nil
            try rig.turn(at: now + PollEntry.retryNanoseconds)
            #expect(!rig.isPaused && rig.isWatched)
            #expect(rig.poller.entries.values.contains(token))
            #expect(rig.gate.timeout(at: now + PollEntry.retryNanoseconds) == nil)
        }
    }

    @Test("a connection that comes to a full service stays in the listen queue")
    func full() throws {
        try Rig.with(makeService { $0.limits.connections = 1 }) { rig in
            let first = try rig.connect()
            let second = try rig.queue()
            rig.accept()
            #expect(rig.starter.positions.count == 1)
            try rig.gate.watchListeners(at: now)
            #expect(!rig.isWatched)
            rig.starter.end()
            try rig.reap()
            try rig.gate.watchListeners(at: now)
            #expect(rig.isWatched)
            rig.accept()
            #expect(rig.starter.positions.count == 2)
            _ = (first.number, second.number)
        }
    }
}
