// Gates, resolvers and writers of the log from inside: Tests/GateAttacker takes them over. They reach nobody else. With
// the sandbox off the same attempts work, which shows that the first tests can fail.
import Addresses
import Foundation
import Glibc
import Messages
import Testing

extension EndToEndTests {
    @Suite("Taken over", .enabled(if: isRoot, "without root, services have no user of their own"))
    struct TakenOverTests {
        /// Attempts of handlers that say nothing about a gate, and why.
        private static let notOfGates: Set<String> = [
            // It has descriptors, and the environment of the supervisor's choice.
            "descriptors", "environment",
            // Its pipe and descriptor 2.
            "read-log", "truncate-log",
            // A gate's memory is bounded by the control group alone.
            "fill-memory",
        ]

        /// Attempts that a gate may make, and whose effects these tests look at from outside, each in a gate of its
        /// own.
        private static let allowed: Set<String> = [
            "pass-lingering", "send-reports", "shut-channels", "miscount", "listener-options",
            "listener-shutdown", "listener-owner", "start-process", "leave-daemon", "leave-runner", "hold-connection",
        ]

        private func expectRefused(_ attempts: [Attempt], _ names: [String], _ rig: TakenOverRig) throws {
            #expect(Set(names).subtracting(attempts.map(\.name)) == [])
            for attempt in attempts {
                #expect(try rig.isRefused(attempt), "\(attempt.name): \(attempt.result) \(attempt.how)")
            }
        }

        @Test(
            "a gate that is taken over is refused every attempt on others, also on those of its user",
            arguments: [nil, "nobody"])
        func gate(user: String?) throws {
            let rig = try TakenOverRig(user: user)
            // What takes time comes last. A user that a file names may have any number of processes.
            let last = user == nil ? ["fork-bomb"] : []
            let names = try TakenOver.names().filter {
                !Self.notOfGates.contains($0) && !Self.allowed.contains($0) && $0 != "fork-bomb"
            }
            try expectRefused(rig.attempts(names + last), names + last, rig)
            let onResolver = names.filter { $0.hasSuffix("-sibling") }
            try expectRefused(rig.attempts(onResolver, on: rig.resolver), onResolver, rig)
            // That gate has pipes to the resolver too.
            let onPipes = ["send-up", "pass-descriptor", "read-own-pipes", "grow-pipes"]
            try expectRefused(rig.attempts(onPipes, in: rig.doorward.gate("listed")), onPipes, rig)
            try rig.expectOthersUnhurt()
            #expect(try exchange(port: rig.doorward.port("attacked"), "x\n") == "x\n", "the gate goes on")
            rig.sibling.close()
            #expect(rig.doorward.stop() == 0)
        }

        @Test("a connection of which the last close waits cannot be passed on")
        func lingering() throws {
            let rig = try TakenOverRig()
            kill(try rig.gate, SIGSTOP)
            let client = try Client(port: rig.doorward.port("attacked"))
            try expectRefused(rig.attempts(["pass-lingering"]), ["pass-lingering"], rig)
            try rig.expectOthersUnhurt()
            client.reset()
        }

        @Test(
            "what a gate does to its listener ends with the gate, and what it does to its channels harms itself",
            arguments: [
                "listener-options", "listener-shutdown", "listener-owner", "shut-channels", "miscount",
            ])
        func itself(name: String) throws {
            let rig = try TakenOverRig()
            let port = try rig.doorward.port("attacked")
            let attempts = try rig.attempts([name])
            #expect(attempts.map(\.result) == ["allowed"], "\(attempts)")
            if name == "listener-owner" { _ = try? exchange(port: port, "x\n") }
            try rig.expectOthersUnhurt()
            try rig.replaceGate()
            #expect(try exchange(port: port, "x\n") == "x\n")
            try rig.expectOthersUnhurt()
            switch name {
            case "listener-options", "listener-owner": _ = try rig.doorward.log.wait(for: "listener_changed")
            case "listener-shutdown": _ = try rig.doorward.log.wait(for: "listener_replaced")
            default: break
            }
        }

        @Test("what a gate leaves ends when the gate has ended", arguments: ["leave-daemon", "leave-runner"])
        func leftovers(name: String) throws {
            let rig = try TakenOverRig()
            let attempts = try rig.attempts([name])
            let pid = try #require(attempts.first.flatMap { $0.result == "left" ? Int32($0.how) : nil }, "\(attempts)")
            let user = try userOfProcess(rig.gate)
            try rig.replaceGate()
            let gate = try rig.gate
            #expect(ends(pid))
            try wait { try processes(of: user) == [gate] }
            try rig.expectOthersUnhurt()
        }

