// SIGHUP: the supervisor applies sound files, keeps the old definition of a broken one, and ends no connection.
import Foundation
import Testing

extension EndToEndTests {
    @Suite("Reload")
    struct ReloadTests {
        private let echo = "listen = [\"127.0.0.1:0\"]\nhandler = [\"echo\"]\n"

        @Test("after SIGHUP a new file in services/ opens its port, and the port of a removed file is closed")
        func dropFile() throws {
            let doorward = try Supervised(services: ["echo": echo])
            try doorward.write(echo, to: "services/second.toml")
            try doorward.reload()
            let port = try doorward.port("second")
            #expect(try exchange(port: port, "Hello\n") == "Hello\n")
            try doorward.remove("services/second.toml")
            try doorward.reload()
            _ = try doorward.log.wait(for: "gate_ended")
            #expect(throws: HarnessError.self) { try Client(port: port) }
            #expect(try exchange(port: doorward.port("echo"), "Hello\n") == "Hello\n")
        }

        @Test("a broken file is reported with its place, and its old definition keeps serving")
        func brokenFile() throws {
            let doorward = try Supervised(services: ["echo": echo, "other": echo])
            let (port, gate) = try (doorward.port("echo"), doorward.gate("echo"))
            try doorward.write("listen = [\"127.0.0.1:0\"]\nhandlr = [\"echo\"]\n", to: "services/echo.toml")
            try doorward.reload()
            let fault = try doorward.log.wait(for: "fault") { $0["message"]?.contains("handlr") == true }
            #expect(fault["at"] == "\(doorward.directory)/services/echo.toml:2:1")
            #expect(fault.description.contains("did you mean 'handler'"))
            #expect(try doorward.port("echo") == port)
            #expect(try doorward.gate("echo") == gate)
            #expect(try exchange(port: port, "Hello\n") == "Hello\n")
        }

        @Test("a new definition that cannot be served leaves the old one in force", .enabled(if: isRoot))
        func unservable() throws {
            let doorward = try Supervised(services: ["echo": echo], files: ["private": "#!/bin/sh\n"])
            let port = try doorward.port("echo")
            // Root may execute it, the service's user may not: only the gate can find that out.
            chmod(doorward.directory + "/private", 0o700)
            try doorward.write(
                "listen = [\"127.0.0.1:0\"]\nhandler = [\"DIRECTORY/private\"]\n", to: "services/echo.toml")
            try doorward.reload()
            let failure = try doorward.log.wait(for: "start_failed")
            #expect(failure.description.contains("EACCES"))
            #expect(failure.description.contains("the old definition stays in force"))
            #expect(try exchange(port: port, "Hello\n") == "Hello\n")
        }

        @Test("a changed definition serves the next connection on the same socket; an open connection goes on")
        func liveConnection() throws {
            let doorward = try Supervised(services: ["echo": echo])
            let port = try doorward.port("echo")
            let live = try Client(port: port)
            live.send("before\n")
            #expect(live.read() == "before\n")
            try doorward.write(echo + "nice = 3\n", to: "services/echo.toml")
            try doorward.reload()
            _ = try doorward.log.wait(for: "ready", count: 2)
            #expect(try doorward.port("echo") == port)
            #expect(try exchange(port: port, "new\n") == "new\n")
            live.send("after\n")
            #expect(live.read() == "after\n")
            live.shutdownWrite()
            #expect(live.readToEnd() == "")
            _ = try doorward.log.wait(for: "gate_ended")
        }

