// The phases of a connection as in mod_perl: pre-connection handlers run until one refuses, and exactly one handler
// owns the connection. Source: https://perl.apache.org/docs/2.0/user/handlers/protocols.html.
import Foundation
import Testing

extension EndToEndTests {
    @Suite("Connection phases of mod_perl")
    struct OriginalsTests {
        @Test("the gate asks its rules in their order before it reads a byte, and the first refusal ends that")
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
            // The gate refuses each client for the first cause that holds, before any byte, and starts no handler.
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

        @Test("a client that no rule refuses is served, also right after a refusal")
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

        @Test("each service has rules, a port and a protocol of its own")
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

        @Test("exactly one handler owns a connection: that of the first rule that matches")
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

        @Test("a connection carries any number of exchanges, and ends when the handler returns")
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
