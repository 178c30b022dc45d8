// The sandbox from inside: Tests/Attacker is a handler that tries to get out. A default service refuses its attempts;
// with the sandbox off the same attempts work, which shows that the first test can fail.
import Foundation
import Glibc
import Testing

extension EndToEndTests {
    @Suite("Attacker")
    struct AttackerTests {
        /// A service that runs the attacker, and a sibling: another connection, with a handler that waits for a line.
        final class Attacked {
            let targets: Targets
            let doorward: Supervised
            let port: UInt16
            let sibling: Client
            let siblingPID: Int32

            /// - Parameters:
            ///   - more: lines of the service.
            ///   - programs: which of them the attacker is.
            init(_ more: String = "", programs: String = "handler = [\"attacker\"]\n") throws {
                targets = try Targets()
                let text = "listen = [\"127.0.0.1:0\"]\n" + programs
                doorward = try Supervised(
                    services: ["attacked": text + targets.environment + "\n" + more], programs: ["attacker"])
                try targets.make(in: doorward.directory)
                port = try doorward.port("attacked")
                sibling = try Client(port: port)
                sibling.send("pid\n")
                guard let pid = Int32(sibling.read().dropLast()) else { throw HarnessError("no pid of the sibling") }
                siblingPID = pid
            }

            /// Closes the sibling before the supervisor ends, which would wait for that connection.
            deinit { sibling.close() }

            var gate: Int32 {
                get throws { try doorward.gate("attacked") }
            }

            /// Sends the attacker a line, and returns its whole answer.
            func answer(_ line: String) throws -> String {
                try exchange(port: port, "\(line) sibling=\(siblingPID) supervisor=\(doorward.pid)\n")
            }

            func attempts(_ line: String) throws -> [Attempt] { Attempt.all(in: try answer(line)) }

            /// How many times the sibling has got a signal: "CONT", "URG", "WINCH".
            func received(_ signal: String) throws -> Int {
                sibling.send("signals\n")
                let fields = sibling.read().split { " \n".contains($0) }
                let count = fields.first { $0.hasPrefix(signal + "=") }.flatMap { Int($0.dropFirst(signal.count + 1)) }
                guard let count else { throw HarnessError("the sibling does not say how often it got \(signal)") }
                return count
            }
        }

        /// The attempts that the sandbox cannot refuse without root, and why.
        private static let needsRoot: Set<String> = [
            // Only root can make a setuid program or a file capability, so there is none to try.
            "exec-setuid", "exec-filecap",
            // `limits.processes` counts a user's processes on the whole machine: it needs a uid of the service's own.
            "fork-bomb",
        ]

        /// Whether the sandbox refused an attempt. The attacker cannot see the effect of `left` and `sent`; this can.
        private func isRefused(_ attempt: Attempt, _ attacked: Attacked) throws -> Bool {
            switch attempt.result {
            case "refused": true
            case "left": ends(Int32(attempt.how) ?? 0, seconds: 5)
            case "sent": try attacked.received(attempt.how) == 0
            default: false
            }
        }

        @Test(
            "a default service refuses every attempt of the attacker, as its handler and as a filter",
            arguments: [
                "handler = [\"attacker\"]\n", "handler = [\"echo\"]\ninput_filters = [[\"attacker\"]]\n",
            ])
        func defaults(programs: String) throws {
            let attacked = try Attacked(programs: programs)
            let programsOfSibling = descendants(of: try attacked.gate)
            let attempts = try attacked.attempts("all")
            // An attempt that works and loses the connection is missing here; it says so in the log.
            #expect(Set(try Self.names()).subtracting(attempts.map(\.name)) == [])
            for attempt in attempts where isRoot || !Self.needsRoot.contains(attempt.name) {
                #expect(try isRefused(attempt, attacked), "\(attempt.name): \(attempt.result) \(attempt.how)")
            }

            let gate = try attacked.gate
            for signal in ["CONT", "URG", "WINCH"] { #expect(try attacked.received(signal) == 0, "\(signal)") }
            #expect(isAlive(attacked.siblingPID) && isAlive(gate) && isAlive(attacked.doorward.pid))
            #expect(attacked.doorward.log.all.count { $0.event == "ready" } == 1)
            let known = Set(programsOfSibling + [gate])
            #expect(
                try settles {
                    try Self.unknownProcesses(besides: known, of: gate, below: attacked.doorward.directory).isEmpty
                })
            attacked.sibling.send("pid\n")
            #expect(attacked.sibling.read() == "\(attacked.siblingPID)\n")
            #expect(try exchange(port: attacked.port, "pid\n").hasSuffix("\n"))
            attacked.sibling.close()
            #expect(attacked.doorward.stop() == 0)
        }

