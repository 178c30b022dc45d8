// A gate has copies of its listeners, and one that an attacker controls can change them for the gates that follow. Here
// a program of root's plays that gate, by a copy of its listener: what it sets, a gate could set before its filter.
import Foundation
import Glibc
import Testing

extension EndToEndTests {
    @Suite("Listeners after a gate", .enabled(if: isRoot))
    struct ListenerTests {
        /// Changes the listener of a gate. Source: pidfd_getfd(2), system call 438.
        private static let changer = """
            import ctypes, fcntl, os, socket, struct, sys
            libc = ctypes.CDLL(None, use_errno=True)
            gate, change = int(sys.argv[1]), sys.argv[2]
            def copies():
                for number in os.listdir(f"/proc/{gate}/fd"):
                    if not os.readlink(f"/proc/{gate}/fd/{number}").startswith("socket:"): continue
                    copied = libc.syscall(438, os.pidfd_open(gate), int(number), 0)
                    if copied < 0: sys.exit(os.strerror(ctypes.get_errno()))
                    end = socket.socket(fileno=copied)
                    if end.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN): yield end
            listeners = list(copies())
            for end in listeners:
                if change == "options":
                    end.setsockopt(socket.IPPROTO_TCP, socket.TCP_DEFER_ACCEPT, 1000)
                    end.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, 100)
                    end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    fcntl.fcntl(end, fcntl.F_SETFL, 0)
                elif change == "lock": end.setsockopt(socket.SOL_SOCKET, 44, 1)
                else: end.shutdown(socket.SHUT_RDWR)
            sys.exit(0 if len(listeners) == 1 else f"{len(listeners)} listeners")
            """

        private func change(_ change: String, _ gate: Int32) throws {
            let changed = try run(["python3", "-c", Self.changer, "\(gate)", change])
            #expect(changed.status == 0, "\(changed.error)")
        }

        private static let greeting = "handler = [\"DIRECTORY/it\"]\n"

        /// Speaks first, as a mail server does, and then waits for its client.
        private static let script = "#!/bin/sh\necho there\nread line\necho \"$line\"\n"

        private func greets(_ client: Client) {
            #expect(client.read() == "there\n")
            client.send("you\n")
            #expect(client.readToEnd() == "you\n")
        }

        @Test(
            "options that a gate has changed are set back when it has ended: a client that is silent first is served",
            arguments: ["killed", "replaced by a reload"])
        func options(end: String) throws {
            let text = "listen = [\"127.0.0.1:0\"]\n" + Self.greeting
            let doorward = try Supervised(services: ["it": text], files: ["it": Self.script])
            let (port, gate) = try (doorward.port("it"), doorward.gate("it"))
            greets(try Client(port: port))
            try change("options", gate)
            if end == "killed" {
                kill(gate, SIGKILL)
            } else {
                try doorward.write(text + "nice = 1\n", to: "services/it.toml")
                doorward.signal(SIGHUP)
                _ = try doorward.log.wait(for: "gate_ended")
            }
            _ = try doorward.log.wait(for: "ready", count: 2)
            #expect(try doorward.port("it") == port)
            greets(try Client(port: port, timeoutMilliseconds: 2000))
            let line = try doorward.log.wait(for: "listener_changed")
            #expect(line["listen"] == "127.0.0.1:\(port)")
            for option in ["O_NONBLOCK", "SO_LINGER", "SO_RCVLOWAT", "TCP_DEFER_ACCEPT"] {
                #expect(line.description.contains(" option=\(option)"), "\(line)")
            }
            #expect(doorward.stop() == 0)
        }

