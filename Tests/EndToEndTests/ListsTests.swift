// DNS block lists with a real rbldnsd, with a name server that never answers, and with none.
import Foundation
import Glibc
import Testing

extension EndToEndTests {
    @Suite("DNS block lists", .enabled(if: Rbldnsd.isThere, "needs rbldnsd"))
    struct ListsTests {
        private let echo = "listen = [\"127.0.0.1:0\"]\nhandler = [\"echo\"]\n"
        private let list = """
            $TTL 3600
            :127.0.0.2:Listed
            127.0.0.66
            127.0.0.77 :127.0.0.4:worse

            """

        private func supervised(_ lines: String, asking port: UInt16) throws -> Supervised {
            try Supervised(services: ["a": lines], host: "nameservers = [\"127.0.0.1:\(port)\"]\n")
        }

        /// The pid of the resolver, once it is ready.
        private func resolver(_ supervised: Supervised, count: Int = 1) throws -> Int32 {
            try #require(try supervised.log.wait(for: "resolver_ready", count: count)["pid"].flatMap { Int32($0) })
        }

        @Test("a listed client is refused and the log names the list; others are served; answers are kept")
        func listed() throws {
            let server = try Rbldnsd(list)
            let supervised = try supervised(echo + "dnsbl = [\"bl.test deny\"]\n", asking: server.port)
            let port = try supervised.port("a")
            #expect(try answer(port, to: "x\n", from: "127.0.0.5") == "x\n")
            #expect(try answer(port, to: "x\n", from: "127.0.0.66") == "")
            let line = try supervised.log.wait(for: "refuse")
            #expect(line["cause"] == "dnsbl" && line["list"] == "bl.test" && line["setting"] == "dnsbl")
            // From here on there is no name server, only the kept answers.
            server.end()
            #expect(try answer(port, to: "x\n", from: "127.0.0.66") == "")
            #expect(try answer(port, to: "x\n", from: "127.0.0.5") == "x\n")
            try wait(for: "dnsbl", 2, supervised)
            #expect(try count("unlisted", supervised) == 0)
            #expect(!supervised.log.all.contains { $0.event == "dnsbl_no_answer" })
            // Without an answer the client is admitted, and counted as unlisted.
            #expect(try answer(port, to: "x\n", from: "127.0.0.77") == "x\n")
            #expect(try count("unlisted", supervised) == 1)
            let trouble = try supervised.log.wait(for: "dnsbl_no_answer")
            #expect(trouble["list"] == "bl.test" && trouble["setting"] == "nameservers")
            #expect(trouble["server"] == "127.0.0.1:\(server.port)")
            #expect(trouble["reason"] == "no name server can be reached")
        }

        @Test("a rule with an answer denies by that answer; a rule with a variable gives the handler the variable")
        func results() throws {
            let server = try Rbldnsd(list)
            let supervised = try supervised(
                """
                listen = ["127.0.0.1:0"]
                handler = ["/bin/sh", "-c", "echo level=$LEVEL"]
                environment = { LEVEL = "good" }
                dnsbl = ["bl.test=127.0.0.4 deny", "bl.test LEVEL=bad"]
                """, asking: server.port)
            let port = try supervised.port("a")
            #expect(try answer(port, to: "", from: "127.0.0.77") == "")
            #expect(try answer(port, to: "", from: "127.0.0.66") == "level=bad\n")
            #expect(try answer(port, to: "", from: "127.0.0.5") == "level=good\n")
            let marked = try supervised.log.wait(for: "accept")
            #expect(marked["list"] == "bl.test")
            #expect(try supervised.log.wait(for: "accept", count: 2)["list"] == nil)
        }

        @Test("a silent list delays only the clients that it is asked about, and then they are admitted")
        func silent() throws {
            let server = try SilentNameServer()
            let supervised = try supervised(
                echo + "dnsbl = [\"bl.test deny\"]\naccess = [\"deny 127.0.0.9\", \"allow all\"]\n", asking: server.port
            )
            let port = try supervised.port("a")
            let held = try Client(port: port, source: "127.0.0.5")
            held.send("x\n")
            held.shutdownWrite()
            try wait(for: "waiting", 1, supervised)
            // Access rules come first: the gate asks no list about a client that they refuse.
            #expect(try answer(port, to: "x\n", from: "127.0.0.9") == "")
            try wait(for: "access_rule", 1, supervised)
            #expect(try count("waiting", supervised) == 1)
            #expect(held.readToEnd() == "x\n")
            #expect(server.questions >= 1)
            // The gate remembers for a while that no answer came, and the next client of that source does not wait.
            #expect(try answer(port, to: "y\n", from: "127.0.0.5") == "y\n")
            try wait(for: "unlisted", 2, supervised)
            _ = server
        }

