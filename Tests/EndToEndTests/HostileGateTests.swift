// What a gate that an attacker controls may say to the supervisor: anything. The test says it in the gate's name, on
// the gate's own pipe.
import Addresses
import Foundation
import Glibc
import Messages
import Testing

extension EndToEndTests {
    @Suite("Hostile gates", .enabled(if: isRoot, "copies of others' descriptors need root"))
    struct HostileGateTests {
        private let echo = "listen = [\"127.0.0.1:0\"]\nhandler = [\"echo\"]\n"

        private func frames(of service: String, _ supervised: Supervised) throws -> ForgedFrames {
            try ForgedFrames(from: supervised.gate(service), to: supervised.pid)
        }

        /// Waits until the supervisor has handled what a gate's pipe holds: the gate's answer comes after it. A gate
        /// drops an answer for which the pipe has no room.
        private func waitUntilHandled(from service: String, _ supervised: Supervised) throws {
            try wait { try supervised.command(["explain", service, "127.0.0.1"]).output.contains("its connections") }
        }

        @Test("a message of an unknown kind ends nothing, and the log has the first of each gate")
        func unknownKinds() throws {
            try fuzz { seed in
                let supervised = try Supervised(services: ["a": echo, "b": echo])
                let frames = try ["a", "b"].map { try self.frames(of: $0, supervised) }
                let gates = try ["a", "b"].map { try supervised.gate($0) }
                var messages = HostileMessages(seed: seed, from: RealMessages.ofGate)
                for _ in 0..<3000 {
                    for frames in frames { try frames.send(messages.unknown()) }
                }
                for name in ["a", "b"] {
                    try waitUntilHandled(from: name, supervised)
                    #expect(try exchange(port: supervised.port(name), "x\n") == "x\n", "seed \(seed)")
                }
                #expect(try ["a", "b"].map { try supervised.gate($0) } == gates, "seed \(seed)")
                for gate in gates {
                    let count = supervised.log.all.count {
                        $0.event == "unknown_message" && $0["from"] == "gate" && $0["pid"] == "\(gate)"
                    }
                    #expect(count == 1, "seed \(seed)")
                }
                supervised.expectNoTrap("seed \(seed)")
            }
        }

