// The loop: that it wakes for each owner, and that there is no state besides the owners.
import Addresses
import LinuxSystem
import Messages
import ServiceModel
import TestSupport
import Testing

@testable import Admission
@testable import Gate

private let now = Rig.now
private let second: Int64 = 1_000_000_000

struct GateOwnerTests {
    /// Nanoseconds until the gate wakes, after something gave a deadline to one owner.
    private func timeout(_ change: (inout Service) -> Void = { _ in }, _ act: (Rig) throws -> Void) throws -> Int64? {
        var timeout: Int64?
        try Rig.with(
            makeService {
                $0.limits.lifetime = .unlimited
                change(&$0)
            }
        ) { rig in
            try rig.tend(.journal, at: now)
            #expect(rig.gate.timeout(at: now) == nil)
            try act(rig)
            timeout = rig.gate.timeout(at: now)
        }
        return timeout
    }

    @Test("a gate wakes for each of its owners")
    func timeouts() throws {
        var timeouts: [GateOwner: Int64] = [:]
        timeouts[.children] = try timeout { $0.gate.children.mayHaveLeftOrphans(at: now) }
        timeouts[.listeners] = try timeout { _ = $0.gate.listeners.pause(.lackOfResources, at: now) }
        timeouts[.preConnection] = try timeout({ $0.admission.start = .data }) { _ = try $0.connect() }
        timeouts[.running] = try timeout({ $0.limits.lifetime = .at(.seconds(7)) }) { _ = try $0.connect() }
        timeouts[.link] = try timeout {
            try $0.supervisor.send(SupervisorMessage.drain(graceNanoseconds: 9).bytes)
            try $0.dispatch(.channel)
        }
        let bans = try emptyBans()
        timeouts[.journal] = try timeout { rig in
            for _ in 0..<1001 {
                rig.gate.journal.logRefusal(
                    .plain(.sensor), peer: .ip(.v4(1), port: 2), .close, bans: bans, at: now)
                _ = try rig.log.lines()
            }
        }
        timeouts[.refusals] = try timeout {
            $0.access = [
                AccessRule(
                    verdict: .deny, subject: .all, refusal: .tarpit,
                    position: SourcePosition(file: "s.toml", line: 1, column: 1))
            ]
        } _: {
            _ = try $0.connect()
        }
        timeouts[.admission] = try timeout { rig in
            let prefix = IPPrefix(of: .v4(0x7f00_0001), length: 32)
            let bans = SealedBans.table(
                of: [Ban(prefix: prefix, cause: .command(reason: ""), began: 0, end: .max)], exempt: [])
            rig.gate.admission.replaceBans(with: try SharedBytes(sealing: bans, name: "bans"))
            _ = try rig.connect()
        }
        #expect(
            timeouts == [
                .children: Sweep.afterNanoseconds, .listeners: Throttle.shortNanoseconds, .preConnection: 30 * second,
                .running: 7 * second, .link: 9, .journal: second, .refusals: Refusals.tarpitNanoseconds,
                .admission: second,
            ])
        #expect(Set(timeouts.keys) == Set(GateOwner.allCases))
    }

    @Test("a deadline that has passed wakes the gate at once")
    func passed() throws {
        let passed = try timeout { _ = $0.gate.listeners.pause(.lackOfResources, at: now - second) }
        #expect(passed == 0)
    }

    @Test("a queued connection that could get a handler wakes the gate at once")
    func ready() throws {
        // More than one turn starts.
        let service: (inout Service) -> Void = {
            $0.limits.connections = 10
            $0.limits.waiting = 10
        }
        let ready = try timeout(service) { rig in
            _ = rig.gate.listeners.pause(.lackOfResources, at: now)
            for _ in 0..<9 {
                rig.gate.admit(
                    AcceptedConnection(descriptor: try Startup.openNull(), peer: .ip(.v4(1), port: 1)), at: now
                ) { _ in .ip(.v4(2), port: 2) }
            }
            #expect(rig.waitingCount == 9)
            try rig.tend(.listeners, at: now + Throttle.shortNanoseconds)
            rig.gate.startQueued(at: now + Throttle.shortNanoseconds)
            #expect(rig.waitingCount == 1 && rig.runningCount == 8)
        }
        #expect(ready == 0)
    }

    @Test("a gate has at most ten fields, and each one besides the poll set and the counters is an owner")
    func fields() throws {
        let sources = #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined() + "/Sources/Gate/Gate.swift"
        let lines = text(try Files.read(sources, most: 1 << 20)).split(separator: "\n")
        let start = try #require(lines.firstIndex { $0.hasPrefix("package struct Gate<") })
        let body = lines[(start + 1)...].prefix { $0 != "}" }
        let fields = body.compactMap { line -> String? in
            let words = line.split(separator: " ")
            guard let place = words.firstIndex(where: { $0 == "var" || $0 == "let" }) else { return nil }
            return String(words[place + 1].dropLast())
        }
        #expect(fields.count <= 10)
        #expect(Set(fields) == Set(GateOwner.allCases.map { "\($0)" } + ["poller", "counters"]))
    }
}
