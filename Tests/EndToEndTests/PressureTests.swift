// Lack of descriptors or processes, and peers that reset at any moment: each may cost a connection, never a service.
import Foundation
import Glibc
import Testing

extension EndToEndTests {
    @Suite("Under pressure")
    struct PressureTests {
        private let echo = "listen = [\"127.0.0.1:0\"]\nhandler = [\"echo\"]\n"

        /// Processor time of a process so far, in clock ticks. Source: proc(5), stat.
        private func processorTime(_ pid: Int32) throws -> Int {
            let text = try String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8)
            let fields = text.split(separator: ")").last?.split(separator: " ") ?? []
            return (Int(fields[11]) ?? 0) + (Int(fields[12]) ?? 0)
        }

        @Test("peers that reset before they are accepted, or at any later moment, leave gate and service as they are")
        func resets() throws {
            let doorward = try Supervised(services: ["echo": echo + "[limits]\nconnections = 2\n"])
            let (port, gate) = try (doorward.port("echo"), doorward.gate("echo"))
            let holders = try [Client(port: port), Client(port: port)]
            _ = try doorward.log.wait(for: "accept", count: 2)
            // The service is at its limit: these clients wait in the listen queue, and reset there.
            for _ in 0..<20 { try Client(port: port).reset() }
            for holder in holders { holder.close() }
            for text in ["", "x", "line\n", "\n", String(repeating: "x", count: 100_000)] {
                for _ in 0..<5 {
                    let client = try Client(port: port)
                    client.send(text)
                    client.reset()
                }
            }
            #expect(try exchange(port: port, "Hello\n") == "Hello\n")
            #expect(try doorward.gate("echo") == gate)
            _ = try doorward.log.wait(for: "end") { $0["status"] == "0" }
        }

        /// Sends an unknown message from the supervisor to its gate and to the writer of the log, and one from the gate
        /// to the supervisor, by copies of their ends. Source: pidfd_getfd(2), system call 438.
        private static let sender = """
            import ctypes, os, socket, sys
            libc = ctypes.CDLL(None, use_errno=True)
            supervisor, gate = map(int, sys.argv[1:])
            def files(pid):
                return {int(n): os.readlink(f"/proc/{pid}/fd/{n}") for n in os.listdir(f"/proc/{pid}/fd")}
            def copy(pid, number):
                copied = libc.syscall(438, os.pidfd_open(pid), number, 0)
                if copied < 0: sys.exit(os.strerror(ctypes.get_errno()))
                return copied
            sent = 0
            for number, file in files(supervisor).items():
                if not file.startswith("socket:"): continue
                end = socket.socket(fileno=copy(supervisor, number))
                if end.type & 15 != socket.SOCK_SEQPACKET: continue
                if end.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN): continue
                sent += end.send(b"X")
            shared = set(files(supervisor).values())
            for number, file in files(gate).items():
                if number < 3 or not file.startswith("pipe:") or file not in shared: continue
                sent += os.write(copy(gate, number), b"\\x01\\x00X") - 2
            sys.exit(0 if sent == 3 else f"{sent} channels")
            """

        @Test(
            "a message of an unknown kind between supervisor and gate is logged once, and ends nothing",
            .enabled(if: isRoot))
        func unknownMessage() throws {
            let doorward = try Supervised(services: ["echo": echo])
            let (port, gate) = try (doorward.port("echo"), doorward.gate("echo"))
            let live = try Client(port: port)
            live.send("before\n")
            #expect(live.read() == "before\n")
            for _ in 0..<2 {
                let sent = try run(["python3", "-c", Self.sender, "\(doorward.pid)", "\(gate)"])
                #expect(sent.status == 0, "\(sent.error)")
            }
            for from in ["supervisor", "gate"] {
                let line = try doorward.log.wait(for: "unknown_message") {
                    $0["from"] == from && $0["service"] == "echo"
                }
                #expect(line["pid"] == "\(gate)" && line["byte"] == "88", "\(line)")
            }
            live.send("after\n")
            #expect(live.read() == "after\n")
            #expect(try exchange(port: port, "Hello\n") == "Hello\n")
            let writer = try #require(doorward.logWriter)
            _ = try doorward.log.wait(for: "unknown_message") { $0["pid"] == "\(writer)" && $0["byte"] == "88" }
            #expect(doorward.log.all.count { $0.event == "unknown_message" } == 3)
            #expect(descendants(of: doorward.pid).contains(gate))
            live.close()
            #expect(doorward.stop() == 0)
        }

