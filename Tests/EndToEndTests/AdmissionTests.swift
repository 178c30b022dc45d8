// Admission by block list, access rules and limits. A refusal costs no process and sends no byte.
import Foundation
import Glibc
import Testing

extension EndToEndTests {
    @Suite("Admission")
    struct AdmissionTests {
        @Test("a blocked peer gets zero bytes, the log names service, line and address, and the list is read again")
        func blockList() throws {
            let doorward = try Supervised(
                services: ["echo": "listen = [\"127.0.0.1:0\"]\nhandler = [\"echo\"]"],
                host: "block_list = \"blocked\"\n", files: ["blocked": "# hostile\n10.0.0.4\n127.0.0.2\n"])
            let port = try doorward.port("echo")
            let blocked = try Client(port: port, source: "127.0.0.2")
            #expect(blocked.readToEnd() == "")
            let line = try doorward.log.wait(for: "refuse")
            #expect(line["service"] == "echo")
            #expect(line["cause"] == "block_list")
            #expect(line["rule"] == "\(doorward.directory)/blocked:3")
            #expect(line["message"] == "IP 127.0.0.2 is blocked")
            #expect(try exchange(port: port, "Hello\n") == "Hello\n")

            try doorward.write("127.0.0.0/31\n", to: "blocked")
            _ = try doorward.log.wait(for: "block_list")
            let free = try Client(port: port, source: "127.0.0.2")
            free.send("Hello\n")
            free.shutdownWrite()
            #expect(free.readToEnd() == "Hello\n")
            #expect(try Client(port: port).readToEnd() == "")

            try doorward.write("127.0.0.300\n", to: "blocked")
            let fault = try doorward.log.wait(for: "fault")
            #expect(fault.description.contains("\(doorward.directory)/blocked:1:1: error: '127.0.0.300' is not an IP"))
            #expect(try Client(port: port).readToEnd() == "", "the list that was read before stays in force")
        }

        @Test("the first access rule that matches decides; it may set variables and name another handler")
        func accessRules() throws {
            let doorward = try Supervised(
                services: [
                    "who": """
                    listen = ["127.0.0.1:0"]
                    handler = ["DIRECTORY/who"]
                    access = [
                        "deny 127.0.0.3",
                        "allow 127.0.0.4 TRUSTED=1 LEVEL=high",
                        "allow 127.0.0.5 handler=DIRECTORY/other",
                        "allow 127.0.0.1",
                    ]
                    """
                ],
                files: [
                    "who": "#!/bin/sh\necho \"trusted=$TRUSTED level=$LEVEL\"\n", "other": "#!/bin/sh\necho other\n",
                ])
            let port = try doorward.port("who")
            func answer(_ source: String) throws -> String { try Client(port: port, source: source).readToEnd() }
            #expect(try answer("127.0.0.1") == "trusted= level=\n")
            #expect(try answer("127.0.0.4") == "trusted=1 level=high\n")
            #expect(try answer("127.0.0.5") == "other\n")
            #expect(try answer("127.0.0.3") == "")
            #expect(try answer("127.0.0.6") == "")
            let denied = try doorward.log.wait(for: "refuse")
            #expect(denied["cause"] == "access_rule")
            #expect(denied["rule"] == "\(doorward.directory)/services/who.toml:4")
            #expect(try doorward.log.wait(for: "refuse", count: 2)["cause"] == "no_rule_matches")
            let trusted = try doorward.log.wait(for: "accept") { $0["peer"]?.hasPrefix("127.0.0.4:") == true }
            #expect(trusted["rule"] == "\(doorward.directory)/services/who.toml:5")
        }

        @Test("a source above its limit is refused, other sources are served, and a handler's end frees its place")
        func perSource() throws {
            let doorward = try Supervised(services: [
                "echo": "listen = [\"127.0.0.1:0\"]\nhandler = [\"echo\"]\n[limits]\nper_source = 2"
            ])
            let port = try doorward.port("echo")
            let held = try [Client(port: port), Client(port: port)]
            _ = try doorward.log.wait(for: "accept", count: 2)
            #expect(try Client(port: port).readToEnd() == "")
            let line = try doorward.log.wait(for: "refuse")
            #expect(line["cause"] == "source_limit")
            #expect(line["limit"] == "2")
            #expect(line["setting"] == "limits.per_source")
            let other = try Client(port: port, source: "127.0.0.2")
            other.send("Hello\n")
            other.shutdownWrite()
            #expect(other.readToEnd() == "Hello\n")
            held[0].close()
            _ = try doorward.log.wait(for: "end", count: 2)
            #expect(try exchange(port: port, "Hello\n") == "Hello\n")
            held[1].close()
        }

