// What a client gets over each kind of socket and from each kind of handler.
import Foundation
import Testing

extension EndToEndTests {
    @Suite("Serving")
    struct ServingTests {
        @Test("echo answers over IPv4, IPv6 and a unix socket")
        func echoAnswers() throws {
            let doorward = try Supervised(services: [
                "echo": """
                listen = ["127.0.0.1:0", "[::1]:0", "unix:DIRECTORY/echo.sock"]
                handler = ["echo"]
                """
            ])
            #expect(try exchange(port: doorward.port("echo"), "Hello\n") == "Hello\n")
            let v6 = try Client(v6Port: doorward.port("echo", listener: 1))
            v6.send("Hello\n")
            v6.shutdownWrite()
            #expect(v6.readToEnd() == "Hello\n")
            let unix = try Client(path: doorward.directory + "/echo.sock")
            unix.send("Hello\n")
            unix.shutdownWrite()
            #expect(unix.readToEnd() == "Hello\n")
            #expect(doorward.stop() == 0)
            #expect(!FileManager.default.fileExists(atPath: doorward.directory + "/echo.sock"))
        }

        @Test("a listener on [::] does not take IPv4, so that both can be bound on one port")
        func v6Only() throws {
            let doorward = try Supervised(services: ["echo": "listen = [\"[::]:0\"]\nhandler = [\"echo\"]"])
            let port = try doorward.port("echo")
            #expect(throws: HarnessError.self) { try Client(port: port) }
            _ = try Client(v6Port: port)
        }

        @Test("port 0 twice gives two ports")
        func twoPorts() throws {
            let doorward = try Supervised(services: [
                "echo": "listen = [\"127.0.0.1:0\", \"127.0.0.1:0\"]\nhandler = [\"echo\"]"
            ])
            let ports = try [doorward.port("echo"), doorward.port("echo", listener: 1)]
            #expect(ports[0] != ports[1])
            for port in ports { #expect(try exchange(port: port, "Hello\n") == "Hello\n") }
        }

        @Test("the ready descriptor gets a line for each listener, and is closed")
        func readyDescriptor() throws {
            let doorward = try Supervised(services: [:])
            try doorward.write("listen = [\"127.0.0.1:0\"]\nhandler = [\"echo\"]", to: "services/echo.toml")
            let script = """
                "\(Supervised.program)" run --config "\(doorward.directory)/doorward.toml" \
                    --state "\(doorward.directory)/second" --ready-fd 7 \
                    7>&1 1>/dev/null 2>/dev/null </dev/null | {
                    read name address; echo "$name"; [ "${address%:*}" = 127.0.0.1 ] && [ "${address##*:}" -gt 0 ] \
                        && echo address; cat; echo end; \
                    kill -TERM $(pgrep -f "^doorward: supervisor 7 .*\(doorward.directory)/doorward.toml"); }
                """
            let outcome = try run(["sh", "-c", script])
            #expect(outcome.output == "echo\naddress\nend\n", "\(outcome.error)")
        }

        @Test("try-from of tcpd finds the addresses of both ends")
        func tryFrom() throws {
            let doorward = try Supervised(services: [
                "try": "listen = [\"127.0.0.1:0\"]\nhandler = [\"/usr/sbin/try-from\"]"
            ])
            let answer = try exchange(port: doorward.port("try"), "")
            #expect(answer.contains("client address  (%a): 127.0.0.1"), "\(answer)")
            #expect(answer.contains("server address  (%A): 127.0.0.1"), "\(answer)")
        }

        @Test("getpeername of tcputils reads the peer from the socket itself")
        func getpeername() throws {
            let doorward = try Supervised(services: [
                "peer": "listen = [\"127.0.0.1:0\"]\nhandler = [\"/usr/bin/getpeername\"]"
            ])
            let client = try Client(port: doorward.port("peer"))
            let port = client.port
            let answer = client.readToEnd()
            #expect(answer.split(separator: " ").count == 2, "\(answer)")
            #expect(answer.contains("\(port)"), "\(answer)")
        }

        @Test("a handler in shell talks to its peer, and its standard error goes to the log")
        func shellHandler() throws {
            let doorward = try Supervised(
                services: ["greet": "listen = [\"127.0.0.1:0\"]\nhandler = [\"DIRECTORY/greet\"]"],
                files: ["greet": "#!/bin/sh\nread name\necho \"Hello, $name, from $TCPREMOTEIP\"\necho noted >&2\n"])
            #expect(try exchange(port: doorward.port("greet"), "Ada\n") == "Hello, Ada, from 127.0.0.1\n")
            let end = try doorward.log.wait(for: "end")
            #expect(end["status"] == "0")
            let said = try doorward.log.wait(for: "stderr")
            #expect(said["service"] == "greet")
            #expect(said["text"] == "noted")
        }

        @Test("a handler may open /dev/stderr, as shell scripts do")
        func standardErrorByName() throws {
            let doorward = try Supervised(
                services: ["noisy": "listen = [\"127.0.0.1:0\"]\nhandler = [\"DIRECTORY/noisy\"]"],
                files: ["noisy": "#!/bin/sh\necho noted > /dev/stderr\n"])
            _ = try exchange(port: doorward.port("noisy"), "")
            #expect(try doorward.log.wait(for: "stderr")["text"] == "noted")
        }

        @Test("no line that a handler writes to standard error looks like an event of Doorward's")
        func forgedLines() throws {
            let forged = "2026-01-01T00:00:00.000Z event=forged service=other\\n\\001half a line"
            let doorward = try Supervised(
                services: ["liar": "listen = [\"127.0.0.1:0\"]\nhandler = [\"DIRECTORY/liar\"]"],
                files: ["liar": "#!/bin/sh\nprintf '\(forged)' >&2\n"])
            _ = try exchange(port: doorward.port("liar"), "")
            _ = try doorward.log.wait(for: "end")
            let said = doorward.log.all.filter { $0.event == "stderr" }
            #expect(
                said.map { $0["text"] } == [
                    "2026-01-01T00:00:00.000Z event=forged service=other", "\\x01half a line",
                ])
            #expect(said.allSatisfy { $0.description.contains(" event=stderr service=liar text=\"") })
        }