        @Test("with no descriptor left, the gate pauses, logs that once, and goes on serving")
        func noDescriptors() throws {
            let doorward = try Supervised(services: ["echo": echo])
            let (port, gate) = try (doorward.port("echo"), doorward.gate("echo"))
            let open = Set(descriptors(of: gate).compactMap { Int($0) })
            let lowestFree = (0...).first { !open.contains($0) } ?? 0
            try setLimit(gate, "--nofile=\(lowestFree):4096")
            let used = try processorTime(gate)
            // The gate's reserve descriptor lets one connection in at a time, so every client gets its answer.
            let clients = try (0..<5).map { _ in try Client(port: port) }
            for client in clients {
                client.send("Hello\n")
                client.shutdownWrite()
            }
            for client in clients { #expect(client.readToEnd() == "Hello\n") }
            let pause = try doorward.log.wait(for: "pause")
            #expect(pause["errno"] == "EMFILE")
            #expect(pause["act"] == "accept")
            #expect(doorward.log.all.count { $0.event == "pause" } == 1)
            #expect(try processorTime(gate) - used < 50, "the loop must not spin")
            try setLimit(gate, "--nofile=1024:4096")
            #expect(try exchange(port: port, "Hello\n") == "Hello\n")
            #expect(try doorward.gate("echo") == gate)
        }

        @Test(
            "when the kernel cannot watch the listeners, the gate pauses and then accepts; a live connection goes on",
            .enabled(if: isRoot))
        func noWatches() throws {
            let two = "listen = [\"127.0.0.1:0\", \"127.0.0.1:0\"]\nhandler = [\"echo\"]\n"
            let doorward = try Supervised(services: ["echo": two + "[limits]\nconnections = 2\n"])
            let (port, gate) = try (doorward.port("echo"), doorward.gate("echo"))
            let live = try Client(port: port)
            live.send("before\n")
            #expect(live.read() == "before\n")
            // The second connection takes both listeners out of the poll set, and its end puts them back: the fourth
            // call adds the second listener, after the first one.
            let tracer = Process()
            tracer.executableURL = URL(fileURLWithPath: "/usr/bin/strace")
            tracer.arguments = [
                "-p", "\(gate)", "-o", doorward.directory + "/trace", "-e", "trace=epoll_ctl", "-e",
                "inject=epoll_ctl:error=ENOSPC:when=4",
            ]
            tracer.standardError = FileHandle.nullDevice
            try tracer.run()
            defer {
                // KILL, because a child of this process may start with TERM blocked. The gate then runs untraced.
                kill(tracer.processIdentifier, SIGKILL)
                tracer.waitUntilExit()
            }
            #expect(eventually { isTraced(gate) })
            let second = try Client(port: port)
            second.send("second\n")
            #expect(second.read() == "second\n")
            second.close()
            let pause = try doorward.log.wait(for: "pause")
            #expect(pause["act"] == "epoll_ctl")
            #expect(pause["errno"] == "ENOSPC")
            #expect(try exchange(port: port, "Hello\n") == "Hello\n")
            let other = try Client(port: doorward.port("echo", listener: 1))
            other.send("other\n")
            #expect(other.read() == "other\n")
            other.close()
            live.send("after\n")
            #expect(live.read() == "after\n")
            #expect(doorward.log.all.count { $0.event == "pause" } == 1)
            #expect(descendants(of: doorward.pid).contains(gate))
            #expect(!doorward.log.all.contains { $0.event == "gate_fault" || $0.event == "gate_died" })
        }

        /// Source: proc(5), status, TracerPid.
        private func isTraced(_ pid: Int32) -> Bool {
            let status = (try? String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)) ?? ""
            return status.contains("TracerPid:") && !status.contains("TracerPid:\t0\n")
        }

