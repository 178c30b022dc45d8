// The commands that a running supervisor answers: status, reload, drain, stop.
import Foundation
import Glibc
import Testing

extension EndToEndTests {
    @Suite("Control")
    struct ControlTests {
        private let echo = "listen = [\"127.0.0.1:0\"]\nhandler = [\"echo\"]\n"

        private func doorward(_ arguments: [String], _ supervised: Supervised) throws -> Outcome {
            try run([Supervised.program] + arguments + ["--config", supervised.directory + "/doorward.toml"])
        }

        /// A value of `status --json`, by keys and indices.
        private func status(_ supervised: Supervised, _ path: String...) throws -> Any? {
            let outcome = try doorward(["status", "--json"], supervised)
            #expect(outcome.status == 0, "\(outcome.error)")
            var value: Any? = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8))
            for key in path {
                if let index = Int(key) {
                    value = (value as? [Any])?[index]
                } else {
                    value = (value as? [String: Any])?[key]
                }
            }
            return value
        }

        private func count(_ supervised: Supervised, _ key: String) throws -> Int? {
            try status(supervised, "services", "0", "counts", key) as? Int
        }

        @Test("status counts connections that were served, refused and ended, and those that are served now")
        func counts() throws {
            let supervised = try Supervised(services: [
                "echo": echo + "access = [\"deny 127.0.0.2\", \"allow all\"]\n[limits]\nper_source = 1\n"
            ])
            let port = try supervised.port("echo")
            #expect(try exchange(port: port, "Hello\n") == "Hello\n")
            _ = try supervised.log.wait(for: "end")
            #expect(try Client(port: port, source: "127.0.0.2").readToEnd() == "")
            let client = try Client(port: port)
            _ = try supervised.log.wait(for: "accept", count: 2)
            #expect(try Client(port: port).readToEnd() == "")
            _ = try supervised.log.wait(for: "refuse", count: 2)
            let expected = [
                "active": 1, "accepted": 2, "succeeded": 1, "failed": 0, "access_rule": 1, "source_limit": 1,
                "block_list": 0,
            ]
            for (key, value) in expected { #expect(try count(supervised, key) == value, "\(key)") }
            #expect(try status(supervised, "services", "0", "state") as? String == "serving")
            #expect(try status(supervised, "pid") as? Int == Int(supervised.pid))
            client.close()
            let text = try doorward(["status"], supervised)
            #expect(text.output.contains("\nservice  state    active"))
            #expect(text.output.contains("127.0.0.1:\(port)"))
        }

        @Test("counts outlive a gate that dies and one that is replaced")
        func countsStay() throws {
            let supervised = try Supervised(services: ["echo": echo])
            #expect(try exchange(port: supervised.port("echo"), "a\n") == "a\n")
            _ = try supervised.log.wait(for: "end")
            kill(try supervised.gate("echo"), SIGKILL)
            _ = try supervised.log.wait(for: "ready", count: 2)
            #expect(try count(supervised, "accepted") == 1)
            try supervised.write(echo + "nice = 1\n", to: "services/echo.toml")
            #expect(try doorward(["reload"], supervised).status == 0)
            _ = try supervised.log.wait(for: "ready", count: 3)
            #expect(try exchange(port: supervised.port("echo"), "a\n") == "a\n")
            _ = try supervised.log.wait(for: "end", count: 2)
            #expect(try count(supervised, "accepted") == 2)
        }

        @Test("reload names a fault and its place, and returns 1")
        func reload() throws {
            let supervised = try Supervised(services: ["echo": echo])
            #expect(try doorward(["reload"], supervised).output == "services: 1\n")
            try supervised.write(echo + "limts = 1\n", to: "services/echo.toml")
            let broken = try doorward(["reload"], supervised)
            #expect(broken.status == 1)
            #expect(broken.error.contains("services/echo.toml:3:1: error: unknown key 'limts'"))
            #expect(try exchange(port: supervised.port("echo"), "a\n") == "a\n")
        }

        @Test("status lists a reload's faults, those of the block list too, until a reload finds none")
        func faultsStay() throws {
            let echo = "listen = [\"127.0.0.1:0\"]\nhandler = [\"echo\"]\n"
            let supervised = try Supervised(
                services: ["a": echo], host: "block_list = \"blocked\"\n", files: ["blocked": "192.0.2.7\n"])
            func doorward(_ command: String) throws -> Outcome {
                try run([Supervised.program, command, "--config", supervised.directory + "/doorward.toml"])
            }
            try supervised.write("192.0.2.8\nnonsense\n", to: "blocked")
            try supervised.write(echo + "nise = 3\n", to: "services/a.toml")
            let reload = try doorward("reload")
            #expect(reload.status == 1)
            let status = try doorward("status").output
            for fault in ["/blocked:2:1: error: ", "/a.toml:3:1: error: unknown key 'nise'"] {
                #expect((reload.output + reload.error).contains(fault))
                #expect(status.contains("not in force: ") && status.contains(fault), "\(status)")
            }
            try supervised.write("192.0.2.8\n", to: "blocked")
            try supervised.write(echo, to: "services/a.toml")
            #expect(try doorward("reload").status == 0)
            #expect(try !doorward("status").output.contains("not in force"))
        }

        @Test("when reload returns, the new definition is in force for the next connection")
        func inForce() throws {
            let supervised = try Supervised(services: ["echo": echo])
            for rule in ["deny", "allow", "deny", "allow"] {
                try supervised.write(echo + "access = [\"\(rule) all\"]\n", to: "services/echo.toml")
                #expect(try doorward(["reload"], supervised).output == "services: 1\n")
                #expect(try answer(supervised.port("echo"), to: "a\n") == (rule == "allow" ? "a\n" : ""))
            }
        }

        @Test("a gate that cannot serve makes the reload fail, and status says why", .enabled(if: isRoot))
        func unservable() throws {
            let supervised = try Supervised(services: ["echo": echo], files: ["mine": "#!/bin/sh\n"])
            chmod(supervised.directory + "/mine", 0o700)
            let lines = echo.replacingOccurrences(of: "\"echo\"", with: "\"DIRECTORY/mine\"")
            try supervised.write(lines, to: "services/echo.toml")
            let problem = "handler '\(supervised.directory)/mine' cannot be executed by uid "
            let reload = try doorward(["reload"], supervised)
            #expect(reload.status == 1 && reload.error.contains("services/echo.toml: \(problem)"))
            #expect(try answer(supervised.port("echo"), to: "a\n") == "a\n")
            let shown = try doorward(["status"], supervised).output
            #expect(shown.contains("\necho: \(problem)") && shown.contains("the old definition stays in force"))
            #expect((try status(supervised, "services", "0", "problem") as? String)?.hasPrefix(problem) == true)
            try supervised.write(echo, to: "services/echo.toml")
            #expect(try doorward(["reload"], supervised).status == 0)
            #expect(try status(supervised, "services", "0", "problem") as? String == "")
        }

        @Test("status works with a faulty doorward.toml; reload names the fault")
        func faultyHost() throws {
            let supervised = try Supervised(services: ["echo": echo])
            try supervised.write("state = \"state\"\nhanders = \"handlers\"\n", to: "doorward.toml")
            #expect(try status(supervised, "services", "0", "state") as? String == "serving")
            let reload = try doorward(["reload"], supervised)
            #expect(reload.status == 1 && reload.error.contains("doorward.toml:2:1: error: unknown key 'handers'"))
            let line = try supervised.log.wait(for: "request")
            #expect(line["request"] == "reload" && line["uid"] == "\(geteuid())" && line["pid"] != nil)
        }

        @Test("drain closes the listener, lets a handler finish in its own time, and returns after the handler's end")
        func drain() throws {
            let supervised = try Supervised(services: ["echo": echo], host: "")
            let port = try supervised.port("echo")
            let client = try Client(port: port)
            client.send("a\n")
            #expect(client.read() == "a\n")
            let ended = Ended()
            let command = [Supervised.program, "drain", "--config", supervised.directory + "/doorward.toml"]
            let thread = Thread { ended.status = (try? run(command))?.status }
            thread.start()
            _ = try supervised.log.wait(for: "closed")
            #expect(throws: HarnessError.self) { try Client(port: port) }
            #expect(try status(supervised, "stopping") as? Bool == true)
            client.send("b\n")
            #expect(client.read() == "b\n")
            client.close()
            #expect(supervised.waitForEnd() == 0)
            while !thread.isFinished { sched_yield() }
            #expect(ended.status == 0)
            #expect(!FileManager.default.fileExists(atPath: supervised.directory + "/state/control"))
        }

        @Test("a second drain, and a stop after a drain, end no connection that the first drain protects")
        func again() throws {
            let supervised = try Supervised(services: ["echo": echo])
            let client = try Client(port: supervised.port("echo"))
            client.send("a\n")
            #expect(client.read() == "a\n")
            let threads = ["drain", "drain", "stop"].map { command in
                let arguments = [Supervised.program, command, "--config", supervised.directory + "/doorward.toml"]
                return Thread { _ = try? run(arguments) }
            }
            for (index, thread) in threads.enumerated() {
                thread.start()
                _ = try supervised.log.wait(for: "drain", count: index + 1)
            }
            client.send("b\n")
            #expect(client.read() == "b\n")
            client.shutdownWrite()
            #expect(client.readToEnd() == "")
            #expect(supervised.waitForEnd() == 0)
            for thread in threads { while !thread.isFinished { sched_yield() } }
            #expect(try supervised.log.wait(for: "end")["status"] == "0")
        }

        @Test("stop ends the supervisor as SIGTERM does")
        func stop() throws {
            let supervised = try Supervised(services: ["echo": echo], host: "")
            let outcome = try doorward(["stop"], supervised)
            #expect(outcome.status == 0)
            #expect(outcome.output == "connections that are served to their end: 0\n")
            #expect(supervised.waitForEnd() == 0)
        }

        @Test("without a supervisor, each command names the socket that it tried, and returns 1")
        func noSupervisor() throws {
            let supervised = try Supervised(services: [:])
            #expect(supervised.stop() == 0)
            for command in ["status", "reload", "drain", "stop"] {
                let outcome = try doorward([command], supervised)
                #expect(outcome.status == 1)
                #expect(outcome.error.contains("/state/control: connect: ENOENT"))
            }
        }

        @Test("a second supervisor on the same state directory is refused, with the pid of the first, and status 1")
        func second() throws {
            let supervised = try Supervised(services: ["echo": echo])
            let second = try doorward(["run"], supervised)
            #expect(second.status == 1)
            #expect(second.error.contains("another supervisor uses this directory: pid \(supervised.pid)"))
            #expect(second.error.contains("[state, --state]"))
            #expect(try exchange(port: supervised.port("echo"), "Hello\n") == "Hello\n")
            #expect(try doorward(["status"], supervised).status == 0)
        }

        @Test("after kill -9 of a supervisor, the next one has the state directory")
        func killed() throws {
            let supervised = try Supervised(services: ["echo": echo])
            supervised.signal(SIGKILL)
            _ = supervised.waitForEnd()
            let next = Process()
            let output = Pipe()
            next.executableURL = URL(fileURLWithPath: Supervised.program)
            next.arguments = ["run", "--config", supervised.directory + "/doorward.toml"]
            next.standardError = output
            try next.run()
            let log = LogReader(output.fileHandleForReading)
            _ = try log.wait(for: "ready")
            next.terminate()
            next.waitUntilExit()
            #expect(next.terminationStatus == 0)
        }

        @Test("a control socket that is removed is made again, and the log says so")
        func lost() throws {
            let supervised = try Supervised(services: ["echo": echo])
            try supervised.remove("state/control")
            _ = try supervised.log.wait(for: "control_restored")
            #expect(try doorward(["status"], supervised).status == 0)
        }

        @Test(
            "the supervisor answers only root and its own user, and the mode of the socket's file says so",
            .enabled(if: isRoot))
        func otherUsers() throws {
            let supervised = try Supervised(services: [:])
            let path = supervised.directory + "/state/control"
            let ask = """
                import socket
                s = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
                s.settimeout(5)
                try:
                    s.connect("\(path)")
                    s.send(b"status")
                    print(len(s.recv(10)))
                except OSError as error: print(error.strerror)
                """
            let otherUser = [
                "setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "/usr/bin/python3", "-c", ask,
            ]
            #expect(try run(otherUser).output == "Permission denied\n")
            // A user that can reach the socket's file is refused by its credentials.
            chmod(path, 0o777)
            chmod(supervised.directory + "/state", 0o755)
            #expect(try ["0\n", "Connection reset by peer\n", "Broken pipe\n"].contains(run(otherUser).output))
        }

        @Test("with its descriptors used up, the supervisor answers commands, serves on, and starts a gate that died")
        func noDescriptors() throws {
            let supervised = try Supervised(services: ["echo": echo])
            let (port, gate) = try (supervised.port("echo"), supervised.gate("echo"))
            let open = Set(descriptors(of: supervised.pid).compactMap { Int($0) })
            let lowestFree = (0...).first { !open.contains($0) } ?? 0
            try setLimit(supervised.pid, "--nofile=\(lowestFree):4096")
            for _ in 0..<20 {
                let status = try doorward(["status"], supervised)
                #expect(status.status == 0, "\(status.error)")
            }
            // A reload needs more of them than a command: it is refused, and changes nothing.
            let reload = try doorward(["reload"], supervised)
            #expect(reload.status == 1 && reload.error.contains("EMFILE"), "\(reload.error)")
            #expect(try exchange(port: port, "a\n") == "a\n")
            kill(gate, SIGKILL)
            #expect(try supervised.log.wait(for: "start_failed")["message"]?.contains("EMFILE") == true)
            #expect(try doorward(["status"], supervised).output.contains("EMFILE"))
            try setLimit(supervised.pid, "--nofile=1024:4096")
            _ = try supervised.log.wait(for: "ready", count: 2)
            #expect(try exchange(port: port, "b\n") == "b\n")
            #expect(supervised.stop() == 0)
        }

        @Test("silent, malformed and many requests at once on the socket stop neither services nor status")
        func nonsense() throws {
            let supervised = try Supervised(services: ["echo": echo])
            let path = supervised.directory + "/state/control"
            let ask = """
                import socket
                def connected():
                    s = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
                    s.settimeout(10)
                    s.connect("\(path)")
                    return s
                silent = [connected() for _ in range(15)]
                s = connected()
                s.send(b"x" * 5000)
                print(len(s.recv(10)))
                s = connected()
                s.close()
                """
            #expect(try run(["/usr/bin/python3", "-c", ask]).output == "1\n")
            #expect(try exchange(port: supervised.port("echo"), "a\n") == "a\n")
            #expect(try doorward(["status"], supervised).status == 0)
        }
    }

    private final class Ended: @unchecked Sendable {
        var status: Int32?
    }
}
