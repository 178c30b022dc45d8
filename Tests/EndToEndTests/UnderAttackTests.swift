// What the clients of other services see while a gate, the resolver, a filter or a local user attacks: nothing.
import Foundation
import Glibc
import Messages
import Testing

extension EndToEndTests {
    @Suite("Under attack", .enabled(if: isRoot, "without root, services have no user of their own"))
    struct UnderAttackTests {
        /// In milliseconds, of 5000 connections and more to another service: how much longer than without an attack
        /// one of a thousand may take, and how long the longest.
        private static let (mostDifference, mostTime) = (50.0, 250.0)
        /// How often `status` is asked, and how long it may take in seconds.
        private static let (asks, mostStatus) = (20, 0.5)

        /// What was seen while an attack went on.
        private struct Seen: CustomStringConvertible {
            let load: Load.Result
            /// The longest time that `status` took, in seconds.
            let status: Double

            var description: String { "\(load), status \(status) s" }

            /// Whether others were served as in a run without the attack.
            func isHarmless(beside control: Seen, _ mostDifference: Double) -> Bool {
                load.connections >= Load.least && load.bad == 0 && load.longest <= mostTime && status <= mostStatus
                    && load.permille999 - control.load.permille999 <= mostDifference
            }
        }

        /// Attacks until enough was measured, at least once.
        ///
        /// - Parameter source: the last part of the clients' address.
        private func measure(
            _ rig: TakenOverRig, from source: Int, while attack: () throws -> Void
        ) throws -> Seen {
            let load = try Load(on: rig.doorward.port("loaded"), from: "127.0.9.\(source)")
            let asking = Asking(rig.doorward, Self.asks)
            repeat { try attack() } while !load.hasEnough || !asking.isDone
            return try Seen(load: load.finish(), status: asking.longest())
        }

        private func attack(
            _ rig: TakenOverRig, _ names: [String], in pid: Int32? = nil, frames: [UInt8] = []
        ) throws {
            let results = try rig.attempts(names, in: pid, frames: frames)
            guard results.count == names.count else { throw HarnessError("only \(results.count) attempts were made") }
        }

        @Test("while one process attacks, other clients wait no longer than without, and status is answered")
        func all() throws {
            let rig = try TakenOverRig()
            let user = try rig.localUser()
            let attempts = try TakenOver.names().filter { !Self.notRepeated.contains($0) }
            let report = ForgedFrames.frame(GateMessage.alive.bytes)
            let reports = [[UInt8]](repeating: report, count: 5000).flatMap { $0 }
            let ofResolver = attempts.filter { $0 != "int-0x80" && $0 != "send-reports" }
            let attacks: [(name: String, mostDifference: Double, act: () throws -> Void)] = [
                ("gate", Self.mostDifference, { try attack(rig, attempts, frames: reports) }),
                // The kernel ends hundreds of processes at once, which takes all processors.
                ("gate with as many processes as it may", 200, { try attack(rig, ["fork-bomb"]) }),
                ("resolver", Self.mostDifference, { try attack(rig, ofResolver, in: rig.resolver) }),
                ("filter", Self.mostDifference, { try linger(rig) }),
                ("local user", Self.mostDifference, { _ = try user.attempts(["all"]) }),
            ]
            var source = 0
            func next() -> Int {
                source += 1
                return source
            }
            var control = try measure(rig, from: next()) { usleep(10_000) }
            for attack in attacks {
                var seen = try measure(rig, from: next(), while: attack.act)
                // Other programs of the machine may have had the processors: then both are measured once more.
                for _ in 0..<2 where !seen.isHarmless(beside: control, attack.mostDifference) {
                    control = try measure(rig, from: next()) { usleep(10_000) }
                    seen = try measure(rig, from: next(), while: attack.act)
                }
                let isHarmless = seen.isHarmless(beside: control, attack.mostDifference)
                #expect(isHarmless, "\(attack.name): \(seen); without it: \(control)")
                try rig.expectOthersUnhurt("\(attack.name)")
            }
        }

        @Test("a gate that does not serve for a moment is seen in the times of its clients")
        func held() throws {
            let rig = try TakenOverRig()
            let gate = try rig.doorward.gate("loaded")
            let load = try Load(on: rig.doorward.port("loaded"), from: "127.0.9.100", least: 500)
            try wait { load.hasEnough }
            kill(gate, SIGSTOP)
            usleep(UInt32(Self.mostTime * 1500))
            kill(gate, SIGCONT)
            let seen = try load.finish()
            #expect(seen.bad == 0 && seen.longest > Self.mostTime, "\(seen)")
        }

        /// Attempts that end the gate or the resolver, need time of their own, or wait for something.
        private static let notRepeated: Set<String> = [
            "fork-bomb", "fill-memory", "pass-lingering", "shut-channels", "listener-options", "listener-shutdown",
            "leave-daemon", "leave-runner", "hold-connection",
        ]

        /// Five clients that do not read, whose filter leaves them a last close that waits.
        private func linger(_ rig: TakenOverRig) throws {
            let clients = try (0..<5).map { _ in try Client(port: rig.doorward.port("filtered")) }
            let ends = rig.doorward.log.all.count { $0.event == "end" && $0["service"] == "filtered" }
            for client in clients { client.send("linger\n") }
            _ = try rig.doorward.log.wait(for: "end", count: ends + 5) { $0["service"] == "filtered" }
            for client in clients { client.reset() }
        }
    }
}

/// `status`, asked in a thread of its own, one time after the other.
private final class Asking: @unchecked Sendable {
    private let condition = NSCondition()
    private var times: [Double] = []
    private var problem: (any Error)?
    private let count: Int

    init(_ supervised: Supervised, _ count: Int) {
        self.count = count
        // Sound: the supervisor outlives the thread, which the test waits for.
        nonisolated(unsafe) let supervised = supervised
        Thread { [self] in
            for _ in 0..<count {
                let result = Result { try supervised.secondsOfStatus() }
                condition.withLock {
                    switch result {
                    case .success(let seconds): times.append(seconds)
                    case .failure(let error): problem = error
                    }
                    condition.broadcast()
                }
                // Spread over the attack.
                usleep(100_000)
            }
        }.start()
    }

    var isDone: Bool { condition.withLock { times.count == count || problem != nil } }

    func longest() throws -> Double {
        try condition.withLock {
            while times.count < count, problem == nil { condition.wait() }
            if let problem { throw problem }
            return times.max() ?? 0
        }
    }
}
