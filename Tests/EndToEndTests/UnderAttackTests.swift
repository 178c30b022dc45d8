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

        /// Attacks until enough was measured, at least once.
        ///
        /// - Parameter source: the last part of the clients' address.
        /// - Returns: what the clients have seen, and the longest time that `status` took, in seconds.
        private func measure(
            _ rig: TakenOverRig, _ source: Int, while attack: () throws -> Void
        ) throws -> (load: Load.Result, status: Double) {
            let load = try Load(on: rig.doorward.port("loaded"), from: "127.0.9.\(source)")
            let asking = Asking(rig.doorward, Self.asks)
            repeat { try attack() } while !load.hasEnough || !asking.isDone
            return (try load.finish(), try asking.longest())
        }

        @Test("while one process attacks, other clients wait no longer than without, and status is answered")
        func all() throws {
            let rig = try TakenOverRig()
            let user = try rig.localUser()
            let control = try measure(rig, 1) { usleep(10_000) }.load
            let attempts = try TakenOver.names().filter { !Self.notRepeated.contains($0) }
            let report = ForgedFrames.frame(GateMessage.alive.bytes)
            let reports = [[UInt8]](repeating: report, count: 5000).flatMap { $0 }
            let ofResolver = attempts.filter { $0 != "int-0x80" && $0 != "send-reports" }
            let attacks: [(name: String, mostDifference: Double, act: () throws -> Void)] = [
                ("gate", Self.mostDifference, { _ = try rig.attempts(attempts, frames: reports) }),
                // The kernel ends hundreds of processes at once, which takes all processors.
                ("gate with as many processes as it may", 200, { _ = try rig.attempts(["fork-bomb"]) }),
                ("resolver", Self.mostDifference, { _ = try rig.attempts(ofResolver, in: rig.resolver) }),
                ("filter", Self.mostDifference, { try linger(rig) }),
                ("local user", Self.mostDifference, { _ = try user.attempts(["all"]) }),
            ]
            for (index, attack) in attacks.enumerated() {
                let (seen, status) = try measure(rig, 2 + index, while: attack.act)
                let comment: Comment = "\(attack.name): \(seen), control: \(control)"
                #expect(seen.connections >= Load.least && seen.bad == 0, comment)
                #expect(seen.permille999 - control.permille999 <= attack.mostDifference, comment)
                #expect(seen.longest <= Self.mostTime, comment)
                #expect(status <= Self.mostStatus, "\(attack.name): \(status) s")
                try rig.expectOthersUnhurt("\(attack.name)")
            }
        }

        /// Attempts that end the gate or the resolver, need time of their own, or wait for something.
        private static let notRepeated: Set<String> = [
            "fork-bomb", "fill-memory", "pass-lingering", "shut-channels", "listener-options", "listener-shutdown",
            "leave-daemon", "leave-runner", "hold-connection",
        ]

        /// Five clients that do not read, whose filter leaves them a last close that waits.
        private func linger(_ rig: TakenOverRig) throws {
            let clients = try (0..<5).map { _ in try Client(port: rig.doorward.port("filtered")) }
            for client in clients { client.send("linger\n") }
            let ends = rig.doorward.log.all.count { $0.event == "end" && $0["service"] == "filtered" }
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
