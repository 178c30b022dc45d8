// Gates and resolvers that do not answer. What takes seconds here happens at the same time.
import Foundation
import Testing

extension EndToEndTests {
    @Suite("Signs of life")
    struct SignsOfLifeTests {
        private func service(_ more: String = "") -> String {
            "listen = [\"127.0.0.1:0\"]\nhandler = [\"echo\"]\n" + more
        }

        @Test("a gate that is stopped is replaced, one that keeps listening is ended, and a resolver is replaced")
        func stopped() throws {
            let names = "nameservers = [\"127.0.0.1:1\"]\n"
            let doorward = try Supervised(
                services: [
                    "silent": service(), "unwilling": service(), "listed": service("dnsbl = [\"bl.example deny\"]\n"),
                    "other": service(),
                ], host: names)
            let resolver = try #require(Int32(try doorward.log.wait(for: "resolver_ready")["pid"] ?? ""))
            let gates = try (silent: doorward.gate("silent"), unwilling: doorward.gate("unwilling"))
            let live = try (
                silent: Client(port: doorward.port("silent")), lost: Client(port: doorward.port("unwilling"))
            )
            for client in [live.silent, live.lost] {
                client.send("a\n")
                #expect(client.read() == "a\n")
            }
            let lost = try doorward.log.wait(for: "accept") { $0["service"] == "unwilling" }
            for pid in [gates.silent, gates.unwilling, resolver] { kill(pid, SIGSTOP) }

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
            _ = try doorward.log.wait(for: "resolver_ready", count: 2)
            #expect(doorward.stop() == 0)
        }
    }
}
