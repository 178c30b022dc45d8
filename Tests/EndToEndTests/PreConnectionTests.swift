// Pending connections, before a handler exists: they wait for a first byte, for a free handler, or for the greeting.
import Foundation
import Glibc
import Testing

extension EndToEndTests {
    @Suite("Pre-connection")
    struct PreConnectionTests {
        private let echo = "listen = [\"127.0.0.1:0\"]\nhandler = [\"echo\"]\n"

        // MARK: start = "data"

        @Test("the gate starts a handler at the first byte, and the handler gets every byte")
        func firstByte() throws {
            let supervised = try Supervised(services: ["a": echo + "start = \"data\"\n"])
            let gate = try supervised.gate("a")
            let clients = try (0..<5).map { _ in try Client(port: supervised.port("a")) }
            try wait(for: "waiting", 5, supervised)
            #expect(descendants(of: gate).isEmpty)
            clients[3].send("hello\n")
            #expect(clients[3].read() == "hello\n")
            #expect(descendants(of: gate).count == 1)
            clients[3].send("again\n")
            clients[3].shutdownWrite()
            #expect(clients[3].readToEnd() == "again\n")
            try wait(for: "waiting", 4, supervised)
            #expect(clients[0].isSilent)
        }

        @Test("clients get a free handler in the order in which they sent their first bytes")
        func full() throws {
            let supervised = try Supervised(services: [
                "a": echo + "start = \"data\"\n[limits]\nconnections = 1\n"
            ])
            let port = try supervised.port("a")
            let first = try Client(port: port)
            first.send("1\n")
            #expect(first.read() == "1\n")
            let second = try Client(port: port)
            second.send("2\n")
            let third = try Client(port: port)
            third.send("3\n")
            try wait(for: "waiting", 2, supervised)
            #expect(second.isSilent && third.isSilent)
            #expect(try count("active", supervised) == 1)
            for client in [first, second, third] {
                client.shutdownWrite()
                _ = client.readToEnd()
            }
            try wait(for: "succeeded", 3, supervised)
            #expect(supervised.log.all.filter { $0.event == "refuse" }.isEmpty)
        }

        @Test("a client that sends nothing in time, or closes before its first byte, is logged and counted")
        func deadline() throws {
            let supervised = try Supervised(services: [
                "short": echo + "start = \"data\"\nfirst_byte = \"300ms\"\ndeny_message = \"421 too late\\r\\n\"\n",
                "a": echo + "start = \"data\"\n",
            ])
            let port = try supervised.port("a")
            let silent = try Client(port: supervised.port("short"))
            #expect(silent.readToEnd() == "421 too late\r\n")
            let line = try supervised.log.wait(for: "refuse")
            #expect(line["cause"] == "first_byte" && line["setting"] == "first_byte")
            try Client(port: port).close()
            let next = try supervised.log.wait(for: "refuse", count: 2)
            #expect(next["cause"] == "no_data" && next["setting"] == "start")
            try wait(for: "first_byte", 1, of: "short", supervised)
            try wait(for: "no_data", 1, of: "a", supervised)
            #expect(try answer(port, to: "x\n") == "x\n")
        }

        @Test("a close before the first byte costs points, and enough points are a ban", arguments: [false, true])
        func noData(byReset: Bool) throws {
            let supervised = try Supervised(services: [
                "a": echo + "start = \"data\"\n[penalties]\nno_data = 50\n"
            ])
            let port = try supervised.port("a")
            for _ in 0..<2 {
                let client = try Client(port: port, source: "127.0.0.2")
                if byReset { client.reset() } else { client.close() }
            }
            let ban = try supervised.log.wait(for: "ban")
            #expect(ban["prefix"] == "127.0.0.2" && ban["for"] == "penalties:a:no_data")
            #expect(try answer(port, to: "x\n", from: "127.0.0.3") == "x\n")
        }

