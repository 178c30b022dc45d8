// The phases of a connection as mod_perl's manual has them: pre-connection hooks run until one refuses, and exactly one handler
// owns the connection. protocols.md 1.1 (PC-) and 1.2 (PR-); items that are not here are named in other suites' tests.
import Foundation
import Testing

extension EndToEndTests {
    @Suite("Phases of the originals")
    struct OriginalsTests {
        @Test(
            "the checks run before a byte is read, in their order, and the first refusal ends them (PC-01, PC-03, PC-08)"
        )
        func preConnection() throws {
            let doorward = try Supervised(
                services: [
                    "it": """
                    listen  = ["127.0.0.1:0"]
                    handler = ["echo"]
                    access  = ["deny 127.0.0.2", "deny 127.0.0.3", "allow all"]
                    [limits]
                    per_source = 1
                    """
                ], host: "block_list = \"DIRECTORY/blocked\"\n", files: ["blocked": "127.0.0.2\n"])
            let port = try doorward.port("it")
            let holder = try Client(port: port, source: "127.0.0.4")
            _ = try doorward.log.wait(for: "accept")
            // Each is refused by the first of its reasons, though it says nothing; nobody is started.
            for (source, cause) in [
                ("127.0.0.2", "block_list"), ("127.0.0.3", "access_rule"), ("127.0.0.4", "source_limit"),
            ] {
                let client = try Client(port: port, source: source)
                #expect(client.readToEnd() == "")
                let line = try doorward.log.wait(for: "refuse") { $0["peer"]?.hasPrefix(source) == true }
                #expect(line["cause"] == cause)
            }
            #expect(doorward.log.all.count { $0.event == "refuse" } == 3)
            #expect(doorward.log.all.count { $0.event == "accept" } == 1)
            holder.close()
        }

        @Test("whom every check lets pass is served, also right after a refusal (PC-04, PC-05)")
        func passed() throws {
            let doorward = try Supervised(services: [
                "it": "listen = [\"127.0.0.1:0\"]\nhandler = [\"echo\"]\naccess = [\"deny 127.0.0.2\", \"allow all\"]"
            ])
            let port = try doorward.port("it")
            for _ in 0..<3 {
                #expect(try Client(port: port, source: "127.0.0.2").readToEnd() == "")
                #expect(try exchange(port: port, "Hello\n") == "Hello\n")
            }
        }

        @Test("rules are a service's own, and each service has its port and its protocol (PC-07, PR-03)")
        func scope() throws {
            let top = "listen = [\"127.0.0.1:0\"]\n"
            let doorward = try Supervised(services: [
                "echo": top + "handler = [\"echo\"]",
                "echobb": top + "handler = [\"echo\", \"--on-blank\", \"echo\"]\noutput_filters = [[\"lowercase\"]]",
                "command": top + "handler = [\"command\"]\naccess = [\"deny 127.0.0.1\", \"allow all\"]",
            ])
            #expect(try exchange(port: doorward.port("echo"), "Hi\n") == "Hi\n")
            #expect(try exchange(port: doorward.port("echobb"), "Hi\n\n") == "hi\n\n")
            #expect(try exchange(port: doorward.port("command"), "quit\n") == "")
            let other = try Client(port: doorward.port("command"), source: "127.0.0.5")
            other.send("quit\n")
            #expect(other.readToEnd().hasPrefix("Welcome to command\n"))
        }

        @Test("exactly one handler owns a connection: that of the first rule that matches (PR-01)")
        func oneHandler() throws {
            let doorward = try Supervised(services: [
                "it": """
                listen  = ["127.0.0.1:0"]
                handler = ["echo"]
                access  = ["allow 127.0.0.2 handler=hello", "allow 127.0.0.0/8", "allow all handler=probe"]
                """
            ])
            let port = try doorward.port("it")
            let client = try Client(port: port, source: "127.0.0.2")
            client.shutdownWrite()
            #expect(client.readToEnd() == "What is your name?\r\n")
            #expect(try exchange(port: port, "Hello\n") == "Hello\n")
            #expect(doorward.log.all.count { $0.event == "accept" } == 2)
        }

        @Test(
            "a connection carries as many exchanges as both sides like, and ends when the handler returns (PR-02, PR-06)"
        )
        func exchanges() throws {
            let doorward = try Supervised(services: ["it": "listen = [\"127.0.0.1:0\"]\nhandler = [\"echo\"]"])
            let client = try Client(port: doorward.port("it"))
            for number in 0..<100 {
                client.send("line \(number)\n")
                #expect(client.read() == "line \(number)\n")
            }
            client.send("\n")
            #expect(client.readToEnd() == "")
            #expect(try doorward.log.wait(for: "end")["status"] == "0")
        }
    }
}
