// Bans from their cause to their end, rates, and the ways in which a gate refuses a client.
import Foundation
import Glibc
import Testing

extension EndToEndTests {
    @Suite("Bans")
    struct BansTests {
        private let echo = "listen = [\"127.0.0.1:0\"]\nhandler = [\"echo\"]\n"
        private let trap = "listen = [\"127.0.0.1:0\"]\nsensor = \"1h\"\n"

        private func doorward(_ arguments: [String], _ supervised: Supervised) throws -> Outcome {
            try run([Supervised.program] + arguments + ["--config", supervised.directory + "/doorward.toml"])
        }

        /// What a client at this address gets for a line.
        private func answer(_ port: UInt16, from source: String) throws -> String {
            let client = try Client(port: port, source: source)
            client.send("x\n")
            client.shutdownWrite()
            return client.readToEnd()
        }

        /// Connects until the answer is the expected one: a ban reaches the gates within a tenth of a second.
        private func waitFor(_ expected: String, _ port: UInt16, from source: String) throws {
            var got = try answer(port, from: source)
            for _ in 0..<500 {
                if got == expected { break }
                usleep(10_000)
                got = try answer(port, from: source)
            }
            #expect(got == expected)
        }

        private func bans(_ supervised: Supervised) throws -> [[String: Any]] {
            let outcome = try doorward(["blocked", "--json"], supervised)
            let all = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any]
            return try #require(all?["bans"] as? [[String: Any]])
        }