        @Test(
            "without no_new_privs, the setuid program and the one with a file capability give rights",
            .enabled(if: isRoot))
        func programsWithRights() throws {
            let attacked = try Attacked()
            func identity(_ name: String) throws -> String {
                let path = "\(attacked.doorward.directory)/handlers/\(name)"
                let command = ["setpriv", "--reuid=4242", "--regid=4242", "--clear-groups", path, "--report-identity"]
                return try run(command).output
            }
            #expect(try identity("attacker").hasSuffix("effective=0000000000000000\n"))
            #expect(try identity("attacker-setuid").hasPrefix("euid=0 "))
            #expect(try identity("attacker-filecap").hasSuffix("effective=0000000000002000\n"))
        }

        @Test("a process that keeps a connection open ends when its handler does")
        func holding() throws {
            let attacked = try Attacked()
            let lines = try attacked.answer("hold-connection").split(separator: "\n")
            #expect(lines.count == 1, "\(lines)")
            #expect(lines.first?.hasPrefix("hold-connection\tleft\t") == true)
            // Without a gate that ends orphans, it keeps the connection.
            let user = isRoot ? ["setpriv", "--reuid=4242", "--regid=4242", "--clear-groups"] : []
            let program = attacked.doorward.directory + "/handlers/attacker"
            #expect(try run(user + [program], input: "hold-connection\n").output.hasSuffix("\nstill here\n"))
        }

        /// Settings that turn the sandbox off. The service keeps a user of its own.
        private static let off = """
            seccomp = "off"
            landlock = "off"
            network = true
            [limits]
            processes = "unlimited"
            memory = "unlimited"
            """

        /// The attempts that only the sandbox stops, on any kernel that Doorward runs on.
        private static let stoppedBySandboxOnly: Set<String> = [
            "read-passwd", "read-other", "list-root", "list-proc", "write-tmp", "write-unnamed", "write-var-tmp",
            "write-open-directory", "truncate-file", "append-file", "rename-file", "remove-file", "make-directory",
            "make-symlink", "make-fifo", "make-socket-node", "fill-disk", "socket-unix", "socket-inet", "socket-inet6",
            "socket-netlink", "tcp-connect", "tcp-reconnect", "udp-send", "bind-port", "unix-connect", "unix-datagram",
            "unix-bind", "watch-directory", "clear-reuse", "share-port", "lock-filter", "defer-accept",
            "abstract-connect", "abstract-bind", "ptrace-attach-sibling", "ptrace-seize-sibling", "ptrace-child",
            "kill-sibling", "kill-gate", "tgkill-sibling", "tgkill-gate", "sigqueue-sibling", "sigqueue-gate",
            "pidfd-signal-sibling", "pidfd-signal-gate", "proc-mem-sibling", "proc-environ-sibling",
            "proc-maps-sibling", "proc-fd-sibling", "proc-exe-sibling", "vm-read-sibling", "pidfd-getfd-sibling",
            "renice-sibling", "affinity-sibling", "scheduler-sibling", "ioprio-sibling", "interfaces",
            "prlimit-sibling", "exec-shell", "exec-program", "exec-tmp",
            "exec-open-directory", "exec-memory", "memfd", "shmget", "personality", "name-to-handle", "fill-memory",
        ]