        @Test("reports ban no exempt address, no upstream and none of the machine, and push out nobody else's bans")
        func offences() throws {
            // Every place of the table is taken.
            let end = UInt64(Date().timeIntervalSince1970) + 86400
            let bans = (0..<UInt32(16_384)).map { "\(Self.prefix($0)) penalties:attacked:signal 1 \(end) 0 1\n" }
            let rig = try TakenOverRig(bans: bans.joined())
            let others = (1...50).map { "203.0.113.\($0)" }
            let found = try rig.attempts(
                ["send-reports"], in: rig.doorward.gate("other"), frames: frames(others.map { try IPPrefix($0) }))
            #expect(found.first?.how == "50 reports", "\(found)")
            try wait { try banned(rig).isSuperset(of: others) }

            let spared = ["127.0.0.1", TakenOverRig.exempt, TakenOverRig.upstream]
            let many = (0..<UInt32(20_000)).map { Self.prefix(1 << 20 + $0) }
            let attempts = try rig.attempts(["send-reports"], frames: frames(spared.map { try IPPrefix($0) } + many))
            #expect(attempts.map(\.result) == ["allowed"])
            let sent = try #require(attempts.first?.how.split(separator: " ").first.flatMap { Int($0) })
            #expect(sent > 4000)
            let after = try banned(rig)
            #expect(after.isSuperset(of: others) && after.isDisjoint(with: spared))
            #expect(after.contains { $0.hasPrefix("10.16.") }, "what it may ban is banned")
            try rig.expectOthersUnhurt()
        }

        private func banned(_ rig: TakenOverRig) throws -> Set<String> {
            let lines = try rig.doorward.command(["blocked"]).output.split(separator: "\n")
            return Set(lines.compactMap { $0.split(separator: " ").first.map(String.init) })
        }

        private static func prefix(_ number: UInt32) -> IPPrefix { IPPrefix(of: .v4(10 << 24 + number), length: 32) }

        private func frames(_ prefixes: [IPPrefix]) -> [UInt8] {
            prefixes.flatMap { ForgedFrames.frame(GateMessage.offence($0, .penalties(.signal)).bytes) }
        }

        @Test("with the sandbox off, the attempts work that only the sandbox stops")
        func off() throws {
            let rig = try TakenOverRig("seccomp = \"off\"\nlandlock = \"off\"\nnetwork = true\n")
            let names = [
                "read-definition", "read-passwd", "list-proc", "listener-bind", "listener-fastopen",
                "socket-inet", "tcp-connect", "unix-connect", "exec-shell", "memfd", "ptrace-child",
            ]
            for attempt in try rig.attempts(names) {
                let isBound = attempt.name == "listener-bind" && attempt.how.hasPrefix("EINVAL")
                #expect(attempt.result == "DONE" || isBound, "\(attempt.name): \(attempt.result) \(attempt.how)")
            }
        }

        @Test("a resolver that is taken over is refused every attempt but to ask name servers")
        func resolver() throws {
            let rig = try TakenOverRig()
            let names = try TakenOver.names().filter {
                !Self.notOfGates.contains($0) && !Self.notOfResolvers.contains($0)
            }
            try expectRefused(rig.attempts(names, in: rig.resolver), names, rig)
            try rig.expectOthersUnhurt()
            #expect(try exchange(port: rig.doorward.port("attacked"), "x\n") == "x\n")
        }

        @Test("a writer of the log that is taken over is refused every attempt but to write the log")
        func logWriter() throws {
            let rig = try TakenOverRig()
            let names = try TakenOver.names().filter {
                !Self.notOfGates.contains($0) && !Self.notOfLogWriters.contains($0)
            }
            let writer = try #require(rig.doorward.logWriter)
            try expectRefused(rig.attempts(names, in: writer), names, rig)
            try rig.expectOthersUnhurt()
            #expect(rig.doorward.logWriter == writer)
        }

        /// Attempts of gates and handlers that say nothing about a writer of the log, and why.
        private static var notOfLogWriters: Set<String> {
            // It has no way to the internet. The pipes that it reads are those of others' lines: that is its task.
            notOfResolvers.subtracting(["socket-inet", "socket-inet6", "udp-send"]).union(["read-own-pipes"])
        }

        /// Attempts of gates and handlers that say nothing about a resolver, and why.
        private static let notOfResolvers: Set<String> = [
            // It has no listener, and no such memory.
            "pass-lingering", "listener-repair", "listener-ulp", "listener-fastopen", "listener-detach",
            "listener-device", "listener-mark", "listener-bind", "listener-backlog", "listener-options",
            "listener-shutdown", "listener-owner", "miscount", "cut-memory", "grow-memory", "write-memory",
            "seal-memory",
            // It may open sockets of the internet for datagrams, to ask name servers.
            "socket-inet", "socket-inet6", "udp-send",
            // The signal by which the kernel refuses it would end the resolver.
            "int-0x80",
            // What it may do to itself.
            "send-reports", "shut-channels",
        ]

        @Test("docs/security.md names the attempts of a gate, and those of handlers that it does not make")
        func documents() throws {
            let handlers = Set(try TakenOver.names()).subtracting(try TakenOver.names("own"))
            #expect(try documentedAttempts("attempts of gates").sorted() == (try TakenOver.names("own")).sorted())
            #expect(Set(try documentedAttempts("not of gates")) == Self.notOfGates)
            #expect(Set(try documentedAttempts("not of resolvers")) == Self.notOfResolvers)
            #expect(handlers == Set(try documentedAttempts("attempts")))
        }

        /// The processes of a user, by /proc.
        private func processes(of user: Substring) throws -> [Int32] {
            try FileManager.default.contentsOfDirectory(atPath: "/proc").compactMap { Int32($0) }.filter {
                (try? userOfProcess($0)) == user && isAlive($0)
            }
        }

        private func userOfProcess(_ pid: Int32) throws -> Substring {
            let status = try String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)
            return try #require(status.split(separator: "\n").first { $0.hasPrefix("Uid:") })
        }
    }
}
