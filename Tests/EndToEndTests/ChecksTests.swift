// Checks: programs that the gate asks about a client before it starts a handler for it.
import Foundation
import Glibc
import Testing

extension EndToEndTests {
    @Suite("Checks")
    struct ChecksTests {
        private let echo = "listen = [\"127.0.0.1:0\"]\nhandler = [\"echo\"]\n"

        /// A check that runs a shell script, as a service file spells it.
        private func check(_ script: String) -> String { "[\"/bin/sh\", \"-c\", \"\(script)\"]" }

        /// The lines that checks have written to their descriptor 2.
        private func said(_ supervised: Supervised) -> [String] {
            supervised.log.all.filter { $0.event == "stderr" }.compactMap { $0["text"] }
        }

        @Test("checks run in their order; the first that fails refuses the client, and those after it do not run")
        func order() throws {
            let supervised = try Supervised(services: [
                "a": echo + """
                    checks = [
                        \(check("echo first-$TCPREMOTEIP >&2; test $TCPREMOTEIP != 127.0.0.6")),
                        \(check("echo second-$TCPREMOTEIP >&2; test $TCPREMOTEIP != 127.0.0.7")),
                    ]
                    """
            ])
            let port = try supervised.port("a")
            #expect(try answer(port, to: "x\n", from: "127.0.0.5") == "x\n")
            #expect(try answer(port, to: "x\n", from: "127.0.0.6") == "")
            #expect(try answer(port, to: "x\n", from: "127.0.0.7") == "")
            let line = try supervised.log.wait(for: "refuse", count: 2)
            #expect(line["cause"] == "check" && line["check"] == "/bin/sh" && line["setting"] == "checks")
            #expect(
                said(supervised) == [
                    "first-127.0.0.5", "second-127.0.0.5", "first-127.0.0.6", "first-127.0.0.7", "second-127.0.0.7",
                ])
            try wait(for: "check", 2, supervised)
        }

