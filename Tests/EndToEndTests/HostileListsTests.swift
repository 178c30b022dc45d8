// The channels with the resolver: what a gate that an attacker controls may ask it, and what such a resolver may say to
// gates and to the supervisor. The test says it in their names, on their own pipes.
import Foundation
import Glibc
import Messages
import Testing

extension EndToEndTests {
    @Suite(
        "Hostile lists", .enabled(if: isRoot && Rbldnsd.isThere, "needs root, for copies of descriptors, and rbldnsd"))
    struct HostileListsTests {
        private let echo = """
            listen = ["127.0.0.1:0"]
            handler = ["echo"]
            dnsbl = ["bl.test deny"]
            access = ["deny 127.0.0.9", "allow all"]
            [limits]
            waiting = 100

            """

        /// A supervisor with two services that ask a list with every address of 127.1.0.0/16.
        private final class Rig {
            let server: Rbldnsd
            let supervised: Supervised
            /// How many listed clients there were: each one is asked about once.
            private var listed = 0

            init(_ service: String) throws {
                server = try Rbldnsd(":127.0.0.2:Listed\n127.1.0.0/16\n127.0.0.9\n")
                supervised = try Supervised(
                    services: ["a": service, "b": service], host: "nameservers = [\"127.0.0.1:\(server.port)\"]\n")
                // From here on the resolver has the channels of both.
                for name in ["a", "b"] { try wait { try refusesListed(name) } }
            }

            /// The pid of the last resolver, of which there were so many.
            func resolver(_ count: Int = 1) throws -> Int32 {
                let line = try supervised.log.wait(for: "resolver_ready", count: count)
                return try #require(line["pid"].flatMap { Int32($0) })
            }

            /// Whether a listed client is refused, which no gate has asked about before.
            func refusesListed(_ service: String) throws -> Bool {
                listed += 1
                let address = "127.1.\(listed >> 8 & 255).\(listed & 255)"
                return try answer(supervised.port(service), to: "x\n", from: address) == ""
            }

            /// Whether access rules alone decide, or nothing: no list.
            func decidesOnOthers(_ service: String) throws -> Bool {
                let port = try supervised.port(service)
                let denied = try answer(port, to: "x\n", from: "127.0.0.9")
                let allowed = try answer(port, to: "x\n", from: "127.0.0.5")
                return denied == "" && allowed == "x\n"
            }

            /// Whether every client gets the decision that it has to get.
            func decides(on service: String, byLists: Bool) throws -> Bool {
                let areListedRefused = try refusesListed(service)
                let areOthersRight = try decidesOnOthers(service)
                return areListedRefused == byLists && areOthersRight
            }

            func count(_ event: String, _ key: String, _ value: String) -> Int {
                supervised.log.all.count { $0.event == event && $0[key] == value }
            }
        }

        @Test("nonsense from a gate closes its channel to the resolver alone: other gates get their answers")
        func requests() throws {
            try fuzz { seed in
                let rig = try Rig(echo)
                let resolver = try rig.resolver()
                let frames = try ForgedFrames(from: rig.supervised.gate("a"), to: resolver)
                var messages = HostileMessages(seed: seed, from: RealMessages.requests)
                for _ in 0..<3000 {
                    try frames.send(messages.next { if case .message = $0 { false } else { true } })
                }
                for name in ["a", "b"] {
                    #expect(try rig.decides(on: name, byLists: true), "seed \(seed)")
                }
                #expect(rig.count("unknown_message", "from", "gate") == 1, "seed \(seed)")
                try frames.send(raw: seed % 2 == 0 ? [0, 0] : [0xff, 0x0f])
                try wait { try !frames.send(messages.unknown()) }
                #expect(try rig.decides(on: "a", byLists: false), "seed \(seed)")
                #expect(try rig.decides(on: "b", byLists: true), "seed \(seed)")
                #expect(try rig.resolver() == resolver, "seed \(seed)")
                #expect(isAlive(resolver), "seed \(seed)")
                #expect(!rig.supervised.log.all.contains { $0.event == "gate_died" }, "seed \(seed)")
                rig.supervised.expectNoTrap("seed \(seed)")
            }
        }