        @Test("silence until first_byte costs as many points as a close")
        func silence() throws {
            let supervised = try Supervised(services: [
                "a": echo + "start = \"data\"\nfirst_byte = \"200ms\"\n[penalties]\nno_data = 50\n"
            ])
            let port = try supervised.port("a")
            let silent = try (0..<2).map { _ in try Client(port: port, source: "127.0.0.2") }
            for client in silent { #expect(client.readToEnd() == "") }
            #expect(try supervised.log.wait(for: "ban")["for"] == "penalties:a:no_data")
        }

        @Test("a pending connection has a place of its source; above limits.waiting, the listen queue has the next")
        func places() throws {
            let supervised = try Supervised(services: [
                "a": echo + "start = \"data\"\n[limits]\nper_source = 2\nwaiting = 3\n"
            ])
            let port = try supervised.port("a")
            let held = try (0..<2).map { _ in try Client(port: port, source: "127.0.0.2") }
            #expect(try Client(port: port, source: "127.0.0.2").readToEnd() == "")
            #expect(try supervised.log.wait(for: "refuse")["cause"] == "source_limit")
            let third = try Client(port: port, source: "127.0.0.3")
            try wait(for: "waiting", 3, supervised)
            let fourth = try Client(port: port, source: "127.0.0.4")
            fourth.send("4\n")
            fourth.shutdownWrite()
            third.send("3\n")
            #expect(third.read() == "3\n")
            #expect(fourth.readToEnd() == "4\n")
            held[0].close()
            try wait(for: "no_data", 1, supervised)
            #expect(try answer(port, to: "x\n", from: "127.0.0.2") == "x\n")
        }

        @Test("ten thousand pending connections cost at most 4 KB each of the gate's memory, and delay no client")
        func tenThousand() throws {
            var hard = rlimit()
            getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &hard)
            try #require(hard.rlim_max > 10_200, "a process may have too few descriptors here")
            let supervised = try Supervised(
                services: [
                    "a": echo + "start = \"data\"\n[limits]\nwaiting = 10001\nper_source = \"unlimited\"\n",
                    "plain": echo,
                ],
                // A low soft limit, as a service manager sets it: the gate raises it to the hard limit.
                prefix: ["prlimit", "--nofile=1024:\(hard.rlim_max)"])
            let plain = try memory(of: supervised.gate("plain"))
            let idle = IdleClients(port: try supervised.port("a"), count: 10_000, directory: supervised.directory)
            try wait(for: "waiting", 10_000, supervised)
            let each = (try memory(of: supervised.gate("a")) - plain) / 10_000
            #expect(each <= 4096, "\(each) bytes")
            #expect(try answer(supervised.port("a"), to: "x\n") == "x\n")
            try idle.resetAll()
            try wait(for: "waiting", 0, supervised)
            try wait(for: "no_data", 10_000, supervised)
        }

