// How connections, services and the supervisor end: by themselves, by their lifetime, by SIGTERM.
import Foundation
import Glibc
import Testing

extension EndToEndTests {
    @Suite("Ending")
    struct EndingTests {
        private func service(_ script: String, _ more: String = "") -> (
            services: [String: String], files: [String: String]
        ) {
            (
                ["it": "listen = [\"127.0.0.1:0\"]\nhandler = [\"DIRECTORY/it\"]\n" + more],
                ["it": "#!/bin/sh\n" + script + "\n"]
            )
        }

        @Test(
            "the end of a handler is logged with its status or its signal",
            arguments: [
                ("exit 0", "status", "0"), ("exit 111", "status", "111"), ("kill -SEGV $$", "signal", "SEGV"),
            ])
        func endIsLogged(script: String, key: String, value: String) throws {
            let it = service(script)
            let doorward = try Supervised(services: it.services, files: it.files)
            _ = try exchange(port: doorward.port("it"), "")
            let end = try doorward.log.wait(for: "end")
            #expect(end[key] == value)
            let accept = try doorward.log.wait(for: "accept")
            #expect(end["connection"] == accept["connection"])
            #expect(end["pid"] == accept["pid"])
            #expect(end["duration"]?.contains(".") == true)
        }

        @Test("the end of a connection's lifetime ends the handler and its children")
        func lifetime() throws {
            let it = service("sleep 1000 & echo $!; wait", "[limits]\nlifetime = \"300ms\"")
            let doorward = try Supervised(services: it.services, files: it.files)
            let child = try #require(Int32(try exchange(port: doorward.port("it"), "").dropLast()))
            let end = try doorward.log.wait(for: "end")
            #expect(end["signal"] == "TERM")
            #expect(end["cause"] == "lifetime")
            #expect(end["setting"] == "limits.lifetime")
            #expect(ends(child))
        }

        @Test("the rest of a handler's process group is killed when the handler ends")
        func leftovers() throws {
            let it = service("sleep 1000 <&- >&- 2>&- & echo $!")
            let doorward = try Supervised(services: it.services, files: it.files)
            let child = try #require(Int32(try exchange(port: doorward.port("it"), "").dropLast()))
            _ = try doorward.log.wait(for: "end")
            #expect(ends(child))
        }

        @Test("a client in the listen queue when a drain begins is served before the listener closes")
        func queueAtDrain() throws {
            let doorward = try Supervised(services: ["it": "listen = [\"127.0.0.1:0\"]\nhandler = [\"echo\"]\n"])
            let (port, gate) = (try doorward.port("it"), try doorward.gate("it"))
            // A stopped gate accepts nothing, so all clients stay in the listen queue.
            kill(gate, SIGSTOP)
            let clients = try (0..<5).map { _ in try Client(port: port) }
            for client in clients {
                client.send("hello\n")
                client.shutdownWrite()
            }
            doorward.signal(SIGTERM)
            _ = try doorward.log.wait(for: "drain")
            kill(gate, SIGCONT)
            let answers = clients.map { $0.readToEnd() }
            #expect(answers == clients.map { _ in "hello\n" })
            #expect(doorward.waitForEnd() == 0)
        }

        @Test("at a service's limit, a drain serves the listen queue in turn; a second SIGTERM ends that")
        func queueAtLimit() throws {
            for isQueueServed in [true, false] {
                let doorward = try Supervised(services: [
                    "it": "listen = [\"127.0.0.1:0\"]\nhandler = [\"echo\"]\n[limits]\nconnections = 1\n"
                ])
                let port = try doorward.port("it")
                let open = try Client(port: port)
                open.send("first\n")
                #expect(open.read() == "first\n")
                let waiting = try (0..<3).map { _ in try Client(port: port) }
                for client in waiting {
                    client.send("hello\n")
                    client.shutdownWrite()
                }
                doorward.signal(SIGTERM)
                _ = try doorward.log.wait(for: "drain")
                if isQueueServed { open.shutdownWrite() } else { doorward.signal(SIGTERM) }
                #expect(waiting.map { $0.readToEnd() } == waiting.map { _ in isQueueServed ? "hello\n" : "" })
                #expect(doorward.waitForEnd() == 0)
            }
        }

