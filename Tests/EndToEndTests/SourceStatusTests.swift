// `doorward explain` of a source that a running gate knows: what would happen to its next connection, and which setting
// changes that.
import Foundation
import Glibc
import Testing

extension EndToEndTests {
    @Suite("Source status")
    struct SourceStatusTests {
        private let echo = "listen = [\"127.0.0.1:0\"]\nhandler = [\"echo\"]\n"

        private func explain(_ address: String, _ supervised: Supervised) throws -> (status: Int32, output: String) {
            let outcome = try run([
                Supervised.program, "explain", "a", address, "--config", supervised.directory + "/doorward.toml",
            ])
            return (outcome.status, outcome.output)
        }

        @Test("a source that has all the connections it may have would be refused, until one of them ends")
        func connections() throws {
            let supervised = try Supervised(services: ["a": echo + "[limits]\nper_source = 1\n"])
            let client = try Client(port: supervised.port("a"), source: "127.0.0.2")
            _ = try supervised.log.wait(for: "accept")
            let refused = try explain("127.0.0.2", supervised)
            #expect(refused.status == 1)
            #expect(refused.output.contains("refused: its source has 1 connections [limits.per_source]"))
            #expect(refused.output.contains("services/a.toml:4"))
            let other = try explain("127.0.0.3", supervised)
            #expect(other.status == 0 && other.output.contains("0 of 1"))
            client.close()
            _ = try supervised.log.wait(for: "end")
            #expect(try explain("127.0.0.2", supervised).status == 0)
        }