        @Test("at the service's limit further connections wait, and the gate refuses none")
        func serviceLimit() throws {
            let doorward = try Supervised(services: [
                "echo": "listen = [\"127.0.0.1:0\"]\nhandler = [\"echo\"]\n[limits]\nconnections = 2"
            ])
            let port = try doorward.port("echo")
            let clients = try (0..<8).map { _ in try Client(port: port) }
            _ = try doorward.log.wait(for: "accept", count: 2)
            #expect(descendants(of: try doorward.gate("echo")).count == 2)
            for (number, client) in clients.enumerated() {
                client.send("\(number)\n")
                client.shutdownWrite()
                #expect(client.readToEnd() == "\(number)\n")
            }
            #expect(!doorward.log.all.contains { $0.event == "refuse" })
        }

        @Test("the handler that takes the last place has DOORWARD_PRESSURE=1 in its environment")
        func pressure() throws {
            let doorward = try Supervised(
                services: [
                    "who": "listen = [\"127.0.0.1:0\"]\nhandler = [\"DIRECTORY/who\"]\n[limits]\nconnections = 2"
                ],
                files: ["who": "#!/bin/sh\necho \"pressure=$DOORWARD_PRESSURE\"\nread -r line\n"])
            let clients = try (0..<3).map { _ in try Client(port: doorward.port("who")) }
            #expect(clients[0].read() == "pressure=\n")
            #expect(clients[1].read() == "pressure=1\n")
            clients[0].close()
            #expect(clients[2].read() == "pressure=1\n")
        }

        @Test("ten thousand refusals start no process and leave the gate's memory as it was")
        func manyRefusals() throws {
            let doorward = try Supervised(
                services: ["echo": "listen = [\"127.0.0.1:0\"]\nhandler = [\"echo\"]"],
                host: "block_list = \"blocked\"\n", files: ["blocked": "127.0.0.2\n"])
            let (port, gate) = try (doorward.port("echo"), doorward.gate("echo"))
            func refuse(_ count: Int) throws {
                for _ in 0..<count { try #require(try Client(port: port, source: "127.0.0.2").readToEnd() == "") }
            }
            try refuse(500)
            let before = try privateMemory(of: gate)
            let forks = try forksOfMachine()
            try refuse(9500)
            let arguments = [Supervised.program, "status", "--json", "--config", doorward.directory + "/doorward.toml"]
            #expect(try run(arguments).output.contains("\"block_list\":10000,"))
            #expect(doorward.log.all.count { $0.event == "refuse" } < 5000)
            #expect(try privateMemory(of: gate) - before <= 64)
            // Other programs of the machine fork too; a process for each refusal would be 9500 forks.
            #expect(try forksOfMachine() - forks < 2000)
            #expect(descendants(of: gate).isEmpty)
            #expect(try exchange(port: port, "Hello\n") == "Hello\n")
        }

        /// The anonymous memory of a process, in KiB. Source: proc(5), status.
        private func privateMemory(of pid: Int32) throws -> Int {
            let text = try String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)
            let line = try #require(text.split(separator: "\n").first { $0.hasPrefix("RssAnon:") })
            return try #require(line.split(separator: " ").dropFirst().first.flatMap { Int($0) })
        }

        /// The number of processes made since the machine started. Source: proc(5), stat.
        private func forksOfMachine() throws -> Int {
            let text = try String(contentsOfFile: "/proc/stat", encoding: .utf8)
            let line = try #require(text.split(separator: "\n").first { $0.hasPrefix("processes ") })
            return try #require(Int(line.dropFirst("processes ".count)))
        }

        @Test(
            "only the owner may connect to a unix socket unless [socket] mode lets others connect", .enabled(if: isRoot)
        )
        func unixMode() throws {
            let doorward = try Supervised(services: [
                "closed": "listen = [\"unix:DIRECTORY/closed.sock\"]\nhandler = [\"echo\"]",
                "open": "listen = [\"unix:DIRECTORY/open.sock\"]\nhandler = [\"echo\"]\n"
                    + "[socket]\nmode = \"666\"\ngroup = \"mail\"",
            ])
            func status(_ name: String) -> (mode: UInt32, group: UInt32) {
                var found = stat()
                stat("\(doorward.directory)/\(name).sock", &found)
                return (found.st_mode & 0o777, found.st_gid)
            }
            #expect(status("closed").mode == 0o600)
            #expect(status("open").mode == 0o666)
            #expect(status("open").group == 8)
            let asNobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "nc", "-N", "-U"]
            let open = try run(asNobody + [doorward.directory + "/open.sock"], input: "Hello\n")
            #expect(open.output == "Hello\n")
            let closed = try run(asNobody + [doorward.directory + "/closed.sock"], input: "Hello\n")
            #expect(closed.status != 0)
        }

        @Test("bytes that a peer sends cannot forge a log line")
        func logForgery() throws {
            let doorward = try Supervised(services: [
                "echo": "listen = [\"127.0.0.1:0\"]\nhandler = [\"echo\"]\naccess = [\"allow unix\"]"
            ])
            let client = try Client(port: doorward.port("echo"))
            client.send("\nevent=accept service=forged\n")
            #expect(client.readToEnd() == "")
            _ = try doorward.log.wait(for: "refuse")
            #expect(!doorward.log.all.contains { $0.description.contains("forged") })
        }
    }
}