        @Test("a known kind with wrong fields, or bytes that are no frame, ends the gate that sent it and no other")
        func nonsense() throws {
            try fuzz { seed in
                var messages = HostileMessages(seed: seed, from: RealMessages.ofGate)
                // Among them a message of the right form that this service has no reason for.
                let offence = RealMessages.ofGate.first { if case .offence = $0 { true } else { false } }
                var nonsense: [[UInt8]] = [
                    [0, 0], [0xff, 0x0f], [0xff, 0xff], ForgedFrames.frame(try #require(offence).bytes),
                ]
                nonsense += (0..<6).map { _ in ForgedFrames.frame(messages.nonsense()) }
                let names = nonsense.indices.map { "gate\($0)" }
                let services = Dictionary(uniqueKeysWithValues: (names + ["other"]).map { ($0, echo) })
                let supervised = try Supervised(services: services)
                let other = try supervised.gate("other")
                let client = try Client(port: supervised.port("other"))
                for (name, bytes) in zip(names, nonsense) {
                    let gate = try supervised.gate(name)
                    try frames(of: name, supervised).send(raw: bytes)
                    client.send("x\n")
                    #expect(client.read() == "x\n", "seed \(seed)")
                    let died = try supervised.log.wait(for: "gate_died") { $0["service"] == name }
                    #expect(died["signal"] == "KILL" && died["pid"] == "\(gate)", "seed \(seed)")
                    let lines = supervised.log.all.filter { $0.event == "gate_nonsense" }
                    #expect(lines.count { $0.description.contains("pid \(gate) ") } == 1, "seed \(seed)")
                }
                for name in names {
                    _ = try supervised.log.wait(for: "ready", count: 2) { $0["service"] == name }
                    #expect(try exchange(port: supervised.port(name), "x\n") == "x\n", "seed \(seed)")
                }
                client.send("x\n")
                #expect(client.read() == "x\n", "seed \(seed)")
                #expect(try supervised.gate("other") == other, "seed \(seed)")
                supervised.expectNoTrap("seed \(seed)")
                client.close()
                #expect(supervised.stop() == 0, "seed \(seed)")
            }
        }

        @Test("a frame that comes byte by byte, or never whole, delays no other gate and not the supervisor")
        func parts() throws {
            let supervised = try Supervised(services: ["a": echo, "b": echo])
            let frames = try frames(of: "a", supervised)
            for content in [GateMessage.hits([]).bytes, [UInt8](repeating: 0x5a, count: 4094)] {
                let bytes = ForgedFrames.frame(content)
                for (index, byte) in bytes.enumerated() {
                    try frames.send(raw: [byte])
                    if [0, 1, 3].contains(index) {
                        #expect(try supervised.secondsOfStatus() < 1)
                        try waitUntilHandled(from: "b", supervised)
                    }
                }
                try waitUntilHandled(from: "a", supervised)
            }
            try frames.send(raw: Array(ForgedFrames.frame([UInt8](repeating: 0x5a, count: 4094)).dropLast()))
            #expect(try supervised.secondsOfStatus() < 1)
            #expect(try exchange(port: supervised.port("a"), "x\n") == "x\n")
            kill(try supervised.gate("a"), SIGKILL)
            _ = try supervised.log.wait(for: "ready", count: 2) { $0["service"] == "a" }
            try waitUntilHandled(from: "a", supervised)
            #expect(!supervised.log.all.contains { $0.event == "gate_nonsense" })
        }

        @Test("in a flood from two gates `doorward status` answers within a second, and no process takes more memory")
        func flood() throws {
            let supervised = try Supervised(services: ["a": echo, "b": echo, "other": echo])
            let limits = FloodLimits(supervised, processes: [supervised.pid])
            try fuzz { seed in
                let senders = try ["a", "b"].enumerated().map { index, name in
                    var messages = HostileMessages(seed: seed << 1 | UInt64(index), from: RealMessages.ofGate)
                    let contents = (0..<256).map { _ in
                        messages.next {
                            switch $0 {
                            case .message(.offence), .nonsense: false
                            case .message, .unknown: true
                            }
                        }
                    }
                    return try sender(of: contents, frames(of: name, supervised))
                }
                try limits.expect(in: senders, "seed \(seed)")
                #expect(try exchange(port: supervised.port("other"), "x\n") == "x\n", "seed \(seed)")
                #expect(!supervised.log.all.contains { $0.event == "gate_nonsense" }, "seed \(seed)")
            }
            for name in ["a", "b"] { try waitUntilHandled(from: name, supervised) }
            supervised.expectNoTrap()
            #expect(supervised.stop() == 0)
        }

        @Test(
            "a sensor's gate that has ever new addresses banned delays no command, and takes no more than its bans do")
        func bans() throws {
            // Every place of the table is taken first: 16 384 of each family.
            let end = UInt64(Date().timeIntervalSince1970) + 86400
            let bans = (0..<UInt32(16_384)).flatMap { number in
                [Self.prefix(number), Self.prefix6(number)].map { "\($0) sensor:trap 1 \(end) 0 1\n" }
            }
            let supervised = try Supervised(
                services: ["trap": "listen = [\"127.0.0.1:0\"]\nsensor = \"1h\"\n", "other": echo],
                host: "exempt = [\"127.0.0.0/8\"]\n", files: ["state/bans": bans.joined()])
            #expect(!supervised.log.all.contains { $0.event == "ban_lost" })
            let frames = try frames(of: "trap", supervised)
            // Time for a new list of bans, and for the file.
            let limits = FloodLimits(supervised, processes: [supervised.pid], warmUp: 4)
            try fuzz { seed in
                var number = UInt32(seed) << 20
                let sender = {
                    number += 1
                    return try frames.send(GateMessage.offence(Self.prefix(number), .sensor).bytes)
                }
                try limits.expect(in: [sender], "seed \(seed)")
                #expect(try exchange(port: supervised.port("other"), "x\n") == "x\n", "seed \(seed)")
            }
            #expect(!supervised.log.all.contains { $0.event == "gate_nonsense" })
            #expect(supervised.stop() == 0)
        }

        private static func prefix(_ number: UInt32) -> IPPrefix { IPPrefix(of: .v4(10 << 24 + number), length: 32) }
        private static func prefix6(_ number: UInt32) -> IPPrefix {
            IPPrefix(of: .v6((0x2001_0db8 << 32 + UInt128(number)) << 64), length: 64)
        }

        @Test("whatever a gate answers to `doorward explain`, neither the supervisor nor the command ends by it")
        func answers() throws {
            try fuzz { seed in
                let supervised = try Supervised(services: ["a": echo, "b": echo, "c": echo])
                let status = RealMessages.ofGate.filter { $0.kind == .sourceStatus }
                var messages = HostileMessages(seed: seed, from: status)
                let answers = (0..<8).map { _ in
                    messages.next { if case .message(.sourceStatus) = $0 { true } else { false } }
                }
                // The largest numbers as all fields, and as the two of a wait, which is then longer than a wait can be.
                let most = [UInt8](repeating: 0xff, count: 7) + [0x7f]
                let zero = [UInt8](repeating: 0, count: 8)
                let whole = [[0x53, 1]] + [[UInt8]](repeating: most, count: 12)
                let wait = [[0x53, 1], zero, zero, zero, most, most, zero, zero, zero, zero]
                let last = [messages.nonsense(), whole.flatMap { $0 }, wait.flatMap { $0 }]
                let explains = try zip(["a", "b", "c"], last).map { service, last in
                    try self.answer(with: answers, last, in: service, supervised, "seed \(seed)")
                }
                for explain in explains { #expect(explain.wait() < 128, "seed \(seed)") }
                supervised.expectNoTrap("seed \(seed)")
                #expect(supervised.stop() == 0, "seed \(seed)")
            }
        }

        /// Answers in a gate's place what `doorward explain` asks it, and at last with nonsense.
        ///
        /// - Returns: the last `doorward explain`, which the supervisor answers after two seconds.
        private func answer(
            with answers: [[UInt8]], _ nonsense: [UInt8], in service: String, _ supervised: Supervised,
            _ comment: Comment
        ) throws -> Child {
            let gate = try supervised.gate(service)
            let frames = try frames(of: service, supervised)
            let orders = try ForgedMessages(from: supervised.pid, to: gate)
            kill(gate, SIGSTOP)
            func explain(answeredBy answer: [UInt8]) throws -> Child {
                let explain = try Child(
                    [Supervised.program, "explain", service, "127.0.0.1", "--config", supervised.configuration],
                    variables: ["PATH": "/usr/bin:/bin"])
                // The number of the query is the first field after kind and version.
                var query: [UInt8]
                // The supervisor may ask for a sign of life meanwhile, which has no fields.
                repeat { query = try orders.take() } while query.count < 10
                try frames.send(answer.prefix(2) + query[2..<10] + Array(answer.dropFirst(10)))
                return explain
            }
            for answer in answers { #expect(try explain(answeredBy: answer).wait() < 128, comment) }
            let last = try explain(answeredBy: nonsense)
            _ = try supervised.log.wait(for: "gate_died") { $0["pid"] == "\(gate)" }
            _ = try supervised.log.wait(for: "ready", count: 2) { $0["service"] == service }
            #expect(try exchange(port: supervised.port(service), "x\n") == "x\n", comment)
            return last
        }
    }
}