        @Test("a changed state is a fault: the old directory stays in force for everything until a restart")
        func otherState() throws {
            let doorward = try Supervised(services: ["echo": echo])
            let (port, gate) = try (doorward.port("echo"), doorward.gate("echo"))
            let file = doorward.directory + "/doorward.toml"
            let lines = try String(contentsOfFile: file, encoding: .utf8)
            func ask(_ command: String...) throws -> Outcome {
                try run(
                    [Supervised.program, command[0], "--config", file, "--state", doorward.directory + "/state"]
                        + command.dropFirst())
            }
            try doorward.write(lines.replacingOccurrences(of: "\"state\"", with: "\"other\""), to: "doorward.toml")
            try doorward.write(echo, to: "services/second.toml")
            let fault = "doorward.toml:2:1: error: 'state' cannot change while the supervisor runs; it needs a restart"
            let reload = try ask("reload")
            #expect(reload.status == 1 && reload.error.contains(fault), "\(reload)")
            #expect(try ask("status").output.contains(fault))
            _ = try doorward.log.wait(for: "fault") { $0["message"]?.contains(fault) == true }
            #expect(try ask("block", "192.0.2.7").status == 0)
            #expect(try ask("status").output.contains(fault))
            #expect(try exchange(port: port, "Hello\n") == "Hello\n")
            #expect(descendants(of: doorward.pid).contains(gate))
            #expect(doorward.log.all.count { $0.event == "ready" } == 1)
            try doorward.write(lines, to: "doorward.toml")
            #expect(try ask("reload").status == 0)
            #expect(try !ask("status").output.contains(fault))
            _ = try doorward.log.wait(for: "ready") { $0["service"] == "second" }
            #expect(doorward.stop() == 0)
            let bans = try String(contentsOfFile: doorward.directory + "/state/bans", encoding: .utf8)
            #expect(bans.contains("192.0.2.7"))
            #expect(!FileManager.default.fileExists(atPath: doorward.directory + "/other"))
        }

        @Test("a file that did not change keeps its gate")
        func unchanged() throws {
            let doorward = try Supervised(services: ["echo": echo])
            let gate = try doorward.gate("echo")
            try doorward.reload()
            try doorward.reload()
            #expect(Set(descendants(of: doorward.pid)) == [gate, try #require(doorward.logWriter)])
        }