        @Test("a handler that is replaced by rename serves the next connection; the running one finishes")
        func replacedHandler() throws {
            let doorward = try Supervised(
                services: ["version": "listen = [\"127.0.0.1:0\"]\nhandler = [\"DIRECTORY/version\"]"],
                files: ["version": "#!/bin/sh\necho started\nread line\necho one\n"])
            let port = try doorward.port("version")
            let first = try Client(port: port)
            #expect(first.read() == "started\n")
            try doorward.write("#!/bin/sh\nread line\necho two\n", to: "version")
            #expect(try exchange(port: port, "\n") == "two\n")
            first.send("\n")
            #expect(first.readToEnd() == "one\n")
        }

        @Test("descriptors and processes are as many after a hundred connections as before")
        func nothingLeaks() throws {
            let doorward = try Supervised(services: ["echo": "listen = [\"127.0.0.1:0\"]\nhandler = [\"echo\"]"])
            let port = try doorward.port("echo")
            let gate = try doorward.gate("echo")
            _ = try exchange(port: port, "warm\n")
            _ = try doorward.log.wait(for: "end")
            let before = (descriptors(of: doorward.pid), descriptors(of: gate), descendants(of: doorward.pid))
            for _ in 0..<100 { #expect(try exchange(port: port, "Hello\n") == "Hello\n") }
            _ = try doorward.log.wait(for: "end", count: 101)
            let after = (descriptors(of: doorward.pid), descriptors(of: gate), descendants(of: doorward.pid))
            #expect(before == after)
        }
    }
}