        @Test("what a gate has left can still change a listener: it is set back once more when all of that has ended")
        func orphans() throws {
            let script = "#!/bin/sh\ntrap '' TERM\necho there\nread line || exit\nexec sleep 1000\n"
            let text = "listen = [\"127.0.0.1:0\"]\n" + Self.greeting
            let doorward = try Supervised(services: ["it": text], files: ["it": script])
            let (port, gate) = try (doorward.port("it"), doorward.gate("it"))
            let client = try Client(port: port)
            client.send("stay\n")
            #expect(client.read() == "there\n")
            kill(gate, SIGKILL)
            _ = try doorward.log.wait(for: "orphans") { $0["signal"] == "TERM" }
            _ = try doorward.log.wait(for: "ready", count: 2)
            // In the place of the orphan, which has no copy here.
            try change("options", doorward.gate("it"))
            _ = try doorward.log.wait(for: "listener_changed")
            #expect(doorward.log.all.contains { $0.event == "orphans" && $0["signal"] == "KILL" })
            #expect(try Client(port: port, timeoutMilliseconds: 2000).read() == "there\n")
            #expect(doorward.log.all.count { $0.event == "ready" } == 2)
            #expect(doorward.stop() == 0)
        }

        @Test(
            "a listener that cannot be set back is opened anew, and the log says how many clients that has cost",
            arguments: ["lock", "shutdown"])
        func replaced(what: String) throws {
            let text = "listen = [\"127.0.0.1:0\"]\n" + Self.greeting
            let doorward = try Supervised(services: ["it": text], files: ["it": Self.script])
            let (port, gate) = try (doorward.port("it"), doorward.gate("it"))
            kill(gate, SIGSTOP)
            let waiting = try [Client(port: port), Client(port: port)]
            try change(what, gate)
            kill(gate, SIGKILL)
            let line = try doorward.log.wait(for: "listener_replaced")
            #expect(line["listen"] == "127.0.0.1:\(port)")
            // The shutdown itself has reset them.
            #expect(line["lost"] == (what == "lock" ? "2" : "0"), "\(line)")
            #expect(waiting.allSatisfy { $0.readToEnd() == "" })
            _ = try doorward.log.wait(for: "ready", count: 2)
            greets(try Client(port: port))
            #expect(doorward.stop() == 0)
        }

        @Test("a gate whose listener another process has shut down ends by an error, and the service goes on")
        func shutDown() throws {
            let doorward = try Supervised(services: ["it": "listen = [\"127.0.0.1:0\"]\nhandler = [\"echo\"]\n"])
            try change("shutdown", doorward.gate("it"))
            let fault = try doorward.log.wait(for: "gate_fault")
            #expect(fault["act"] == "accept" && fault["errno"] == "EINVAL", "\(fault)")
            _ = try doorward.log.wait(for: "listener_replaced")
            _ = try doorward.log.wait(for: "ready", count: 2)
            #expect(try exchange(port: doorward.port("it"), "Hello\n") == "Hello\n")
            doorward.expectNoTrap()
        }

        @Test("a unix socket that a gate has shut down is opened anew")
        func unix() throws {
            let text = "listen = [\"unix:DIRECTORY/s\"]\n" + Self.greeting
            let doorward = try Supervised(services: ["it": text], files: ["it": Self.script])
            try change("shutdown", doorward.gate("it"))
            kill(try doorward.gate("it"), SIGKILL)
            #expect(try doorward.log.wait(for: "listener_replaced")["option"] == "shutdown")
            _ = try doorward.log.wait(for: "ready", count: 2)
            greets(try Client(path: doorward.directory + "/s"))
            #expect(doorward.stop() == 0)
        }

        @Test("when the next gate already has a copy of what cannot be set back, that gate is replaced too")
        func replacedInUse() throws {
            let probe = try Supervised(
                services: ["it": "listen = [\"127.0.0.1:0\"]\n" + Self.greeting], files: ["it": Self.script])
            let port = try probe.port("it")
            #expect(probe.stop() == 0)
            let text = "listen = [\"127.0.0.1:\(port)\"]\n" + Self.greeting
            let doorward = try Supervised(services: ["it": text], files: ["it": Self.script])
            try change("lock", doorward.gate("it"))
            try doorward.write(text + "nice = 1\n", to: "services/it.toml")
            doorward.signal(SIGHUP)
            _ = try doorward.log.wait(for: "listener_replaced")
            _ = try doorward.log.wait(for: "ready", count: 3)
            greets(try Client(port: port))
            #expect(doorward.log.all.count { $0.event == "listener_replaced" } == 1)
            #expect(doorward.stop() == 0)
        }
    }
}