        @Test("connections that wait in the queue while the definition changes are all answered")
        func queueSurvives() throws {
            let limited = echo + "[limits]\nconnections = 1\n"
            let doorward = try Supervised(services: ["echo": limited])
            let port = try doorward.port("echo")
            let first = try Client(port: port)
            _ = try doorward.log.wait(for: "accept")
            let waiting = try (0..<5).map { _ in try Client(port: port) }
            for client in waiting {
                client.send("Hello\n")
                client.shutdownWrite()
            }
            try doorward.write(limited.replacingOccurrences(of: "= 1", with: "= 2"), to: "services/echo.toml")
            try doorward.reload()
            for client in waiting { #expect(client.readToEnd() == "Hello\n") }
            first.close()
        }

        @Test("clients in the listen queue of a removed service are served, and no client after them")
        func queueOfRemoved() throws {
            let limited = echo + "[limits]\nconnections = 1\n"
            let doorward = try Supervised(services: ["gone": limited, "moved": limited])
            var held: [Client] = []
            var waiting: [Client] = []
            for name in ["gone", "moved"] {
                let port = try doorward.port(name)
                held.append(try Client(port: port))
                _ = try doorward.log.wait(for: "accept") { $0["service"] == name }
                for _ in 0..<5 {
                    let client = try Client(port: port)
                    client.send("Hello\n")
                    client.shutdownWrite()
                    waiting.append(client)
                }
            }
            let port = try doorward.port("gone")
            try doorward.remove("services/gone.toml")
            try doorward.write(
                limited.replacingOccurrences(of: "127.0.0.1", with: "127.0.0.2"), to: "services/moved.toml")
            try doorward.reload()
            _ = try doorward.log.wait(for: "ready", count: 3)
            for client in held { client.close() }
            for client in waiting { #expect(client.readToEnd() == "Hello\n") }
            _ = try doorward.log.wait(for: "gate_ended", count: 2)
            #expect(throws: HarnessError.self) { try Client(port: port) }
        }

        @Test("an address that moves from one service to another stays open")
        func addressMoves() throws {
            let doorward = try Supervised(services: ["one": echo])
            let port = try doorward.port("one")
            let fixed = echo.replacingOccurrences(of: ":0", with: ":\(port)")
            try doorward.remove("services/one.toml")
            try doorward.reload()
            _ = try doorward.log.wait(for: "gate_ended")
            try doorward.write(fixed, to: "services/two.toml")
            try doorward.reload()
            _ = try doorward.log.wait(for: "ready") { $0["service"] == "two" }
            try doorward.remove("services/two.toml")
            try doorward.write(fixed, to: "services/three.toml")
            try doorward.reload()
            _ = try doorward.log.wait(for: "ready") { $0["service"] == "three" }
            #expect(try exchange(port: port, "Hello\n") == "Hello\n")
        }

        @Test("two files that want one address: the second is at fault, the first serves")
        func conflict() throws {
            let doorward = try Supervised(services: ["one": echo])
            let fixed = echo.replacingOccurrences(of: ":0", with: ":\(try doorward.port("one"))")
            try doorward.write(fixed, to: "services/first.toml")
            try doorward.write(fixed, to: "services/second.toml")
            try doorward.reload()
            let fault = try doorward.log.wait(for: "fault")
            #expect(fault["at"]?.contains("services/second.toml:1:") == true)
        }

        @Test("while one address of a service is in use, its other addresses are not open either")
        func halfOpen() throws {
            let holder = try Supervised(services: ["echo": echo])
            let taken = try holder.port("echo")
            let free = try Supervised(services: ["echo": echo])
            let other = try free.port("echo")
            #expect(free.stop() == 0)
            let doorward = try Supervised(
                services: [
                    "echo": "listen = [\"127.0.0.1:\(other)\", \"127.0.0.1:\(taken)\"]\nhandler = [\"echo\"]\n"
                ], ready: 0)
            _ = try doorward.log.wait(for: "bind_failed", count: 3)
            #expect(throws: HarnessError.self) { try Client(port: other) }
            #expect(holder.stop() == 0)
            _ = try doorward.log.wait(for: "ready")
            #expect(try exchange(port: other, "Hello\n") == "Hello\n")
        }

        @Test("a service moves from one address to all of them, and back")
        func wildcard() throws {
            let doorward = try Supervised(services: ["echo": echo])
            let port = try doorward.port("echo")
            for (count, address) in [(2, "127.0.0.1:\(port)"), (3, "0.0.0.0:\(port)"), (4, "127.0.0.1:\(port)")] {
                try doorward.write("listen = [\"\(address)\"]\nhandler = [\"echo\"]\n", to: "services/echo.toml")
                try doorward.reload()
                _ = try doorward.log.wait(for: "ready", count: count)
                #expect(try exchange(port: port, "Hello\n") == "Hello\n")
                #expect(doorward.log.all.last { $0.event == "ready" }?["listen"] == address)
            }
        }

        @Test("a unix socket is bound again after its file was removed; another file in its place stays")
        func removedSocketFile() throws {
            let unix = "listen = [\"unix:DIRECTORY/echo.sock\"]\nhandler = [\"echo\"]\n"
            let doorward = try Supervised(services: ["echo": unix])
            try doorward.remove("echo.sock")
            try doorward.write(unix + "nice = 1\n", to: "services/echo.toml")
            try doorward.reload()
            _ = try doorward.log.wait(for: "ready", count: 2)
            let client = try Client(path: doorward.directory + "/echo.sock")
            client.send("Hello\n")
            client.shutdownWrite()
            #expect(client.readToEnd() == "Hello\n")
            try doorward.remove("echo.sock")
            try doorward.write("another program's", to: "echo.sock")
            #expect(doorward.stop() == 0)
            #expect(FileManager.default.fileExists(atPath: doorward.directory + "/echo.sock"))
        }

        @Test("a link in the place of a socket's file is not followed", .enabled(if: isRoot))
        func socketLink() throws {
            let unix = "listen = [\"unix:DIRECTORY/echo.sock\"]\nhandler = [\"echo\"]\n[socket]\nmode = \"666\"\n"
            let doorward = try Supervised(services: ["echo": unix], files: ["victim": "secret"])
            chmod(doorward.directory + "/victim", 0o600)
            try doorward.remove("echo.sock")
            symlink(doorward.directory + "/victim", doorward.directory + "/echo.sock")
            kill(try doorward.gate("echo"), SIGKILL)
            _ = try doorward.log.wait(for: "bind_failed")
            var found = stat()
            stat(doorward.directory + "/victim", &found)
            #expect(found.st_mode & 0o777 == 0o600)
        }

        @Test("an address that is in use is tried again until it is free")
        func addressInUse() throws {
            let holder = try Supervised(services: ["echo": echo])
            let port = try holder.port("echo")
            let doorward = try Supervised(
                services: ["echo": echo.replacingOccurrences(of: ":0", with: ":\(port)")], ready: 0)
            let failure = try doorward.log.wait(for: "bind_failed")
            #expect(failure["errno"] == "EADDRINUSE")
            #expect(failure["at"]?.contains("services/echo.toml:1:") == true)
            #expect(holder.stop() == 0)
            _ = try doorward.log.wait(for: "ready")
            #expect(try exchange(port: port, "Hello\n") == "Hello\n")
        }
    }
}