        /// Attempts that only the sandbox stops if the kernel offers their call to every user, and a test for that.
        private static let dependingOnKernel: [(name: String, isOffered: @Sendable () -> Bool)] = [
            ("io-uring", { setting("kernel/io_uring_disabled") == "0" }),
            (
                "unshare-user",
                { setting("user/max_user_namespaces").flatMap { Int($0) } ?? 0 > 0 && isUserNamespaceFree }
            ),
            ("clone-user", { setting("user/max_user_namespaces").flatMap { Int($0) } ?? 0 > 0 && isUserNamespaceFree }),
            ("mq-open", { setting("fs/mqueue/queues_max") != nil }),
            ("add-key", { setting("kernel/keys/maxkeys") != nil }),
            ("keyctl", { setting("kernel/keys/maxkeys") != nil }),
        ]

        private static func setting(_ name: String) -> String? {
            try? String(contentsOfFile: "/proc/sys/\(name)", encoding: .utf8).trimmingCharacters(in: .newlines)
        }

        /// Whether any user may make a user namespace. Debian has a switch of its own for that, and Ubuntu another one.
        private static var isUserNamespaceFree: Bool {
            setting("kernel/unprivileged_userns_clone") != "0"
                && setting("kernel/apparmor_restrict_unprivileged_userns") != "1"
        }

        @Test("with the sandbox off, the attempts work that only the sandbox stops")
        func everythingOff() throws {
            let attacked = try Attacked(Self.off)
            let text = try attacked.answer("all")
            let attempts = Attempt.all(in: text)
            let offered = Self.dependingOnKernel.filter { $0.isOffered() }.map(\.name)
            for attempt in attempts where Self.stoppedBySandboxOnly.union(offered).contains(attempt.name) {
                #expect(attempt.result == "DONE", "\(attempt.name): \(attempt.result) \(attempt.how)")
            }
            #expect(Self.stoppedBySandboxOnly.subtracting(attempts.map(\.name)) == [])
            // tcp-listen loses its connection, so only the log has its result.
            _ = try attacked.doorward.log.wait(for: "stderr", seconds: 5) {
                $0["text"]?.hasPrefix("tcp-listen DONE") == true
            }
            for signal in ["CONT", "URG", "WINCH"] { #expect(try attacked.received(signal) > 0, "\(signal)") }
        }

        @Test("docs/security.md names every attempt once, and no other")
        func table() throws {
            let named = try documentedAttempts("attempts")
            #expect(named.sorted() == (try Self.names()).sorted())
        }

        /// The names of all attempts.
        private static func names() throws -> [String] {
            let outcome = try run([Supervised.build + "/test/attacker", "--list"])
            guard outcome.status == 0 else { throw HarnessError("attacker --list: \(outcome.error)") }
            return outcome.output.split(separator: "\n").map(String.init)
        }

        /// Whether something becomes true within five seconds.
        private func settles(_ isSettled: () throws -> Bool) throws -> Bool {
            let deadline = Date(timeIntervalSinceNow: 5)
            while Date() < deadline {
                if try isSettled() { return true }
                sched_yield()
            }
            return try isSettled()
        }

        /// The processes of the gate's user that are not among these. Without root that user has other processes too,
        /// so only those that run a handler of this service count.
        private static func unknownProcesses(besides known: Set<Int32>, of gate: Int32, below directory: String) throws
            -> [Int32]
        {
            func user(_ pid: Int32) -> Substring? {
                let status = try? String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)
                return status?.split(separator: "\n").first { $0.hasPrefix("Uid:") }
            }
            let owner = user(gate)
            let all = try FileManager.default.contentsOfDirectory(atPath: "/proc").compactMap { Int32($0) }
            return all.filter { pid in
                guard !known.contains(pid), let found = user(pid), found == owner, isAlive(pid) else { return false }
                let program = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(pid)/exe")
                return isRoot || program?.hasPrefix(directory + "/handlers/") == true
            }
        }
    }
}