        @Test("a ban by command holds for every service at once, names its reason, counts refusals, and ends")
        func command() throws {
            let supervised = try Supervised(services: ["a": echo, "b": echo])
            let ports = try [supervised.port("a"), supervised.port("b")]
            let open = try Client(port: ports[0], source: "127.0.0.2")
            open.send("a\n")
            #expect(open.read() == "a\n")
            let block = try doorward(["block", "127.0.0.0/30", "--for", "1h", "--reason", "a test"], supervised)
            #expect(block.status == 0)
            #expect(block.output == "127.0.0.0/30 is banned for 3600 s\n")
            for port in ports { try waitFor("", port, from: "127.0.0.2") }
            let line = try supervised.log.wait(for: "refuse")
            #expect(line["cause"] == "ban")
            #expect(line["ban"] == "127.0.0.0/30")
            #expect(line["for"] == "command:a%20test")
            #expect(try answer(ports[1], from: "127.0.0.4") == "x\n")
            open.send("b\n")
            #expect(open.read() == "b\n", "an open connection goes on")
            let explained = try doorward(["explain", "a", "127.0.0.2"], supervised)
            #expect(explained.status == 1)
            #expect(explained.output.contains("127.0.0.0/30 is banned for"))
            #expect(explained.output.contains("[doorward unblock 127.0.0.0/30]"))
            var hits = 0
            for _ in 0..<500 {
                hits = try bans(supervised).first?["hits"] as? Int ?? 0
                if hits >= 2 { break }
                usleep(10_000)
            }
            #expect(hits >= 2)
            #expect(
                try doorward(["unblock", "127.0.0.2"], supervised).error == "127.0.0.2 is not banned; 127.0.0.0/30 is\n"
            )
            #expect(try doorward(["unblock", "127.0.0.0/30"], supervised).status == 0)
            for port in ports { try waitFor("x\n", port, from: "127.0.0.2") }
            #expect(try doorward(["blocked"], supervised).output == "no bans\n")
        }

        @Test("a sensor bans a source that connects to it from every service, and never an exempt source")
        func sensor() throws {
            let supervised = try Supervised(
                services: ["a": echo, "trap": trap], host: "exempt = [\"127.0.0.8\"]\n")
            #expect(try answer(supervised.port("trap"), from: "127.0.0.8") == "")
            #expect(try answer(supervised.port("trap"), from: "127.0.0.9") == "")
            let ban = try supervised.log.wait(for: "ban")
            #expect(ban["prefix"] == "127.0.0.9")
            #expect(ban["for"] == "sensor:trap")
            try waitFor("", supervised.port("a"), from: "127.0.0.9")
            #expect(try answer(supervised.port("a"), from: "127.0.0.8") == "x\n")
            #expect(try bans(supervised).map { $0["prefix"] as? String } == ["127.0.0.9"])
            let explained = try doorward(["explain", "trap", "192.0.2.1"], supervised).output
            #expect(explained.contains("the service is a sensor") && explained.contains("a sensor starts nothing"))
            let refused = try doorward(["block", "127.0.0.8"], supervised)
            #expect(refused.status == 1)
            #expect(refused.error == "127.0.0.8 is not banned: 127.0.0.8 is exempt [exempt]\n")
            // A ban of the prefix around it does not ban it either.
            #expect(try doorward(["block", "127.0.0.0/28"], supervised).status == 0)
            try waitFor("", supervised.port("a"), from: "127.0.0.7")
            #expect(try answer(supervised.port("a"), from: "127.0.0.8") == "x\n")
            #expect(try doorward(["explain", "a", "127.0.0.8"], supervised).status == 0)
        }

        @Test("bans outlive the supervisor; it logs a line of their file that it cannot read, and keeps the others")
        func restart() throws {
            let supervised = try Supervised(services: ["a": echo])
            #expect(try doorward(["block", "127.0.0.2"], supervised).output == "127.0.0.2 is banned\n")
            #expect(supervised.stop() == 0)
            let file = supervised.directory + "/state/bans"
            #expect(try String(contentsOfFile: file, encoding: .utf8).hasPrefix("127.0.0.2 command "))
            let next = try Supervised(
                services: ["a": echo], files: ["state/bans": "nonsense\n127.0.0.3 command:why 1 never 7 1\n"])
            #expect(try answer(next.port("a"), from: "127.0.0.3") == "")
            let ban = try #require(try bans(next).first)
            #expect(ban["prefix"] as? String == "127.0.0.3" && ban["for"] as? String == "command:why")
            #expect(ban["hits"] as? Int ?? 0 >= 7)
            let lost = try next.log.wait(for: "ban_lost")
            #expect(lost.description.contains("/state/bans:1: error: expected PREFIX CAUSE BEGAN END HITS STRIKES"))
        }

        @Test("a handler's end costs its source points, enough points ban it, and the ban names the kind of end")
        func penalties() throws {
            let service = """
                listen = ["127.0.0.1:0"]
                handler = ["DIRECTORY/fail"]
                [penalties]
                exit = { 77 = 50 }
                signal = 100
                """
            let supervised = try Supervised(
                services: ["a": echo, "login": service],
                files: ["fail": "#!/bin/sh\nread -r way\n[ \"$way\" = kill ] && kill -9 $$\nexit \"$way\"\n"])
            func end(_ way: String, from source: String) throws {
                let client = try Client(port: supervised.port("login"), source: source)
                client.send(way + "\n")
                _ = client.readToEnd()
            }
            for _ in 0..<3 { try end("1", from: "127.0.0.2") }
            try end("77", from: "127.0.0.2")
            _ = try supervised.log.wait(for: "end", count: 4)
            #expect(try bans(supervised).isEmpty)
            try end("77", from: "127.0.0.2")
            #expect(try supervised.log.wait(for: "ban")["for"] == "penalties:login:exit")
            try end("kill", from: "127.0.0.3")
            #expect(try supervised.log.wait(for: "ban", count: 2)["for"] == "penalties:login:signal")
            try waitFor("", supervised.port("a"), from: "127.0.0.3")
        }

        @Test("after a change of source_prefix, an old gate bans by the old prefix, and its connections go on")
        func otherSources() throws {
            let service = """
                listen = ["127.0.0.1:0"]
                handler = ["DIRECTORY/fail"]
                [penalties]
                failure = 100
                """
            let supervised = try Supervised(
                services: ["login": service], files: ["fail": "#!/bin/sh\nread -r way\nread -r way\nexit \"$way\"\n"])
            let clients = try ["127.0.0.2", "127.0.0.3"].map { try Client(port: supervised.port("login"), source: $0) }
            _ = try supervised.log.wait(for: "accept", count: 2)
            let host = try String(contentsOfFile: supervised.directory + "/doorward.toml", encoding: .utf8)
            try supervised.write(host + "source_prefix = { ipv4 = 24, ipv6 = 48 }\n", to: "doorward.toml")
            #expect(try doorward(["reload"], supervised).status == 0)
            _ = try supervised.log.wait(for: "closed")
            clients[0].send("\n1\n")
            #expect(clients[0].readToEnd() == "")
            #expect(try supervised.log.wait(for: "ban")["prefix"] == "127.0.0.2")
            clients[1].send("\n0\n")
            #expect(clients[1].readToEnd() == "")
            let end = try supervised.log.wait(for: "end", count: 2)
            #expect(end["status"] == "0")
            #expect(!supervised.log.all.contains { $0.event == "gate_nonsense" })
        }

        @Test("a source that connects too often is refused, others are served, and the log names the setting")
        func rate() throws {
            let supervised = try Supervised(services: ["a": echo + "[limits]\nrate = \"2/h\"\n"])
            let port = try supervised.port("a")
            for _ in 0..<2 { #expect(try answer(port, from: "127.0.0.2") == "x\n") }
            for _ in 0..<3 { #expect(try answer(port, from: "127.0.0.2") == "") }
            #expect(try answer(port, from: "127.0.0.3") == "x\n")
            let line = try supervised.log.wait(for: "refuse", count: 3)
            #expect(line["cause"] == "source_rate")
            #expect(line["setting"] == "limits.rate")
        }

        @Test("above the service's total rate no client is refused: the next one waits for its turn")
        func totalRate() throws {
            let supervised = try Supervised(
                services: ["a": echo + "[limits]\ntotal_rate = \"1/500ms\"\ntotal_burst = 1\n"])
            let port = try supervised.port("a")
            let start = Date()
            for _ in 0..<3 { #expect(try answer(port, from: "127.0.0.2") == "x\n") }
            #expect(Date().timeIntervalSince(start) > 0.9)
            #expect(!supervised.log.all.contains { $0.event == "refuse" })
        }

        @Test("unblock after a ban's end forgets the ban too: the next ban is the first one again")
        func unblockedLater() throws {
            let supervised = try Supervised(services: ["a": echo])
            for _ in 1...2 {
                #expect(try doorward(["block", "127.0.0.2", "--for", "1s"], supervised).status == 0)
                try wait(until: { try bans(supervised).isEmpty })
                let outcome = try doorward(["unblock", "127.0.0.2"], supervised)
                #expect(outcome.status == 0 && outcome.output.contains("was not banned any more"))
                #expect(try doorward(["unblock", "127.0.0.2"], supervised).status == 1)
            }
            _ = try supervised.log.wait(for: "ban", count: 2)
            #expect(supervised.log.all.filter { $0.event == "ban" }.allSatisfy { $0["strikes"] == "1" })
        }

        @Test("a client that is still sending gets the whole message; a rule may refuse in a way of its own")
        func actions() throws {
            let rules = """
                access = [
                    "deny 127.0.0.3 refuse=reset", "deny 127.0.0.4 message=554 not from there\\r\\n",
                    "deny 127.0.0.5 refuse=close", "deny 127.0.0.2", "allow all"]
                deny_message = "421 not you\\r\\n"
                """
            let supervised = try Supervised(services: ["a": echo + rules])
            let port = try supervised.port("a")
            let client = try Client(port: port, source: "127.0.0.2")
            client.send(String(repeating: "x", count: 100_000))
            #expect(client.readToEnd() == "421 not you\r\n")
            #expect(try Client(port: port, source: "127.0.0.3").endsByReset())
            #expect(try answer(port, from: "127.0.0.4") == "554 not from there\r\n")
            #expect(try answer(port, from: "127.0.0.5") == "")
            _ = try supervised.log.wait(for: "refuse", count: 4)
            let actions = supervised.log.all.filter { $0.event == "refuse" }.map { $0["by"] ?? "close" }
            #expect(actions == ["message", "reset", "message", "close"])
            let explained = try doorward(["explain", "a", "127.0.0.4"], supervised).output
            #expect(explained.contains("says \"554 not from there\\r\\n\", then closes"))
            #expect(try answer(port, from: "127.0.0.1") == "x\n")
        }

        @Test("a tarpit holds as many clients as it has places, and no other client waits for them")
        func tarpit() throws {
            let supervised = try Supervised(services: [
                "a": echo + "access = [\"deny 127.0.0.2\", \"allow all\"]\nrefuse = \"tarpit\"\n"
            ])
            let port = try supervised.port("a")
            let held = try (0..<300).map { _ in try Client(port: port, source: "127.0.0.2") }
            #expect(try supervised.log.wait(for: "refuse", count: 300)["by"] == "tarpit")
            #expect(try answer(port, from: "127.0.0.1") == "x\n")
            // The gate closes a client for which the tarpit has no place; the first client has one.
            #expect(held[299].readToEnd() == "")
            #expect(held[0].isSilent)
        }

        @Test("outside of its hours a service refuses its clients; the log and explain name the setting")
        func closed() throws {
            // A minute of the week that is at least two days away from now.
            let names = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
            var now = time(nil)
            var parts = tm()
            gmtime_r(&now, &parts)
            let other = names[(Int(parts.tm_wday) + 2) % 7]
            let supervised = try Supervised(services: [
                "night": echo + "hours = [\"\(other) 12:00-12:01\"]\ntime_zone = \"UTC\"\n",
                "always": echo + "hours = [\"Mon-Sun 00:00-24:00\"]\nmax_load = 10000\n",
            ])
            #expect(try answer(supervised.port("night"), from: "127.0.0.1") == "")
            let line = try supervised.log.wait(for: "refuse")
            #expect(line["cause"] == "hours" && line["setting"] == "hours")
            #expect(try answer(supervised.port("always"), from: "127.0.0.1") == "x\n")
            let explained = try doorward(["explain", "night", "192.0.2.1"], supervised).output
            #expect(explained.contains("the service is closed at this time, \(names[(Int(parts.tm_wday) + 6) % 7]) "))
            #expect(explained.contains(" [hours]") && explained.contains("services/night.toml:"))
        }

        @Test("a flood of refusals leaves a count in the log instead of a line for each")
        func flood() throws {
            let supervised = try Supervised(services: ["a": echo + "access = [\"deny 127.0.0.2\", \"allow all\"]\n"])
            let port = try supervised.port("a")
            for _ in 0..<2500 { _ = try Client(port: port, source: "127.0.0.2") }
            let suppressed = try supervised.log.wait(for: "refuse_suppressed")
            let count = try #require(Int(suppressed["count"] ?? ""))
            #expect(count > 100)
            #expect(try answer(port, from: "127.0.0.1") == "x\n")
        }

        /// Whether a client at this address gets a connection within half a second.
        private func connects(_ port: UInt16, from source: String) throws -> Bool {
            let ask = """
                import socket
                s = socket.socket()
                s.bind(("\(source)", 0))
                s.settimeout(0.5)
                try:
                    s.connect(("127.0.0.1", \(port)))
                    print("yes")
                except TimeoutError: print("no")
                """
            return try run(["/usr/bin/python3", "-c", ask]).output == "yes\n"
        }

        @Test("a client that the kernel drops gets no answer; status and blocked count it, and unblock ends it")
        func kernel() throws {
            let supervised = try Supervised(
                services: ["a": echo], host: "kernel_filter = true\nblock_list = \"blocked\"\n",
                files: ["blocked": "127.0.0.7\n"])
            let state = try supervised.log.wait(for: "kernel_filter")
            guard state["on"] == "yes" else {
                #expect(try doorward(["status"], supervised).output.contains("kernel filter: off: "))
                return
            }
            let port = try supervised.port("a")
            #expect(try !connects(port, from: "127.0.0.7"))
            #expect(try connects(port, from: "127.0.0.2"))
            #expect(try doorward(["block", "127.0.0.2"], supervised).status == 0)
            #expect(try !connects(port, from: "127.0.0.2"))
            #expect(try bans(supervised).first?["hits"] as? Int ?? 0 > 0)
            let status = try doorward(["status"], supervised).output
            #expect(status.contains("kernel filter: dropped "))
            #expect(!status.contains("dropped 0 SYNs by bans"))
            #expect(try doorward(["unblock", "127.0.0.2"], supervised).status == 0)
            #expect(try connects(port, from: "127.0.0.2"))
            try supervised.write("127.0.0.3\n", to: "blocked")
            _ = try supervised.log.wait(for: "block_list")
            #expect(try connects(port, from: "127.0.0.7"))
            #expect(try !connects(port, from: "127.0.0.3"))
            #expect(!supervised.log.all.contains { $0.event == "refuse" })
        }
    }
}
