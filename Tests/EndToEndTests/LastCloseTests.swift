// The last close of a TCP socket with SO_LINGER and unsent data waits as long as whoever set the option has said.
// Filters and local users can leave such a close to a gate or to the supervisor; neither may wait for it.
import Foundation
import Testing

extension EndToEndTests {
    @Suite("Last closes that wait")
    struct LastCloseTests {
        /// Asks for a minute, which no test waits.
        private static let linger = """
            import os, socket, struct, sys
            def slow(end):
                end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 60))
                # Not by O_NONBLOCK: another process of the connection may take that away again.
                try:
                    while end.send(b"x" * 65536, socket.MSG_DONTWAIT): pass
                except BlockingIOError: pass

            """

        /// Sends sockets with such a close, in flight, to a unix socket. Their peers do not read; they live in this
        /// process, which ends with its standard input.
        private static let sender =
            linger + """
                path, count = sys.argv[1], int(sys.argv[2])
                listener = socket.create_server(("127.0.0.1", 0))
                peers = []
                for _ in range(count):
                    end = socket.create_connection(listener.getsockname())
                    peers.append(listener.accept()[0])
                    slow(end)
                    to = socket.socket(socket.AF_UNIX)
                    to.connect(path)
                    socket.send_fds(to, [b"x"], [end.fileno()])
                    to.close()
                    end.close()
                print("sent", flush=True)
                sys.stdin.read()
                """

        /// A process that has sent such sockets, and keeps their peers.
        private final class Sender {
            private let process = Process()
            private let input = Pipe()

            init(to path: String, count: Int = 3) throws {
                let output = Pipe()
                process.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
                process.arguments = ["-c", LastCloseTests.sender, path, "\(count)"]
                process.standardInput = input
                process.standardOutput = output
                try process.run()
                var said = Data()
                while !said.contains(0x0a) {
                    let some = output.fileHandleForReading.availableData
                    guard !some.isEmpty else { throw HarnessError("nothing was sent") }
                    said += some
                }
            }

            deinit {
                try? input.fileHandleForWriting.close()
                process.waitUntilExit()
            }
        }

        private func seconds(_ act: () throws -> Void) rethrows -> Double {
            let start = ContinuousClock.now
            try act()
            return start.duration(to: .now) / .seconds(1)
        }

        @Test("a filter that makes its output linger, and ends, does not hold up the other connections of its service")
        func filter() throws {
            let script = """
                #!/usr/bin/python3
                \(Self.linger)
                first = os.read(0, 65536)
                if first == b"linger\\n":
                    end = socket.socket(fileno=1)
                    slow(end)
                    os._exit(0)
                while first:
                    os.write(1, first)
                    first = os.read(0, 65536)
                """
            let text = "listen = [\"127.0.0.1:0\"]\nhandler = [\"echo\"]\noutput_filters = [[\"DIRECTORY/filter\"]]\n"
            let doorward = try Supervised(services: ["it": text], files: ["filter": script])
            let port = try doorward.port("it")
            #expect(try exchange(port: port, "warm\n") == "warm\n")
            let lingering = try (0..<5).map { _ in try Client(port: port) }
            _ = try doorward.log.wait(for: "accept", count: 6)
            // Until exec a program has copies of the other connections, and may have to close one last: it then waits
            // itself, which docs/security.md says.
            let gate = try doorward.gate("it")
            try wait {
                descendants(of: gate).allSatisfy {
                    (try? String(contentsOfFile: "/proc/\($0)/cmdline", encoding: .utf8)) != "doorward: gate it\0"
                }
            }
            for client in lingering {
                client.send("linger\n")
                client.shutdownWrite()
            }
            _ = try doorward.log.wait(for: "end", count: 6)
            var slowest = 0.0
            for _ in 0..<5 {
                let took = try seconds {
                    let answer = try exchange(port: port, "other\n")
                    #expect(answer == "other\n")
                }
                slowest = max(slowest, took)
            }
            #expect(slowest < 5)
            for client in lingering { client.reset() }
            #expect(doorward.stop() == 0)
        }

        @Test(
            "what a local user has in flight on his connection does not hold up the gate that refuses or reads it",
            arguments: ["access = [\"deny all\"]\n", "start = \"data\"\n", "handler = [\"hello\"]\n"])
        func user(settings: String) throws {
            let handler = settings.contains("handler") ? "" : "handler = [\"echo\"]\n"
            let text = "listen = [\"unix:DIRECTORY/s\", \"127.0.0.1:0\"]\n" + handler + settings
            let doorward = try Supervised(services: ["it": text])
            let port = try doorward.port("it", listener: 1)
            let path = doorward.directory + "/s"
            chmod(path, 0o666)
            // A gate that refuses at once would be faster than what is sent to it.
            kill(try doorward.gate("it"), SIGSTOP)
            let sender = try Sender(to: path)
            kill(try doorward.gate("it"), SIGCONT)
            var slowest = 0.0
            for _ in 0..<5 { slowest = max(slowest, try seconds { _ = try exchange(port: port, "other\n") }) }
            #expect(slowest < 5)
            _ = sender
            // A handler that has read such a message closes what came with it, and waits itself. The second of two
            // different signals ends it; one that comes twice may come once.
            for number in [SIGTERM, SIGINT] { doorward.signal(number) }
            #expect(doorward.waitForEnd() == 0)
        }

        @Test(
            "what is in flight in a listen queue does not hold up the supervisor that closes it", .enabled(if: isRoot))
        func queue() throws {
            let text = "listen = [\"unix:DIRECTORY/s\"]\nhandler = [\"DIRECTORY/private\"]\n"
            let echo = "listen = [\"127.0.0.1:0\"]\nhandler = [\"echo\"]\n"
            let doorward = try Supervised(
                services: ["it": text, "echo": echo], files: ["private": "#!/bin/sh\n"], ready: 2)
            // A gate that cannot start leaves clients in the queue, and the listener's last close to the supervisor.
            chmod(doorward.directory + "/private", 0o700)
            kill(try doorward.gate("it"), SIGKILL)
            _ = try doorward.log.wait(for: "start_failed")
            let sender = try Sender(to: doorward.directory + "/s")
            try doorward.remove("services/it.toml")
            let took = try seconds {
                try doorward.reload()
                let command = [Supervised.program, "status", "--config", doorward.directory + "/doorward.toml"]
                let status = try run(command).status
                #expect(status == 0)
            }
            #expect(took < 5)
            _ = sender
            #expect(doorward.stop() == 0)
        }
    }
}
