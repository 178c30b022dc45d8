// The log from outside: who can write into it and what, and that nobody waits for it.
import Foundation
import Glibc
import Testing

private let echo = "listen = [\"127.0.0.1:0\"]\nhandler = [\"echo\"]\n"

extension EndToEndTests {
    @Suite("Log")
    struct LogTests {
        private func started(_ prefix: [String] = []) throws -> Supervised {
            try Supervised(services: ["echo": echo, "other": echo], prefix: prefix)
        }

        /// A copy of a gate's descriptor 2: what an attacker has who controls the gate.
        private func logDescriptor(of gate: Int32) throws -> DescriptorCopy {
            let own = try #require(ForeignDescriptor.all(of: gate).first { $0.number == 2 })
            return try DescriptorCopy(own)
        }

        private func count(_ key: String, of service: String, _ doorward: Supervised) throws -> Int {
            let configuration = doorward.directory + "/doorward.toml"
            let outcome = try run([Supervised.program, "status", "--json", "--config", configuration])
            let status = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any]
            let services = status?["services"] as? [[String: Any]]
            let counts = services?.first { $0["name"] as? String == service }?["counts"] as? [String: Any]
            return try #require(counts?[key] as? Int)
        }

        @Test("the lines of each connection are in order, and the last line is there when the supervisor has ended")
        func order() throws {
            let doorward = try started()
            let port = try doorward.port("echo")
            for _ in 0..<50 { #expect(try exchange(port: port, "Hello\n") == "Hello\n") }
            _ = try doorward.log.wait(for: "end", count: 50)
            let events = doorward.log.all.filter { $0["connection"] != nil }
            for number in 1...50 {
                let own = events.filter { $0["connection"]?.hasSuffix(".\(number)") == true }.map(\.event)
                #expect(own == ["accept", "end"])
            }
            #expect(doorward.stop() == 0)
            #expect(doorward.log.all.last?.event == "stopped")
        }

        @Test(
            "what a gate that was taken over writes in the name of others stands under its own", .enabled(if: isRoot))
        func forgery() throws {
            let doorward = try started()
            let gate = try doorward.gate("echo")
            let copy = try logDescriptor(of: gate)
            let descriptor = copy.number
            let time = "2026-12-01T03:18:05.216Z"
            let forged = [
                "\(time) event=refuse service=other connection=1.1 peer=192.0.2.1:9 cause=ban", "\(time) event=stopped",
                "\(time) event=ban prefix=192.0.2.1/32 service=echo", "\u{1b}[2Jhello",
            ]
            for line in forged {
                let bytes = Array("\(line)\n".utf8)
                #expect(write(descriptor, bytes, bytes.count) == bytes.count)
            }
            for number in 1...forged.count {
                let line = try doorward.log.wait(for: "output", count: number)
                #expect(line["service"] == "echo" && line["from"] == "gate" && line["pid"] == "\(gate)", "\(line)")
            }
            #expect(!doorward.log.all.contains { ["refuse", "stopped", "ban"].contains($0.event) })
        }

        @Test("a gate cannot empty, close or slow down the log of others", .enabled(if: isRoot))
        func harm() throws {
            let doorward = try started()
            let gate = try doorward.gate("echo")
            let copy = try logDescriptor(of: gate)
            let descriptor = copy.number
            #expect(ftruncate(descriptor, 0) == -1)
            #expect(lseek(descriptor, 0, SEEK_SET) == -1)
            #expect(fcntl(descriptor, F_SETFL, 0) == 0, "its own pipe")
            // The pipe is full again and again, and this process waits for room: the gate then loses lines.
            let noise = [UInt8](repeating: UInt8(ascii: "x"), count: 65536)
            let end = Date(timeIntervalSinceNow: 1)
            var longest = 0.0
            var rounds = 0
            while Date() < end {
                _ = write(descriptor, noise, noise.count)
                let begin = Date()
                #expect(try exchange(port: doorward.port("other"), "Hello\n") == "Hello\n")
                rounds += 1
                _ = try doorward.log.wait(for: "end", count: rounds) { $0["service"] == "other" }
                longest = max(longest, Date().timeIntervalSince(begin))
            }
            #expect(rounds > 3)
            #expect(longest < 0.5)
        }

        @Test("nobody but the supervisor and the writer has the log", .enabled(if: isRoot))
        func owners() throws {
            let doorward = try started()
            let client = try Client(port: try doorward.port("echo"))
            client.send("Hello\n")
            #expect(client.read() == "Hello\n")
            func log(of pid: Int32) -> String? { ForeignDescriptor.all(of: pid).first { $0.number == 2 }?.target }
            let target = try #require(log(of: doorward.pid))
            let owners = descendants(of: doorward.pid).filter { pid in
                ForeignDescriptor.all(of: pid).contains { $0.target == target }
            }
            #expect(owners == [try #require(doorward.logWriter)])
        }

        @Test("a writer that dies is replaced, and nothing that was logged meanwhile is lost")
        func died() throws {
            let doorward = try started()
            let port = try doorward.port("echo")
            #expect(try exchange(port: port, "Hello\n") == "Hello\n")
            _ = try doorward.log.wait(for: "end")
            let first = try #require(doorward.logWriter)
            kill(first, SIGSTOP)
            for _ in 0..<20 { #expect(try exchange(port: port, "Hello\n") == "Hello\n") }
            kill(first, SIGKILL)
            _ = try doorward.log.wait(for: "log_died")
            _ = try doorward.log.wait(for: "end", count: 21)
            _ = try doorward.log.wait(for: "log_ready")
            #expect(try #require(doorward.logWriter) != first)
            #expect(try exchange(port: port, "Hello\n") == "Hello\n")
            _ = try doorward.log.wait(for: "end", count: 22)
            #expect(doorward.log.all.count { $0.event == "accept" } == 22)
        }

        @Test("a log that nobody reads keeps nobody waiting; the lines that it cost are counted, shown and logged")
        func unread() throws {
            // cat stands between: while it is stopped, nobody reads. It is no child of the supervisor.
            let fifo = NSTemporaryDirectory() + "doorward-log-\(UUID().uuidString)"
            defer { try? FileManager.default.removeItem(atPath: fifo) }
            let script = "mkfifo '\(fifo)'; (cat '\(fifo)' >&2 &); exec \"$@\" 2>'\(fifo)'"
            let doorward = try started(["sh", "-c", script, "sh"])
            let port = try doorward.port("echo")
            let processes = try FileManager.default.contentsOfDirectory(atPath: "/proc").compactMap { Int32($0) }
            let reader = try #require(
                processes.first {
                    (try? String(contentsOfFile: "/proc/\($0)/cmdline", encoding: .utf8)) == "cat\0\(fifo)\0"
                })
            kill(reader, SIGSTOP)
            // Each connection has two lines of some 100 bytes; the pipe of the gate holds 256 KiB.
            var (rounds, lost, longest) = (0, 0, 0.0)
            while lost < 100, rounds < 10_000 {
                for _ in 0..<100 {
                    let begin = Date()
                    #expect(try exchange(port: port, "Hello\n") == "Hello\n")
                    longest = max(longest, Date().timeIntervalSince(begin))
                }
                rounds += 100
                lost = try count("unlogged", of: "echo", doorward)
            }
            #expect(longest < 0.5)
            #expect(lost >= 100)
            #expect(try count("unlogged", of: "other", doorward) == 0)
            kill(reader, SIGCONT)
            _ = try doorward.log.wait(for: "log_lost") { $0["service"] == "echo" }
            #expect(try exchange(port: port, "Hello\n") == "Hello\n")
            #expect(doorward.stop() == 0)
            _ = try doorward.log.wait(for: "stopped")
            let told = doorward.log.all.filter { $0.event == "log_lost" }.compactMap { $0["lines"].flatMap { Int($0) } }
            #expect(told.reduce(0, +) == lost)
            let lines = doorward.log.all
            #expect(lines.count { $0.event == "accept" || $0.event == "end" } + lost == 2 * (rounds + 1))
        }
    }
}