        private func eventually(_ condition: () -> Bool) -> Bool {
            let end = Date(timeIntervalSinceNow: 10)
            while !condition(), Date() < end { usleep(10_000) }
            return condition()
        }

        @Test("when no process can be made, the accepted connection waits and is served later", .enabled(if: isRoot))
        func noProcesses() throws {
            let doorward = try Supervised(services: ["echo": echo])
            let (port, gate) = try (doorward.port("echo"), doorward.gate("echo"))
            try setLimit(gate, "--nproc=0:")
            let used = try processorTime(gate)
            let client = try Client(port: port)
            client.send("Hello\n")
            client.shutdownWrite()
            let pause = try doorward.log.wait(for: "pause")
            #expect(pause["act"] == "clone")
            #expect(pause["errno"] == "EAGAIN")
            try setLimit(gate, "--nproc=100:")
            #expect(client.readToEnd() == "Hello\n")
            #expect(doorward.log.all.count { $0.event == "pause" } == 1)
            #expect(try processorTime(gate) - used < 50, "the loop must not spin")
        }

        @Test("a `doorward drain` that is killed while it waits does not keep the supervisor busy")
        func drainerDies() throws {
            let doorward = try Supervised(services: ["echo": echo])
            let client = try Client(port: doorward.port("echo"))
            client.send("a\n")
            #expect(client.read() == "a\n")
            let config = ["--config", doorward.directory + "/doorward.toml"]
            let drainer = Process()
            drainer.executableURL = URL(fileURLWithPath: Supervised.program)
            drainer.arguments = ["drain"] + config
            try drainer.run()
            _ = try doorward.log.wait(for: "closed")
            kill(drainer.processIdentifier, SIGKILL)
            drainer.waitUntilExit()
            let used = try processorTime(doorward.pid)
            for _ in 0..<30 { #expect(try run([Supervised.program, "status"] + config).status == 0) }
            #expect(try processorTime(doorward.pid) - used < 10, "the loop must not spin")
            client.close()
            #expect(doorward.waitForEnd() == 0)
        }

        @Test("access rules that change the same variable share its memory: 2000 of them cost less than 4 MiB")
        func manyRules() throws {
            let rules = (0..<2000).map { "\"allow 10.\($0 / 200).\($0 % 200).0/24 NEAR=yes\"" }
            let checks = "checks = [[\"/bin/true\"], [\"/bin/true\"], [\"/bin/true\"], [\"/bin/true\"]]\n"
            let doorward = try Supervised(services: [
                "few": echo + checks, "many": echo + checks + "access = [\(rules.joined(separator: ", "))]\n",
            ])
            let (few, many) = try (memory(of: doorward.gate("few")), memory(of: doorward.gate("many")))
            #expect(many - few < 4096, "in KiB")
        }

        @Test("the log has stage and errno of a handler that cannot be executed; when it can, it serves again")
        func handlerVanishes() throws {
            let script = "#!/bin/sh\necho there\n"
            let doorward = try Supervised(
                services: ["it": "listen = [\"127.0.0.1:0\"]\nhandler = [\"DIRECTORY/it\"]"], files: ["it": script])
            let port = try doorward.port("it")
            #expect(try exchange(port: port, "") == "there\n")
            try doorward.remove("it")
            #expect(try exchange(port: port, "") == "")
            let failure = try doorward.log.wait(for: "spawn_failed")
            #expect(failure["stage"] == "execute")
            #expect(failure["errno"] == "ENOENT")
            try doorward.write(script, to: "it")
            #expect(try exchange(port: port, "") == "there\n")
        }

        @Test("a gate that dies is started again; its sockets stay open, and a client that waits is served")
        func gateDies() throws {
            let doorward = try Supervised(services: ["echo": echo])
            let (port, gate) = try (doorward.port("echo"), doorward.gate("echo"))
            kill(gate, SIGSTOP)
            let waiting = try Client(port: port)
            waiting.send("Hello\n")
            waiting.shutdownWrite()
            kill(gate, SIGKILL)
            #expect(try doorward.log.wait(for: "gate_died")["signal"] == "KILL")
            #expect(waiting.readToEnd() == "Hello\n")
            _ = try doorward.log.wait(for: "ready", count: 2)
            #expect(try doorward.port("echo") == port)
            #expect(try doorward.gate("echo") != gate)
        }

        @Test("while a gate waits for its restart its sockets stay open, though other gates end and start")
        func socketsWithoutGate() throws {
            let doorward = try Supervised(services: ["one": echo, "two": echo])
            let port = try doorward.port("one")
            // Each death lengthens the wait for the next gate, until the test has time to act during it.
            for round in 1...4 {
                kill(try doorward.gate("one"), SIGKILL)
                _ = try doorward.log.wait(for: "ready", count: round + 1) { $0["service"] == "one" }
            }
            kill(try doorward.gate("one"), SIGKILL)
            _ = try doorward.log.wait(for: "gate_died", count: 5) { $0["service"] == "one" }
            kill(try doorward.gate("two"), SIGKILL)
            _ = try doorward.log.wait(for: "ready", count: 2) { $0["service"] == "two" }
            #expect(try exchange(port: port, "Hello\n") == "Hello\n")
            #expect(try doorward.port("one") == port)
        }

        @Test("when a gate dies, the supervisor ends its handlers and what they started")
        func orphans() throws {
            let doorward = try Supervised(
                services: ["it": "listen = [\"127.0.0.1:0\"]\nhandler = [\"DIRECTORY/it\"]"],
                files: ["it": "#!/bin/sh\nsleep 1000 & echo started; wait\n"])
            let (port, gate) = try (doorward.port("it"), doorward.gate("it"))
            let live = try Client(port: port)
            #expect(live.read() == "started\n")
            let left = descendants(of: gate)
            #expect(left.count == 2)
            kill(gate, SIGKILL)
            #expect(try doorward.log.wait(for: "orphans")["signal"] == "TERM")
            #expect(left.allSatisfy { ends($0) })
            _ = try doorward.log.wait(for: "ready", count: 2)
            #expect(try Client(port: port).read() == "started\n")
        }

        @Test("a gate that is killed right after its start does not count as serving, and stop still works")
        func killedAtBirth() throws {
            let doorward = try Supervised(services: ["echo": echo])
            // With many services, gates report and die before the supervisor reads their messages.
            for number in 0..<30 { try doorward.write(echo, to: "services/s\(number).toml") }
            try doorward.reload()
            for _ in 0..<200 {
                for child in descendants(of: doorward.pid) { kill(child, SIGKILL) }
                sched_yield()
            }
            for number in 0..<30 {
                _ = try doorward.log.wait(for: "ready", seconds: 20) { $0["service"] == "s\(number)" }
            }
            let port = try doorward.port("echo")
            _ = try doorward.log.wait(for: "ready", count: 1) { $0["service"] == "echo" }
            #expect(try exchange(port: port, "Hello\n") == "Hello\n")
            #expect(doorward.stop() == 0)
            #expect(!doorward.log.all.contains { $0.event == "gate_killed" })
        }

        @Test(
            "a handler that changes its user is out of its gate's reach, and the supervisor ends it",
            .enabled(if: isRoot))
        func changedUser() throws {
            let doorward = try Supervised(
                services: [
                    "it": """
                    listen = ["127.0.0.1:0"]
                    handler = ["/usr/bin/setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "sh", "-c", \
                    "trap '' TERM; echo $$; sleep 1000 & wait; sleep 1000"]
                    user = "root"
                    capabilities = "^cap_setuid,^cap_setgid"
                    [limits]
                    lifetime = "100ms"
                    """.replacingOccurrences(of: "\\\n", with: "")
                ])
            let client = try Client(port: doorward.port("it"))
            let handler = try #require(Int32(client.read().dropLast()))
            #expect(try doorward.log.wait(for: "out_of_reach")["pid"] == "\(handler)")
            for _ in 0..<3 { doorward.signal(SIGTERM) }
            #expect(doorward.waitForEnd() == 0)
            #expect(ends(handler))
        }
    }
}