        @Test("one answer serves all connections of a source, those during the check and those after it")
        func cached() throws {
            let supervised = try Supervised(
                services: [
                    "a": echo + "checks = [\(check("echo asked >&2; while test ! -e $GO; do sleep 0.01; done"))]\n"
                        + "environment = { GO = \"DIRECTORY/go\" }\n[files]\nread = [\"DIRECTORY\"]\n"
                ])
            let port = try supervised.port("a")
            let early = try (0..<5).map { _ in try Client(port: port, source: "127.0.0.5") }
            try wait(for: "waiting", 5, supervised)
            for client in early {
                client.send("x\n")
                client.shutdownWrite()
            }
            try supervised.write("", to: "go")
            for client in early { #expect(client.readToEnd() == "x\n") }
            for _ in 0..<5 { #expect(try answer(port, to: "y\n", from: "127.0.0.5") == "y\n") }
            #expect(said(supervised) == ["asked"])
            #expect(try answer(port, to: "y\n", from: "127.0.0.6") == "y\n")
            #expect(said(supervised) == ["asked", "asked"])
        }

        @Test("the example admits a client as soon as the client's address is in its file")
        func example() throws {
            let script = try String(contentsOfFile: "etc/examples/may-enter.sh", encoding: .utf8)
            let supervised = try Supervised(
                services: [
                    "a": echo + """
                        checks = [["DIRECTORY/may-enter.sh", "DIRECTORY/members/list"]]
                        check_cache = "0s"
                        [files]
                        read = ["DIRECTORY/members"]
                        """
                ], files: ["may-enter.sh": script, "members/other": ""])
            let port = try supervised.port("a")
            #expect(try answer(port, to: "x\n", from: "127.0.0.5") == "")
            #expect(said(supervised) == ["may-enter: \(supervised.directory)/members/list cannot be read"])
            try supervised.write("127.0.0.55\n127.0.0.5\n", to: "members/list")
            #expect(try answer(port, to: "x\n", from: "127.0.0.5") == "x\n")
            #expect(try answer(port, to: "x\n", from: "127.0.0.50") == "")
        }

        @Test("without a cache, every connection is checked")
        func uncached() throws {
            let supervised = try Supervised(services: [
                "a": echo + "checks = [\(check("echo asked >&2"))]\ncheck_cache = \"0s\"\n"
            ])
            let port = try supervised.port("a")
            for _ in 0..<3 { #expect(try answer(port, to: "x\n") == "x\n") }
            #expect(said(supervised) == ["asked", "asked", "asked"])
        }

        @Test("a check that takes too long is ended, its client is refused, and no other client waits for it")
        func deadline() throws {
            let supervised = try Supervised(services: [
                "a": echo + """
                    checks = [\(check("test $TCPREMOTEIP != 127.0.0.6 || exec sleep 60"))]
                    check_timeout = "700ms"
                    """
            ])
            let port = try supervised.port("a")
            let held = try Client(port: port, source: "127.0.0.6")
            try wait(for: "waiting", 1, supervised)
            #expect(try answer(port, to: "x\n", from: "127.0.0.5") == "x\n")
            #expect(try count("waiting", supervised) == 1)
            #expect(held.readToEnd() == "")
            let line = try supervised.log.wait(for: "refuse")
            #expect(line["cause"] == "check_timeout" && line["setting"] == "check_timeout")
            let failure = try supervised.log.wait(for: "check_failed")
            #expect(failure["signal"] == "KILL" && failure["setting"] == "check_timeout")
            let gate = try supervised.gate("a")
            try wait(until: { descendants(of: gate).isEmpty })
            // A timeout is no answer: the gate asks again for the next connection.
            #expect(try Client(port: port, source: "127.0.0.6").readToEnd() == "")
            _ = try supervised.log.wait(for: "check_failed", count: 2)
            try wait(for: "check_timeout", 2, supervised)
        }

        @Test("a check that a signal ends refuses its client, and its result is not kept")
        func failed() throws {
            let supervised = try Supervised(services: ["a": echo + "checks = [\(check("kill -SEGV $$"))]\n"])
            let port = try supervised.port("a")
            for number in 1...2 {
                #expect(try answer(port, to: "x\n") == "")
                #expect(try supervised.log.wait(for: "check_failed", count: number)["signal"] == "SEGV")
                #expect(try supervised.log.wait(for: "refuse", count: number)["cause"] == "check_failed")
            }
        }

        @Test("sources above the number of checks at once wait for their turn, and each of them gets it")
        func turns() throws {
            let supervised = try Supervised(
                services: [
                    "a": echo + "checks = [\(check("while test ! -e $GO; do sleep 0.01; done"))]\n"
                        + "environment = { GO = \"DIRECTORY/go\" }\ncheck_timeout = \"20s\"\n"
                        + "[files]\nread = [\"DIRECTORY\"]\n"
                ])
            let port = try supervised.port("a")
            let clients = try (1...40).map { try Client(port: port, source: "127.0.1.\($0)") }
            try wait(for: "waiting", 40, supervised)
            let gate = try supervised.gate("a")
            func checks() -> Int {
                let path = "/proc/\(gate)/task/\(gate)/children"
                return ((try? String(contentsOfFile: path, encoding: .utf8)) ?? "").split(separator: " ").count
            }
            try wait(until: { checks() == 16 })
            try supervised.write("", to: "go")
            for client in clients {
                client.send("x\n")
                client.shutdownWrite()
                #expect(client.readToEnd() == "x\n")
            }
        }

        @Test("the processes that a check leaves running end with it")
        func orphans() throws {
            let supervised = try Supervised(services: [
                "a": echo + "checks = [\(check("sleep 600 & setsid sleep 601 & exit 0"))]\n"
            ])
            #expect(try answer(supervised.port("a"), to: "x\n") == "x\n")
            let gate = try supervised.gate("a")
            try wait(until: { descendants(of: gate).isEmpty })
        }

        @Test("the processes that a refusing check leaves running end too, though no handler ever ends")
        func orphansOfRefusals() throws {
            // The check ends when its daemon is in a session of its own and has closed the substitution's pipe.
            let script = "true $(setsid sh -c 'exec sleep 601 <&- >&- 2>&-' &); exit 1"
            let supervised = try Supervised(services: ["a": echo + "checks = [\(check(script))]\n"])
            #expect(try answer(supervised.port("a"), to: "x\n") == "")
            #expect(try supervised.log.wait(for: "refuse")["cause"] == "check")
            #expect(try supervised.log.wait(for: "orphans")["count"] == "1")
            let gate = try supervised.gate("a")
            try wait(until: { descendants(of: gate).isEmpty })
        }

        @Test("a second SIGTERM ends the supervisor and a check that still runs")
        func stop() throws {
            let supervised = try Supervised(services: [
                "a": echo + "checks = [\(check("exec sleep 600"))]\ncheck_timeout = \"500s\"\n"
            ])
            let client = try Client(port: supervised.port("a"))
            let gate = try supervised.gate("a")
            try wait(until: { descendants(of: gate).count == 1 })
            supervised.signal(SIGTERM)
            _ = try supervised.log.wait(for: "drain")
            // `stop` sends the second SIGTERM.
            #expect(supervised.stop() == 0)
            #expect(client.readToEnd() == "")
        }

        @Test("clients of a unix socket are checked too")
        func unix() throws {
            let supervised = try Supervised(services: [
                "a": "listen = [\"unix:DIRECTORY/s\"]\nhandler = [\"echo\"]\n"
                    + "checks = [\(check("test $IPCREMOTEEUID = \(geteuid())"))]\n"
            ])
            let client = try Client(path: supervised.directory + "/s")
            client.send("x\n")
            client.shutdownWrite()
            #expect(client.readToEnd() == "x\n")
        }

        @Test("a check that does not exist is a fault of its service file")
        func missing() throws {
            let supervised = try Supervised(services: [:])
            try supervised.write(echo + "checks = [[\"/no/such/check\"]]\n", to: "services/a.toml")
            let outcome = try run([Supervised.program, "check", "--config", supervised.directory + "/doorward.toml"])
            #expect(outcome.status == 1)
            #expect(
                (outcome.output + outcome.error).contains(
                    "services/a.toml:3:12: error: checks '/no/such/check': no such file"))
        }
    }
}