        @Test("a source that has used up its rate would be refused; explain itself uses nothing of it")
        func rate() throws {
            let supervised = try Supervised(services: ["a": echo + "[limits]\nrate = \"2/h\"\n[penalties]\nlimit = 7\n"]
            )
            let port = try supervised.port("a")
            for _ in 0..<5 { #expect(try explain("127.0.0.2", supervised).status == 0) }
            for _ in 0..<2 { #expect(try answer(port, to: "x\n", from: "127.0.0.2") == "x\n") }
            let refused = try explain("127.0.0.2", supervised)
            #expect(refused.status == 1)
            #expect(refused.output.contains("its source comes too often, and may come again in "))
            #expect(refused.output.contains("[limits.rate]") && refused.output.contains("0 of 100"))
            #expect(try answer(port, to: "x\n", from: "127.0.0.2") == "")
            #expect(try explain("127.0.0.2", supervised).output.contains("7 of 100"))
        }

        @Test("explain says how long the next client has to wait for the service's total rate")
        func totalRate() throws {
            let supervised = try Supervised(
                services: ["a": echo + "[limits]\ntotal_rate = \"1/h\"\ntotal_burst = 1\n"])
            #expect(try !explain("127.0.0.2", supervised).output.contains("the next one waits"))
            #expect(try answer(supervised.port("a"), to: "x\n") == "x\n")
            let outcome = try explain("127.0.0.2", supervised)
            #expect(outcome.status == 0 && outcome.output.contains("limits.total_rate  the next one waits for 59min "))
        }

        @Test("explain admits no client of a service that is disabled, or that the supervisor does not know")
        func notServed() throws {
            let supervised = try Supervised(services: ["a": echo])
            try supervised.write(echo + "enabled = false\n", to: "services/a.toml")
            let off = try explain("127.0.0.2", supervised)
            #expect(off.status == 1 && off.output.contains("refused: the service is switched off [enabled]"))
            #expect(off.output.contains("services/a.toml:3"))
            try supervised.reload()
            try supervised.write(echo, to: "services/a.toml")
            let gone = try explain("127.0.0.2", supervised)
            #expect(gone.status == 1 && gone.output.contains("supervisor has no such service [doorward reload]"))
        }

        @Test("a sensor refuses an exempt source, and does not ban it")
        func exemptFromSensor() throws {
            let supervised = try Supervised(
                services: ["a": "listen = [\"127.0.0.1:0\"]\nsensor = \"1h\"\n"], host: "exempt = [\"127.0.0.2\"]\n")
            let exempt = try explain("127.0.0.2", supervised)
            #expect(exempt.output.contains("is a sensor, and does not ban it: 127.0.0.2 is exempt [sensor]"))
            #expect(try explain("127.0.0.3", supervised).output.contains("is a sensor, and bans it [sensor]"))
        }

        @Test(
            "explain knows what a DNS block list has answered, and that it was not asked yet",
            .enabled(if: Rbldnsd.isThere))
        func lists() throws {
            let server = try Rbldnsd(":127.0.0.2:Listed\n127.0.0.66\n")
            let supervised = try Supervised(
                services: ["a": echo + "dnsbl = [\"bl.test deny\"]\n"],
                host: "nameservers = [\"127.0.0.1:\(server.port)\"]\n")
            let port = try supervised.port("a")
            let unknown = try explain("127.0.0.66", supervised)
            #expect(
                unknown.status == 0 && unknown.output.contains("; if dnsbl let it in")
                    && unknown.output.contains("no answer is known"))
            #expect(try answer(port, to: "x\n", from: "127.0.0.66") == "")
            #expect(try answer(port, to: "x\n", from: "127.0.0.5") == "x\n")
            let refused = try explain("127.0.0.66", supervised)
            #expect(refused.status == 1 && refused.output.contains("refused: it is listed by bl.test [dnsbl]"))
            #expect(try explain("127.0.0.5", supervised).output.contains("have answered, and let it in"))
            server.end()
            #expect(try answer(port, to: "x\n", from: "127.0.0.7") == "x\n")
            #expect(try explain("127.0.0.7", supervised).output.contains("not all have answered"))
        }

        @Test(
            "explain shows the variable that a DNS block list's rule gives the handler", .enabled(if: Rbldnsd.isThere))
        func marked() throws {
            let server = try Rbldnsd(":127.0.0.2:Listed\n127.0.0.66\n")
            let supervised = try Supervised(
                services: ["a": echo + "dnsbl = [\"bl.test LISTED=yes\"]\n"],
                host: "nameservers = [\"127.0.0.1:\(server.port)\"]\n")
            #expect(try answer(supervised.port("a"), to: "x\n", from: "127.0.0.66") == "x\n")
            let output = try explain("127.0.0.66", supervised).output
            #expect(output.contains("matches: bl.test LISTED=yes"))
            let line = try #require(output.split(separator: "\n").first { $0.contains("environment LISTED") })
            #expect(line.contains("yes") && line.contains("services/a.toml:3"))
            #expect(try !explain("127.0.0.5", supervised).output.contains("LISTED  "))
        }

        @Test("explain knows what the checks have answered, and that they were not asked yet")
        func checks() throws {
            let check = "[\"/bin/sh\", \"-c\", \"test $TCPREMOTEIP != 127.0.0.6\"]"
            let supervised = try Supervised(services: ["a": echo + "checks = [\(check)]\n"])
            let port = try supervised.port("a")
            #expect(try explain("127.0.0.6", supervised).output.contains("the next connection waits for one"))
            #expect(try answer(port, to: "x\n", from: "127.0.0.6") == "")
            #expect(try answer(port, to: "x\n", from: "127.0.0.5") == "x\n")
            let refused = try explain("127.0.0.6", supervised)
            #expect(refused.status == 1 && refused.output.contains("refused: /bin/sh has not let it in [checks]"))
            #expect(try explain("127.0.0.5", supervised).output.contains("have let it in"))
        }

        @Test("a gate that does not answer delays neither explain nor the supervisor")
        func silent() throws {
            let supervised = try Supervised(services: ["a": echo])
            let gate = try supervised.gate("a")
            kill(gate, SIGSTOP)
            defer { kill(gate, SIGCONT) }
            let explained = try explain("127.0.0.2", supervised)
            #expect(explained.status == 0 && !explained.output.contains("its connections"))
            #expect(try count("active", supervised) == 0)
        }
    }
}