        @Test("a gate that asks as fast as it can keeps no other gate from its answers, and takes no more memory")
        func manyRequests() throws {
            let rig = try Rig(echo)
            let (resolver, gate) = try (rig.resolver(), rig.supervised.gate("a"))
            let frames = try ForgedFrames(from: gate, to: resolver)
            let limits = FloodLimits(rig.supervised, processes: [rig.supervised.pid, resolver, gate])
            try fuzz { seed in
                var messages = HostileMessages(seed: seed, from: RealMessages.requests)
                let contents = (0..<4096).map { _ in messages.next { _ in true } }
                try limits.expect(in: [sender(of: contents, frames)], "seed \(seed)") { try rig.refusesListed("b") }
            }
            for name in ["a", "b"] { #expect(try rig.decidesOnOthers(name)) }
            #expect(rig.supervised.stop() == 0)
            rig.supervised.expectNoTrap()
        }

        @Test(
            "replies of a resolver change no decision but that of lists; after bytes that are none these refuse nobody"
        )
        func replies() throws {
            try fuzz { seed in
                let rig = try Rig(echo)
                let gate = try rig.supervised.gate("a")
                let frames = try ForgedFrames(from: rig.resolver(), to: gate)
                var messages = HostileMessages(seed: seed, from: RealMessages.replies)
                // None is about an address of 127.0.0.0/8.
                for _ in 0..<3000 {
                    try frames.send(
                        messages.next {
                            guard case .message(let reply) = $0, case .v4(let bits) = reply.request.address else {
                                return true
                            }
                            return bits >> 24 != 127
                        })
                }
                #expect(try rig.decides(on: "a", byLists: true), "seed \(seed)")
                #expect(rig.count("unknown_message", "from", "resolver") == 1, "seed \(seed)")
                try frames.send(raw: seed % 2 == 0 ? [0, 0] : [0xff, 0xff])
                let line = try rig.supervised.log.wait(for: "resolver_nonsense")
                #expect(line["pid"] == "\(gate)" && line["service"] == "a", "seed \(seed)")
                #expect(try rig.decides(on: "a", byLists: false), "seed \(seed)")
                #expect(try rig.decides(on: "b", byLists: true), "seed \(seed)")
                #expect(try !frames.send(messages.unknown()), "seed \(seed)")
                #expect(rig.count("resolver_nonsense", "service", "a") == 1, "seed \(seed)")
                #expect(!rig.supervised.log.all.contains { $0.event == "gate_died" }, "seed \(seed)")
                #expect(rig.supervised.stop() == 0, "seed \(seed)")
                rig.supervised.expectNoTrap("seed \(seed)")
            }
        }

        @Test("in a flood of replies a gate goes on serving, and takes no more memory")
        func manyReplies() throws {
            let rig = try Rig(echo)
            let (resolver, gate) = try (rig.resolver(), rig.supervised.gate("a"))
            let frames = try ForgedFrames(from: resolver, to: gate)
            let limits = FloodLimits(rig.supervised, processes: [rig.supervised.pid, gate])
            try fuzz { seed in
                var messages = HostileMessages(seed: seed, from: RealMessages.replies)
                let contents = (0..<4096).map { _ in messages.next { _ in true } }
                try limits.expect(in: [sender(of: contents, frames)], "seed \(seed)") { try rig.decidesOnOthers("a") }
            }
            #expect(isAlive(gate))
            #expect(try rig.supervised.gate("a") == gate)
            #expect(rig.supervised.stop() == 0)
            rig.supervised.expectNoTrap()
        }

        @Test(
            "a resolver that sends the supervisor nonsense is replaced; services answer on, and later ask the new one")
        func reports() throws {
            try fuzz { seed in
                let rig = try Rig(echo)
                var messages = HostileMessages(seed: seed, from: RealMessages.ofResolver)
                var resolver = try rig.resolver()
                var frames = try ForgedFrames(from: resolver, to: rig.supervised.pid)
                for _ in 0..<3000 { try frames.send(messages.next { $0 != .nonsense }) }
                for (index, nonsense) in [
                    [0, 0], ForgedFrames.frame(messages.nonsense()), [0xff, 0x0f],
                ].enumerated() {
                    try frames.send(raw: nonsense)
                    #expect(try rig.decidesOnOthers("a"), "seed \(seed)")
                    let died = try rig.supervised.log.wait(for: "resolver_died", count: index + 1)
                    #expect(died["signal"] == "KILL" && died["pid"] == "\(resolver)", "seed \(seed)")
                    let lines = rig.supervised.log.all.filter { $0.event == "resolver_nonsense" }
                    #expect(lines.count { $0.description.contains("pid \(resolver) ") } == 1, "seed \(seed)")
                    resolver = try rig.resolver(index + 2)
                    frames = try ForgedFrames(from: resolver, to: rig.supervised.pid)
                }
                for name in ["a", "b"] { try wait { try rig.refusesListed(name) } }
                #expect(rig.count("unknown_message", "from", "resolver") == 1, "seed \(seed)")
                #expect(rig.supervised.stop() == 0, "seed \(seed)")
                rig.supervised.expectNoTrap("seed \(seed)")
            }
        }

        @Test("in a flood of a resolver's reports `doorward status` answers within a second, without more memory")
        func manyReports() throws {
            let rig = try Rig(echo)
            let frames = try ForgedFrames(from: rig.resolver(), to: rig.supervised.pid)
            let limits = FloodLimits(rig.supervised, processes: [rig.supervised.pid])
            try fuzz { seed in
                var messages = HostileMessages(seed: seed, from: RealMessages.ofResolver)
                let contents = (0..<256).map { _ in messages.next { $0 != .nonsense } }
                try limits.expect(in: [sender(of: contents, frames)], "seed \(seed)")
            }
            #expect(rig.count("resolver_ready", "event", "resolver_ready") == 1)
            #expect(rig.supervised.stop() == 0)
            rig.supervised.expectNoTrap()
        }
    }
}