        @Test("a daemon that a handler leaves running does not outlive its service")
        func daemon() throws {
            // The handler ends when the daemon is in a session of its own and has closed the substitution's pipe.
            let it = service("echo $(setsid sh -c 'echo $$; exec sleep 1000 <&- >&- 2>&-' &)")
            let doorward = try Supervised(services: it.services, files: it.files)
            _ = try exchange(port: doorward.port("it"), "")
            _ = try doorward.log.wait(for: "end")
            let orphans = descendants(of: try doorward.gate("it"))
            #expect(orphans.count == 1)
            #expect(doorward.stop() == 0)
            #expect(orphans.allSatisfy { ends($0) })
        }

        @Test("SIGTERM closes the listener and lets handlers finish")
        func drain() throws {
            let doorward = try Supervised(services: ["echo": "listen = [\"127.0.0.1:0\"]\nhandler = [\"echo\"]"])
            let port = try doorward.port("echo")
            let live = try Client(port: port)
            live.send("before\n")
            #expect(live.read() == "before\n")
            doorward.signal(SIGTERM)
            _ = try doorward.log.wait(for: "closed")
            live.send("after\n")
            #expect(live.read() == "after\n")
            #expect(throws: HarnessError.self) { try Client(port: port) }
            live.shutdownWrite()
            #expect(live.readToEnd() == "")
            #expect(doorward.waitForEnd() == 0)
            #expect(try doorward.log.wait(for: "end")["status"] == "0")
        }

        @Test("a handler that still runs at the drain's deadline gets TERM, and KILL if it ignores TERM")
        func deadline() throws {
            let it = service("trap '' TERM; echo ready; while :; do sleep 1000; done")
            let doorward = try Supervised(services: it.services, host: "", files: it.files)
            try doorward.write(
                "handlers = \"handlers\"\nstate = \"state\"\ndrain = \"100ms\"\n", to: "doorward.toml")
            try doorward.reload()
            let client = try Client(port: doorward.port("it"))
            #expect(client.read() == "ready\n")
            #expect(doorward.stop() == 0)
            let end = try doorward.log.wait(for: "end")
            #expect(end["signal"] == "KILL")
            #expect(end["cause"] == "drain")
        }

        @Test("a second SIGTERM ends handlers at once")
        func secondTerm() throws {
            let doorward = try Supervised(services: ["echo": "listen = [\"127.0.0.1:0\"]\nhandler = [\"echo\"]"])
            let client = try Client(port: doorward.port("echo"))
            _ = try doorward.log.wait(for: "accept")
            doorward.signal(SIGTERM)
            _ = try doorward.log.wait(for: "drain")
            doorward.signal(SIGTERM)
            #expect(doorward.waitForEnd() == 0)
            let end = try doorward.log.wait(for: "end")
            #expect(end["signal"] == "TERM")
            _ = client
        }

        @Test("when the supervisor is killed, gates close their listeners, serve their connections and end")
        func supervisorKilled() throws {
            let doorward = try Supervised(services: ["echo": "listen = [\"127.0.0.1:0\"]\nhandler = [\"echo\"]"])
            let port = try doorward.port("echo")
            let client = try Client(port: port)
            client.send("Hello\n")
            #expect(client.read() == "Hello\n")
            let gate = try doorward.gate("echo")
            doorward.signal(SIGKILL)
            _ = doorward.waitForEnd()
            client.shutdownWrite()
            #expect(client.readToEnd() == "")
            #expect(ends(gate))
            #expect(throws: HarnessError.self) { try Client(port: port) }
        }
    }
}