        @Test("a resolver that dies is replaced; until then no client is refused, then the lists decide again")
        func replaced() throws {
            let server = try Rbldnsd(list)
            let supervised = try supervised(echo + "dnsbl = [\"bl.test deny\"]\n", asking: server.port)
            let port = try supervised.port("a")
            kill(try resolver(supervised), SIGKILL)
            #expect(try supervised.log.wait(for: "resolver_died")["signal"] == "KILL")
            #expect(try resolver(supervised, count: 2) > 0)
            try wait(until: { try answer(port, to: "x\n", from: "127.0.0.66") == "" })
            #expect(try supervised.log.wait(for: "refuse")["cause"] == "dnsbl")
        }

        @Test("a reload asks the new name servers, also about the clients that already wait for an answer")
        func reload() throws {
            let silent = try SilentNameServer()
            let server = try Rbldnsd(list)
            let supervised = try supervised(echo + "dnsbl = [\"bl.test deny\"]\n", asking: silent.port)
            let port = try supervised.port("a")
            let held = try Client(port: port, source: "127.0.0.66")
            try wait(for: "waiting", 1, supervised)
            let text = try String(contentsOfFile: supervised.directory + "/doorward.toml", encoding: .utf8)
            try supervised.write(
                text.replacingOccurrences(of: ":\(silent.port)", with: ":\(server.port)"), to: "doorward.toml")
            try supervised.reload()
            #expect(held.readToEnd() == "")
            #expect(try supervised.log.wait(for: "refuse")["list"] == "bl.test")
        }

        @Test("the resolver ends when no service has lists any more; status names its pid")
        func needless() throws {
            let server = try Rbldnsd(list)
            let supervised = try supervised(echo + "dnsbl = [\"bl.test deny\"]\n", asking: server.port)
            let pid = try resolver(supervised)
            func status() throws -> String {
                try run([Supervised.program, "status", "--config", supervised.directory + "/doorward.toml"]).output
            }
            #expect(try status().contains("DNS block lists: asked by pid \(pid)\n"))
            try supervised.write(echo, to: "services/a.toml")
            try supervised.reload()
            // A reload starts another resolver, which ends when the gate with lists has ended.
            try wait(until: { try !status().contains("DNS block lists") })
            try wait(until: { kill(pid, 0) != 0 })
            #expect(supervised.stop() == 0)
        }

        @Test(
            "the resolver has a user of its own, no capability, no_new_privs and a system call filter",
            .enabled(if: isRoot))
        func confined() throws {
            let server = try Rbldnsd(list)
            let supervised = try supervised(echo + "dnsbl = [\"bl.test deny\"]\n", asking: server.port)
            let status = try String(contentsOfFile: "/proc/\(try resolver(supervised))/status", encoding: .utf8)
            func field(_ name: String) -> [Substring] {
                status.split(separator: "\n").first { $0.hasPrefix(name + ":") }?.dropFirst(name.count + 1)
                    .split(separator: "\t") ?? []
            }
            #expect(Set(field("Uid")).count == 1 && field("Uid").first != "0")
            #expect(field("CapEff") == ["0000000000000000"] && field("CapBnd") == ["0000000000000000"])
            #expect(field("NoNewPrivs") == ["1"] && field("Seccomp") == ["2"])
        }

        @Test("the resolver raises its descriptor limit to the hard limit: each gate takes a descriptor")
        func descriptorLimit() throws {
            let server = try Rbldnsd(list)
            let supervised = try Supervised(
                services: ["a": echo + "dnsbl = [\"bl.test deny\"]\n"],
                host: "nameservers = [\"127.0.0.1:\(server.port)\"]\n", prefix: ["prlimit", "--nofile=256:2048"])
            let limits = try String(contentsOfFile: "/proc/\(try resolver(supervised))/limits", encoding: .utf8)
            let line = limits.split(separator: "\n").first { $0.hasPrefix("Max open files") }
            #expect(line?.split(separator: " ").dropFirst(3).prefix(2) == ["2048", "2048"])
        }
    }
}
