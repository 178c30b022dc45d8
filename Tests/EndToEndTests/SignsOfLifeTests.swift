// Gates and resolvers that do not answer. What takes seconds here happens at the same time.
import Foundation
import Testing

extension EndToEndTests {
    @Suite("Signs of life")
    struct SignsOfLifeTests {
        private func service(_ more: String = "") -> String {
            "listen = [\"127.0.0.1:0\"]\nhandler = [\"echo\"]\n" + more
        }

        /// Holds a process in the middle of what it does, so that SIGCONT does not let it go on, until it is killed.
        /// Source: ptrace(2), PTRACE_ATTACH.
        private static let holder = """
            import ctypes, os, sys
            pid, all = int(sys.argv[1]), 0x40000000
            if ctypes.CDLL(None).ptrace(16, pid, 0, 0) != 0: sys.exit(1)
            os.waitpid(pid, all)
            print("held", flush=True)
            os.waitpid(pid, all)
            """

        private func hold(_ pid: Int32) throws -> Process {
            let (holder, output) = (Process(), Pipe())
            holder.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
            holder.arguments = ["-c", Self.holder, "\(pid)"]
            holder.standardOutput = output
            try holder.run()
            guard !output.fileHandleForReading.availableData.isEmpty else {
                throw HarnessError("\(pid) is not held")
            }
            return holder
        }

        @Test(
            "a gate that is stopped is replaced, one that keeps listening is ended, and a resolver is replaced",
            .enabled(if: isRoot, "needs root for ptrace"))
        func stopped() throws {
            let names = "nameservers = [\"127.0.0.1:1\"]\n"
            let doorward = try Supervised(
                services: [
                    "silent": service(), "unwilling": service(), "listed": service("dnsbl = [\"bl.example deny\"]\n"),
                    "moving": service("[limits]\nconnections = 1\n"), "other": service(),
                ], host: names)
            let resolver = try #require(Int32(try doorward.log.wait(for: "resolver_ready")["pid"] ?? ""))
            let gates = try (silent: doorward.gate("silent"), unwilling: doorward.gate("unwilling"))
            let live = try (
                silent: Client(port: doorward.port("silent")), lost: Client(port: doorward.port("unwilling")),
                moving: Client(port: doorward.port("moving"))
            )
            for client in [live.silent, live.lost, live.moving] {
                client.send("a\n")
                #expect(client.read() == "a\n")
            }
            let lost = try doorward.log.wait(for: "accept") { $0["service"] == "unwilling" }
            let holder = try hold(gates.unwilling)
            for pid in [gates.silent, resolver] { kill(pid, SIGSTOP) }

            // A gate that gives up its address while it is at its limit serves the queue for as long as that lasts.
            let moved = service("[limits]\nconnections = 1\n").replacingOccurrences(of: "127.0.0.1", with: "127.0.0.9")
            try doorward.write(moved, to: "services/moving.toml")
            // While one of them does not answer, a reload closes its service to everybody.
            try doorward.write(service("access = [\"deny all\"]\n"), to: "services/unwilling.toml")
            try doorward.reload()
            _ = try doorward.log.wait(for: "ready", count: 2) { $0["service"] == "unwilling" }
            #expect(try exchange(port: doorward.port("other"), "b\n") == "b\n")
            let command = [Supervised.program, "status", "--config", doorward.directory + "/doorward.toml"]
            #expect(try run(command).output.contains("\nunwilling: gate \(gates.unwilling) drains"))

            _ = try doorward.log.wait(for: "resolver_silent")
            let silent = try doorward.log.wait(for: "gate_silent") { $0["service"] == "silent" }
            #expect(silent["pid"] == "\(gates.silent)")
            _ = try doorward.log.wait(for: "ready", count: 2) { $0["service"] == "silent" }
            #expect(try exchange(port: doorward.port("silent"), "c\n") == "c\n")
            // It goes on, and serves the connection that it has.
            live.silent.send("d\n")
            #expect(live.silent.read() == "d\n")
            live.silent.close()
            _ = try doorward.log.wait(for: "gate_ended") { $0["pid"] == "\(gates.silent)" }

            _ = try doorward.log.wait(for: "gate_killed") {
                $0["message"]?.contains("pid \(gates.unwilling): ") == true
            }
            let named = try doorward.log.wait(for: "connection_lost")
            #expect(named["pid"] == lost["pid"] && named["gate"] == "\(gates.unwilling)")
            #expect(live.lost.readToEnd() == "")
            #expect(try exchange(port: doorward.port("unwilling"), "") == "")
            holder.waitUntilExit()
            live.moving.send("e\n")
            #expect(live.moving.read() == "e\n")
            live.moving.close()
            _ = try doorward.log.wait(for: "resolver_ready", count: 2)
            #expect(doorward.stop() == 0)
        }
    }
}