        /// Anonymous memory of a process that is in use, in bytes. Source: proc(5), status.
        private func memory(of pid: Int32) throws -> Int {
            let status = try String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)
            let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("RssAnon:") })
            return try #require(Int(line.split(separator: " ")[1])) * 1024
        }

        @Test("connections without a first byte go on waiting at a reload, and are refused at the end")
        func ends() throws {
            let supervised = try Supervised(services: ["a": echo + "start = \"data\"\n"])
            let port = try supervised.port("a")
            let old = try Client(port: port)
            try wait(for: "waiting", 1, supervised)
            try supervised.write(echo + "start = \"data\"\nnice = 1\n", to: "services/a.toml")
            try supervised.reload()
            _ = try supervised.log.wait(for: "ready", count: 2)
            let new = try Client(port: supervised.port("a"))
            old.send("old\n")
            #expect(old.read() == "old\n")
            old.close()
            try wait(for: "waiting", 1, supervised)
            let start = Date()
            #expect(supervised.stop() == 0)
            // Sooner than a drain that waits for handlers.
            #expect(Date().timeIntervalSince(start) < 25)
            #expect(new.readToEnd() == "")
            #expect(supervised.log.all.contains { $0.event == "refuse" && $0["cause"] == "drain" })
        }

        // MARK: limits.waiting

        @Test("sources share the handler queue evenly, and a free handler goes to the source with the fewest")
        func fairness() throws {
            let supervised = try Supervised(services: [
                "a": echo + "[limits]\nconnections = 2\nwaiting = 6\nper_source = \"unlimited\"\n"
            ])
            let port = try supervised.port("a")
            // One source has both handlers, and fills the queue.
            let flood = try (0..<9).map { _ in
                let client = try Client(port: port, source: "127.0.0.2")
                client.send("flood\n")
                return client
            }
            try wait(for: "waiting", 6, supervised)
            let refusal = try supervised.log.wait(for: "refuse")
            #expect(refusal["cause"] == "displaced" && refusal["setting"] == "limits.waiting")
            #expect(flood[0].read() == "flood\n" && flood[1].read() == "flood\n")
            let explain = ["explain", "a", "127.0.0.3", "--config", supervised.directory + "/doorward.toml"]
            #expect(
                try run([Supervised.program] + explain).output.contains("the next one takes the place in the gate of"))
            let other = try Client(port: port, source: "127.0.0.3")
            other.send("other\n")
            let evicted = try supervised.log.wait(for: "refuse", count: 2)
            #expect(evicted["cause"] == "displaced" && evicted["peer"]?.hasPrefix("127.0.0.2:") == true)
            #expect(other.isSilent)
            // The client that came last is next: its source has no handler.
            flood[0].shutdownWrite()
            #expect(flood[0].readToEnd() == "")
            #expect(other.read() == "other\n")
            #expect(
                !supervised.log.all.contains { $0.event == "refuse" && $0["peer"]?.hasPrefix("127.0.0.3:") == true })
        }

        @Test("a drain's end refuses a client in the handler queue by a message, and does not count it as served")
        func drained() throws {
            let supervised = try Supervised(
                services: ["a": echo + "deny_message = \"421 later\\r\\n\"\n[limits]\nconnections = 1\nwaiting = 3\n"])
            let port = try supervised.port("a")
            let first = try Client(port: port)
            first.send("1\n")
            #expect(first.read() == "1\n")
            let second = try Client(port: port)
            try wait(for: "waiting", 1, supervised)
            #expect(try count("active", supervised) == 1)
            // `stop` sends the second SIGTERM, which ends the drain.
            supervised.signal(SIGTERM)
            #expect(supervised.stop() == 0)
            #expect(second.readToEnd() == "421 later\r\n")
            #expect(supervised.log.all.contains { $0.event == "refuse" && $0["cause"] == "drain" })
        }

        // MARK: greet_delay

        @Test("a client that talks before the greeting is refused, and one that waits is served")
        func greetDelay() throws {
            let greet = "listen = [\"127.0.0.1:0\"]\nhandler = [\"DIRECTORY/greet\"]\n"
            let supervised = try Supervised(
                services: [
                    "a": greet + "greet_delay = \"30s\"\ndeny_message = \"554 wait for the greeting\\r\\n\"\n",
                    "short": greet + "greet_delay = \"400ms\"\n",
                ],
                files: ["greet": "#!/bin/sh\necho 220 hello\nexec cat\n"])
            let start = Date()
            #expect(try answer(supervised.port("a"), to: "EHLO x\r\n") == "554 wait for the greeting\r\n")
            #expect(Date().timeIntervalSince(start) < 30)
            let line = try supervised.log.wait(for: "refuse")
            #expect(line["cause"] == "early_talker" && line["setting"] == "greet_delay")
            try wait(for: "early_talker", 1, supervised)
            let silent = try Client(port: supervised.port("short"))
            let waiting = Date()
            #expect(silent.read() == "220 hello\n")
            #expect(Date().timeIntervalSince(waiting) > 0.35)
            silent.send("EHLO x\r\n")
            #expect(silent.read() == "EHLO x\r\n")
        }
    }
}
