// Processes that handlers leave running when they end: soon after, none of them is there.
import Foundation
import Glibc
import Testing

extension EndToEndTests {
    @Suite("Orphans")
    struct OrphansTests {
        /// Leaves a daemon in a session of its own, writes the daemon's pid, and ends after a line or its input's end.
        private static let daemonizing = """
            #!/bin/sh
            setsid sh -c 'echo $$; exec sleep 300 <&- >&- 2>&-' &
            read line
            """

        /// Leaves a process that becomes another user, which its gate has no right to signal.
        private static let changingUser = """
            #!/usr/bin/python3 -IS
            import os, signal, sys
            if os.fork() == 0:
                os.setsid()
                os.setresuid(64321, 64321, 64321)
                os.write(1, b"%d\\n" % os.getpid())
                os.closerange(0, 3)
                while True: signal.pause()
            sys.stdin.readline()
            """

        /// Leaves four sessions. In each the leader waits, because the gate kills the process group of a leader that
        /// ends, and another process forks and exits, and its child does the same, without end.
        private static let running =
            escaping(4) + """
                if os.fork():
                    while True: signal.pause()
                while True:
                    try:
                        if os.fork(): os._exit(0)
                    except OSError:
                        pass
                """

        /// Leaves a process that forks as often as it can; each child does the same, and half of them exit. The leader
        /// of the first session waits: if it ended, the gate would kill its group, and a child that had no session of
        /// its own yet with it.
        private static let multiplying =
            escaping(1) + """
                if os.fork():
                    while True: signal.pause()
                while True:
                    try:
                        if os.fork() == 0: os.setsid()
                        elif os.getpid() % 2: os._exit(0)
                    except OSError:
                        pass
                """

        /// The beginning of a script that ends the handler and goes on in that many processes, each with a session.
        private static func escaping(_ count: Int) -> String {
            """
            #!/usr/bin/python3 -IS
            import os, signal
            near, far = os.pipe()
            for _ in range(\(count)):
                if os.fork() == 0: break
            else:
                for _ in range(\(count)): os.read(near, 1)
                os._exit(0)
            os.setsid()
            os.write(far, b"x")
            os.closerange(0, 16)

            """
        }

        /// Settings that let a handler become another user.
        private let mayChangeUser = "capabilities = \"^cap_setuid\"\nseccomp = \"off\"\n"

        private func started(_ script: String, _ more: String = "") throws -> Supervised {
            let listen = "listen = [\"127.0.0.1:0\"]\n"
            return try Supervised(
                services: [
                    "it": listen + "handler = [\"DIRECTORY/it\"]\n" + more, "echo": listen + "handler = [\"echo\"]\n",
                ], files: ["it": script + "\n"])
        }

        @Test("a process that a handler starts by way of another, ended one runs as long as the handler does")
        func helper() throws {
            let script = """
                #!/bin/sh
                (sleep 100 & echo $!)
                read -r line
                if [ "$line" = leave ]; then
                    setsid sleep 200 < /dev/null > /dev/null 2>&1 &
                    echo $!
                fi
                """
            let doorward = try started(script)
            let (client, helper) = try connected(doorward)
            // Another connection leaves an orphan: when that has ended, the gate has searched for orphans.
            let (other, _) = try connected(doorward)
            other.send("leave\n")
            let left = Int32(other.readToEnd().dropLast())
            #expect(ends(left ?? 0, seconds: 5))
            #expect(isAlive(helper))
            client.send("\n")
            _ = client.readToEnd()
            #expect(ends(helper, seconds: 5))
        }

        /// Connects, and returns the connection and the pid of the process that its handler leaves running.
        private func connected(_ doorward: Supervised) throws -> (client: Client, left: Int32) {
            let client = try Client(port: doorward.port("it"))
            let said = client.read()
            guard let pid = Int32(said.dropLast()), isAlive(pid) else { throw HarnessError("no pid: '\(said)'") }
            return (client, pid)
        }

        /// Whether no process runs that script, three times in a row, within so many seconds.
        private func noProcessRuns(_ path: String, seconds: Double) -> Bool {
            let deadline = Date(timeIntervalSinceNow: seconds)
            var quiet = 0
            while quiet < 3, Date() < deadline { quiet = processes(running: path).isEmpty ? quiet + 1 : 0 }
            return quiet == 3
        }

        @Test("a daemon in a session of its own ends soon after its handler, and the log says so")
        func daemon() throws {
            let doorward = try started(Self.daemonizing)
            let (client, left) = try connected(doorward)
            client.close()
            _ = try doorward.log.wait(for: "end") { $0["service"] == "it" }
            let line = try doorward.log.wait(for: "orphans", seconds: 5)
            #expect(line["service"] == "it")
            #expect(line["count"] == "1")
            #expect(line["signal"] == "KILL")
            #expect(ends(left, seconds: 5))
            #expect(descendants(of: try doorward.gate("it")).allSatisfy { ends($0, seconds: 5) })
        }

        @Test("the end of one handler does not end the daemon of another handler that still runs")
        func others() throws {
            let doorward = try started(Self.daemonizing)
            let (living, daemon) = try connected(doorward)
            let (client, left) = try connected(doorward)
            client.close()
            #expect(ends(left, seconds: 5))
            // A process is no orphan as long as its handler runs.
            #expect(isAlive(daemon))
            living.close()
            #expect(ends(daemon, seconds: 5))
        }

        @Test("processes that fork and exit without end are ended, and other clients are served meanwhile")
        func runners() throws {
            let doorward = try started(Self.running)
            let path = doorward.directory + "/it"
            for _ in 0..<3 { #expect(try exchange(port: doorward.port("it"), "") == "") }
            _ = try doorward.log.wait(for: "end", count: 3) { $0["service"] == "it" }
            for _ in 0..<20 { #expect(try exchange(port: doorward.port("echo"), "Hello\n") == "Hello\n") }
            let line = try doorward.log.wait(for: "orphans") { $0["service"] == "it" }
            #expect(line["service"] == "it")
            #expect(noProcessRuns(path, seconds: 20))
            #expect(descendants(of: try doorward.gate("it")).allSatisfy { ends($0, seconds: 5) })
            #expect(try exchange(port: doorward.port("it"), "") == "")
            #expect(doorward.stop() == 0)
            #expect(noProcessRuns(path, seconds: 5))
        }

        /// Leaves a chain of 200 processes, each the child of the one before, in a session of its own, and waiting.
        private static let chain =
            escaping(1) + """
                for _ in range(200):
                    if os.fork(): signal.pause()
                    os.setsid()
                signal.pause()
                """

        @Test("a long chain of processes is ended, and the gate of its service goes on")
        func longChain() throws {
            let doorward = try started(Self.chain)
            let path = doorward.directory + "/it"
            #expect(try exchange(port: doorward.port("it"), "") == "")
            #expect(noProcessRuns(path, seconds: 10))
            #expect(doorward.log.all.count { $0.event == "ready" && $0["service"] == "it" } == 1)
        }

        @Test(
            "a fork bomb stays within the processes that its user may have, and ends, if need be with its gate",
            .enabled(if: controlGroups != nil))
        func bomb() throws {
            let doorward = try started(Self.multiplying, "[limits]\nprocesses = 64\n")
            let path = doorward.directory + "/it"
            #expect(try exchange(port: doorward.port("it"), "") == "")
            for _ in 0..<20 { #expect(try exchange(port: doorward.port("echo"), "Hello\n") == "Hello\n") }
            #expect(processes(running: path).count <= 64)
            // The bomb ends in one of two ways. On a machine with time to spare it forks faster than its gate can end
            // its processes, and the gate ends itself with status 1. On a busy machine the gate may be the faster one.
            #expect(noProcessRuns(path, seconds: 55))
            try wait {
                doorward.log.all.contains { ["orphans", "gate_died"].contains($0.event) && $0["service"] == "it" }
            }
            if let died = doorward.log.all.first(where: { $0.event == "gate_died" && $0["service"] == "it" }) {
                #expect(died["status"] == "1")
                _ = try doorward.log.wait(for: "ready", count: 2) { $0["service"] == "it" }
            }
            #expect(doorward.stop() == 0)
        }

        @Test("after SIGTERM no process of a service is left, neither handlers nor what they started")
        func terminated() throws {
            let doorward = try started(Self.daemonizing)
            let (client, left) = try connected(doorward)
            let all = descendants(of: doorward.pid)
            #expect(all.contains(left))
            doorward.signal(SIGTERM)
            _ = try doorward.log.wait(for: "drain")
            #expect(doorward.stop() == 0)
            for pid in all { #expect(ends(pid), "\(pid)") }
            client.close()
        }

        @Test("when a gate is killed, no process of its service is left, and the next gate serves")
        func gateKilled() throws {
            let doorward = try started(Self.daemonizing)
            let (client, left) = try connected(doorward)
            let all = descendants(of: try doorward.gate("it"))
            #expect(all.contains(left))
            kill(try doorward.gate("it"), SIGKILL)
            _ = try doorward.log.wait(for: "gate_died")
            for pid in all { #expect(ends(pid, seconds: 15), "\(pid)") }
            _ = try doorward.log.wait(for: "ready", count: 2) { $0["service"] == "it" }
            client.close()
            let (next, again) = try connected(doorward)
            next.close()
            #expect(ends(again, seconds: 5))
        }

        @Test(
            "a process that has become another user is out of the gate's reach, and ends with the gate",
            .enabled(if: isRoot), arguments: ["TERM", "KILL"])
        func userChanged(how: String) throws {
            let doorward = try started(Self.changingUser, mayChangeUser)
            let (client, left) = try connected(doorward)
            client.close()
            _ = try doorward.log.wait(for: "end") { $0["service"] == "it" }
            #expect(user(of: left) == "64321")
            let line = try doorward.log.wait(for: "out_of_reach")
            #expect(line["cause"] == "orphan")
            #expect(line["pid"] == "\(left)")
            if how == "KILL" {
                kill(try doorward.gate("it"), SIGKILL)
                #expect(ends(left, seconds: 15))
            } else {
                #expect(doorward.stop() == 0)
                #expect(ends(left, seconds: 1))
            }
            // The log says so once, and does not count the process among the ended orphans.
            #expect(doorward.log.all.count { $0.event == "out_of_reach" } == 1)
            #expect(!doorward.log.all.contains { $0.event == "orphans" && $0["service"] == "it" })
        }

        @Test(
            "a gate's control group goes with the gate, and the supervisor's with the supervisor",
            .enabled(if: controlGroups != nil))
        func groups() throws {
            let doorward = try started(Self.daemonizing)
            let mount = try #require(controlGroups)
            func group(of pid: Int32) throws -> String {
                let text = try String(contentsOfFile: "/proc/\(pid)/cgroup", encoding: .utf8)
                let line = text.split(separator: "\n").first { $0.hasPrefix("0::") }
                return mount + (line?.dropFirst(3) ?? "")
            }
            let (client, left) = try connected(doorward)
            let own = try group(of: try doorward.gate("it"))
            let other = try group(of: try doorward.gate("echo"))
            #expect(try group(of: left) == own)
            #expect(own != other)
            let parent = (own as NSString).deletingLastPathComponent
            #expect(parent.contains("/doorward.\(doorward.pid)."))
            // When a service is removed, its gate's group goes with the gate.
            client.close()
            #expect(ends(left, seconds: 5))
            let gate = try doorward.gate("it")
            try doorward.remove("services/it.toml")
            try doorward.reload()
            #expect(ends(gate))
            _ = try doorward.log.wait(for: "gate_ended")
            #expect(!FileManager.default.fileExists(atPath: own))
            #expect(FileManager.default.fileExists(atPath: other))
            #expect(doorward.stop() == 0)
            #expect(!FileManager.default.fileExists(atPath: parent))
        }
    }
}

/// Where control groups of version 2 are mounted; nil unless this is root and may make groups. Source: cgroups(7).
private let controlGroups: String? = {
    guard isRoot, let mounts = try? String(contentsOfFile: "/proc/self/mountinfo", encoding: .utf8) else { return nil }
    let line = mounts.split(separator: "\n").first { $0.contains(" - cgroup2 ") }
    guard let mount = line?.split(separator: " ")[4] else { return nil }
    let probe = "\(mount)/doorward-test-\(getpid())"
    defer { rmdir(probe) }
    return mkdir(probe, 0o755) == 0 ? String(mount) : nil
}()

/// The processes that have a path among their arguments.
private func processes(running path: String) -> [Int32] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return names.compactMap { Int32($0) }.filter { pid in
        let arguments = FileManager.default.contents(atPath: "/proc/\(pid)/cmdline") ?? Data()
        return arguments.split(separator: 0).contains { $0.elementsEqual(path.utf8) }
    }
}

/// The uid of a process.
private func user(of pid: Int32) -> String? {
    let status = (try? String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)) ?? ""
    let line = status.split(separator: "\n").first { $0.hasPrefix("Uid:") }
    return line?.split(separator: "\t").dropFirst().first.map(String.init)
}
