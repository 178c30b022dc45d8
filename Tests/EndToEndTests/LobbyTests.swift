// Before a handler exists: who waits for its first byte, who has to be silent, and whose upstream says who it is.
import Foundation
import Glibc
import Testing

extension EndToEndTests {
    @Suite("Lobby")
    struct LobbyTests {
        private let echo = "listen = [\"127.0.0.1:0\"]\nhandler = [\"echo\"]\n"
        /// What a handler finds in its environment, and then its input.
        private let tell = "listen = [\"127.0.0.1:0\"]\nhandler = [\"DIRECTORY/tell\"]\n"
        private let teller = [
            "tell":
                "#!/bin/sh\necho \"$TCPREMOTEIP $TCPREMOTEPORT $TCPLOCALIP $TCPLOCALPORT $TCPCONNNUM\"\nexec cat\n"
        ]

        /// What somebody gets for these bytes, and the end.
        private func answer(_ port: UInt16, to bytes: String, from source: String = "127.0.0.1") throws -> String {
            let client = try Client(port: port, source: source)
            client.send(bytes)
            client.shutdownWrite()
            return client.readToEnd()
        }

        /// A number from `status`.
        private func count(_ key: String, _ supervised: Supervised) throws -> Int {
            let outcome = try run([
                Supervised.program, "status", "--json", "--config", supervised.directory + "/doorward.toml",
            ])
            let all = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any]
            let services = all?["services"] as? [[String: Any]]
            return try #require((services?.first?["counts"] as? [String: Int])?[key])
        }

        /// Asks `status` until the number is there: a gate has seen what its clients did.
        private func wait(for key: String, _ expected: Int, _ supervised: Supervised) throws {
            var found = try count(key, supervised)
            let end = Date(timeIntervalSinceNow: 15)
            while found != expected, Date() < end {
                usleep(10_000)
                found = try count(key, supervised)
            }
            #expect(found == expected, "\(key)")
        }

        /// Asks until it is so: what happens in another process takes its time.
        private func wait(until isSo: () throws -> Bool) throws {
            let end = Date(timeIntervalSinceNow: 15)
            while try !isSo() {
                guard Date() < end else { throw HarnessError("it never came to be") }
                usleep(10_000)
            }
        }

        // MARK: start = "data"

        @Test("there is no process before the first byte, and the handler gets all of them")
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

        @Test("whoever sends its first byte gets a handler when one is free, in the order in which they sent it")
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

        @Test("who sends nothing in its time is refused; who closes before is logged as well; both are counted")
        func deadline() throws {
            let supervised = try Supervised(services: [
                "a": echo + "start = \"data\"\nfirst_byte = \"300ms\"\ndeny_message = \"421 too late\\r\\n\"\n"
            ])
            let port = try supervised.port("a")
            let silent = try Client(port: port)
            #expect(silent.readToEnd() == "421 too late\r\n")
            let line = try supervised.log.wait(for: "refuse")
            #expect(line["cause"] == "first_byte" && line["setting"] == "first_byte")
            try Client(port: port).close()
            let next = try supervised.log.wait(for: "refuse", count: 2)
            #expect(next["cause"] == "no_data" && next["setting"] == "start")
            try wait(for: "first_byte", 1, supervised)
            try wait(for: "no_data", 1, supervised)
            #expect(try answer(port, to: "x\n") == "x\n")
        }

        @Test("closing before the first byte costs points, and points a ban", arguments: [false, true])
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

        @Test("who waits holds a place of its source; when the room is full, the next one waits in the listen queue")
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

        @Test("ten thousand who wait cost at most 4 KB each of the gate's memory, and hold nobody else up")
        func tenThousand() throws {
            var hard = rlimit()
            getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &hard)
            try #require(hard.rlim_max > 10_200, "a process may have too few descriptors here")
            let supervised = try Supervised(
                services: [
                    "a": echo + "start = \"data\"\n[limits]\nwaiting = 10001\nper_source = \"unlimited\"\n",
                    "plain": echo,
                ],
                // Few, as a service manager gives: the gate takes as many as it may have.
                prefix: ["prlimit", "--nofile=1024:\(hard.rlim_max)"])
            let plain = try memory(of: supervised.gate("plain"))
            let crowd = Crowd(port: try supervised.port("a"), count: 10_000, directory: supervised.directory)
            try wait(for: "waiting", 10_000, supervised)
            let each = (try memory(of: supervised.gate("a")) - plain) / 10_000
            #expect(each <= 4096, "\(each) bytes")
            print("Lobby: \(each) bytes of a gate's memory for each of 10000 connections that wait")
            let start = Date()
            #expect(try answer(supervised.port("a"), to: "x\n") == "x\n")
            print("Lobby: one of them answered in \(Date().timeIntervalSince(start)) s")
            try crowd.leave()
            try wait(for: "waiting", 0, supervised)
            try wait(for: "no_data", 10_000, supervised)
        }

        /// Anonymous memory of a process that is in use, in bytes. Source: proc(5), status.
        private func memory(of pid: Int32) throws -> Int {
            let status = try String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)
            let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("RssAnon:") })
            return try #require(Int(line.split(separator: " ")[1])) * 1024
        }

        @Test("at the end nobody waits for those who said nothing; at a reload they keep waiting")
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
            #expect(Date().timeIntervalSince(start) < 5)
            #expect(new.readToEnd() == "")
            #expect(supervised.log.all.contains { $0.event == "refuse" && $0["cause"] == "drain" })
        }

        // MARK: limits.waiting

        @Test("when every handler is busy, sources share the room alike, and a free handler is for who has least")
        func fairness() throws {
            let supervised = try Supervised(services: [
                "a": echo + "[limits]\nconnections = 2\nwaiting = 6\nper_source = \"unlimited\"\n"
            ])
            let port = try supervised.port("a")
            // One source has both handlers, and fills the room.
            let flood = try (0..<9).map { _ in
                let client = try Client(port: port, source: "127.0.0.2")
                client.send("flood\n")
                return client
            }
            try wait(for: "waiting", 6, supervised)
            let refusal = try supervised.log.wait(for: "refuse")
            #expect(refusal["cause"] == "crowded" && refusal["setting"] == "limits.waiting")
            #expect(flood[0].read() == "flood\n" && flood[1].read() == "flood\n")
            let other = try Client(port: port, source: "127.0.0.3")
            other.send("other\n")
            let evicted = try supervised.log.wait(for: "refuse", count: 2)
            #expect(evicted["cause"] == "crowded" && evicted["peer"]?.hasPrefix("127.0.0.2:") == true)
            #expect(other.isSilent)
            // It came last, and is next.
            flood[0].shutdownWrite()
            #expect(flood[0].readToEnd() == "")
            #expect(other.read() == "other\n")
            #expect(
                !supervised.log.all.contains { $0.event == "refuse" && $0["peer"]?.hasPrefix("127.0.0.3:") == true })
        }

        @Test("who waits for a handler is told that the service ends, and is not counted as served")
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
            // The second time ends the grace.
            supervised.signal(SIGTERM)
            #expect(supervised.stop() == 0)
            #expect(second.readToEnd() == "421 later\r\n")
            #expect(supervised.log.all.contains { $0.event == "refuse" && $0["cause"] == "drain" })
        }

        // MARK: greet_delay

        @Test("who talks first is refused, also within the last moment; who waits is served")
        func greetDelay() throws {
            let supervised = try Supervised(
                services: [
                    "a": "listen = [\"127.0.0.1:0\"]\nhandler = [\"DIRECTORY/greet\"]\ngreet_delay = \"400ms\"\n"
                        + "deny_message = \"554 wait for the greeting\\r\\n\"\n"
                ],
                files: ["greet": "#!/bin/sh\necho 220 hello\nexec cat\n"])
            let port = try supervised.port("a")
            let start = Date()
            #expect(try answer(port, to: "EHLO x\r\n") == "554 wait for the greeting\r\n")
            #expect(Date().timeIntervalSince(start) < 0.4)
            let line = try supervised.log.wait(for: "refuse")
            #expect(line["cause"] == "early_talker" && line["setting"] == "greet_delay")
            let patient = try Client(port: port)
            let waiting = Date()
            #expect(patient.read() == "220 hello\n")
            #expect(Date().timeIntervalSince(waiting) > 0.35)
            patient.send("EHLO x\r\n")
            #expect(patient.read() == "EHLO x\r\n")
            try wait(for: "early_talkers", 1, supervised)
        }

        // MARK: proxy_protocol

        private let line = "PROXY TCP4 192.0.2.7 198.51.100.1 56324 443\r\n"

        /// Version 2, of the same client.
        private var binary: [UInt8] {
            Array("\r\n\r\n\0\r\nQUIT\n".utf8) + [0x21, 0x11, 0, 12]
                + [192, 0, 2, 7, 198, 51, 100, 1, 220, 4, 1, 187]
        }

        private func proxied(_ more: String = "", files: [String: String] = [:], host: String = "") throws -> Supervised
        {
            try Supervised(
                services: ["a": tell + "proxy_protocol = [\"127.0.0.2\"]\n" + more], host: host,
                files: files.merging(teller) { $1 })
        }

        @Test("a handler sees the client that its upstream names, and every byte behind the header")
        func header() throws {
            let supervised = try proxied()
            let port = try supervised.port("a")
            for header in [Array(line.utf8), binary] {
                let client = try Client(port: port, source: "127.0.0.2")
                client.send(header + Array("at once\n".utf8))
                client.shutdownWrite()
                // The one before may not be over: that is the last number.
                let answer = client.readToEnd()
                #expect(answer.hasPrefix("192.0.2.7 56324 198.51.100.1 443 ") && answer.hasSuffix("\nat once\n"))
            }
            #expect(try supervised.log.wait(for: "accept")["peer"] == "192.0.2.7:56324")
        }

        @Test("a header may come byte by byte", arguments: [1, 2])
        func split(version: Int) throws {
            let supervised = try proxied()
            let client = try Client(port: supervised.port("a"), source: "127.0.0.2")
            for byte in version == 1 ? Array(line.utf8) : binary {
                client.send([byte])
                usleep(1000)
            }
            #expect(client.read() == "192.0.2.7 56324 198.51.100.1 443 1\n")
            client.send("x")
            #expect(client.read() == "x")
            client.shutdownWrite()
            #expect(client.readToEnd() == "")
        }

        @Test("an upstream's own connection is its own; who is no upstream is an ordinary client, header and all")
        func ordinary() throws {
            let supervised = try proxied()
            let port = try supervised.port("a")
            let local = Array("\r\n\r\n\0\r\nQUIT\n".utf8) + [0x20, 0, 0, 0]
            for header in [local, Array("PROXY UNKNOWN\r\n".utf8)] {
                let check = try Client(port: port, source: "127.0.0.2")
                check.send(header)
                #expect(check.read().hasPrefix("127.0.0.2 \(check.port) 127.0.0.1 \(port) "))
            }
            #expect(try answer(port, to: line, from: "127.0.0.3").hasSuffix("127.0.0.1 \(port) 1\n" + line))
        }

        @Test("what is no header is refused, and the log says what is wrong with it")
        func malformed() throws {
            let supervised = try proxied()
            let port = try supervised.port("a")
            for bytes in ["GET / HTTP/1.1\r\n", "PROXY TCP4 192.0.2.7\r\n", "PROXY"] {
                #expect(try answer(port, to: bytes, from: "127.0.0.2") == "")
            }
            let refusals = try (1...3).map { try supervised.log.wait(for: "refuse", count: $0) }
            #expect(refusals.allSatisfy { $0["cause"] == "proxy_header" && $0["setting"] == "proxy_protocol" })
            #expect(refusals[0]["reason"] == "does not begin with a PROXY header")
            #expect(refusals[1]["reason"] == "the PROXY line is malformed")
            #expect(refusals[2]["reason"] == "the connection ended before its PROXY header did")
            try wait(for: "proxy_header", 3, supervised)
        }

        @Test("an upstream that does not end its header is refused after five seconds, which cost no time meanwhile")
        func slow() throws {
            let supervised = try proxied()
            let start = Date()
            let client = try Client(port: supervised.port("a"), source: "127.0.0.2")
            client.send("PROXY TCP4")
            let before = clock(of: try supervised.gate("a"))
            #expect(client.readToEnd() == "")
            #expect((4.5...7).contains(Date().timeIntervalSince(start)))
            #expect(clock(of: try supervised.gate("a")) - before < 20)
            #expect(try supervised.log.wait(for: "refuse")["reason"] == "no whole PROXY header came within 5 seconds")
        }

        /// Processor time of a process, in ticks of a hundredth of a second. Source: proc(5), stat.
        private func clock(of pid: Int32) -> Int {
            let text = (try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8)) ?? ""
            let fields = text.split(separator: ")").last?.split(separator: " ") ?? []
            return fields[11...12].compactMap { Int($0) }.reduce(0, +)
        }

        @Test("rules, limits, the block list and bans speak of the client, and never of its upstream")
        func realClient() throws {
            let supervised = try proxied(
                "access = [\"deny 192.0.2.9\", \"deny 127.0.0.2\", \"allow all\"]\n[limits]\nper_source = 1\n",
                files: ["blocked": "192.0.2.8\n127.0.0.2\n"], host: "block_list = \"blocked\"\n")
            let port = try supervised.port("a")
            func header(_ client: String) -> String { "PROXY TCP4 \(client) 198.51.100.1 5000 443\r\n" }
            func causes() -> [String] { supervised.log.all.filter { $0.event == "refuse" }.compactMap { $0["cause"] } }
            let open = try Client(port: port, source: "127.0.0.2")
            open.send(header("192.0.2.7"))
            #expect(open.read() == "192.0.2.7 5000 198.51.100.1 443 1\n")
            for client in ["192.0.2.9", "192.0.2.8", "192.0.2.7"] {
                #expect(try answer(port, to: header(client), from: "127.0.0.2") == "")
            }
            _ = try supervised.log.wait(for: "refuse", count: 3)
            #expect(causes() == ["access_rule", "block_list", "source_limit"])
            let block = try run([
                Supervised.program, "block", "192.0.2.6", "--config", supervised.directory + "/doorward.toml",
            ])
            #expect(block.status == 0)
            // Until the ban is there, it is served, or has the one connection that it may have.
            try wait {
                _ = try answer(port, to: header("192.0.2.6"), from: "127.0.0.2")
                return causes().last == "ban"
            }
            #expect(try answer(port, to: header("192.0.2.5"), from: "127.0.0.2").hasPrefix("192.0.2.5 "))
        }

        @Test("the kernel does not drop an upstream, whoever bans it: it is asked for its clients only")
        func kernel() throws {
            let supervised = try proxied(
                files: ["blocked": "127.0.0.2\n"], host: "kernel_filter = true\nblock_list = \"blocked\"\n")
            let port = try supervised.port("a")
            #expect(try answer(port, to: line, from: "127.0.0.2").hasPrefix("192.0.2.7 "))
            // One that knew no upstreams before: the listener that it keeps has its filter taken away.
            try supervised.write(tell, to: "services/a.toml")
            try supervised.reload()
            _ = try supervised.log.wait(for: "ready", count: 2)
            try supervised.write(tell + "proxy_protocol = [\"127.0.0.2\"]\n", to: "services/a.toml")
            try supervised.reload()
            _ = try supervised.log.wait(for: "ready", count: 3)
            #expect(try answer(port, to: line, from: "127.0.0.2").hasPrefix("192.0.2.7 "))
        }

        @Test("behind HAProxy the client is in the environment, and its health checks do no harm", arguments: [1, 2])
        func behindHAProxy(version: Int) throws {
            let service = tell + "proxy_protocol = [\"127.0.0.1\"]\naccess = [\"deny 127.0.0.9\", \"allow all\"]\n"
            let supervised = try Supervised(services: ["a": service], files: teller)
            let socket = supervised.directory + "/front"
            let send = version == 1 ? "send-proxy" : "send-proxy-v2"
            try supervised.write(
                """
                defaults
                  mode tcp
                  timeout connect 5s
                  timeout client 10s
                  timeout server 10s
                frontend front
                  bind unix@\(socket) accept-proxy
                  default_backend back
                backend back
                  server one 127.0.0.1:\(supervised.port("a")) \(send) check inter 100ms fall 1 rise 1

                """, to: "haproxy.cfg")
            let proxy = Process()
            proxy.executableURL = URL(fileURLWithPath: "/usr/sbin/haproxy")
            proxy.arguments = ["-db", "-q", "-f", supervised.directory + "/haproxy.cfg"]
            try proxy.run()
            defer {
                proxy.terminate()
                proxy.waitUntilExit()
            }
            try wait { access(socket, F_OK) == 0 }
            // Whoever comes to HAProxy comes with a header too, so that the test says who it is.
            func ask(_ client: String) throws -> String {
                let asker = try Client(path: socket)
                asker.send("PROXY TCP4 \(client) 198.51.100.1 5000 443\r\nhello\n")
                asker.shutdownWrite()
                return asker.readToEnd()
            }
            let expected = "192.0.2.7 5000 198.51.100.1 443 1\nhello\n"
            try wait { try ask("192.0.2.7") == expected }
            #expect(try ask("127.0.0.9") == "")
            // A health check is a connection of HAProxy's own.
            _ = try supervised.log.wait(for: "accept", count: 3) { $0["peer"]?.hasPrefix("127.0.0.1:") == true }
            let refusals = supervised.log.all.filter { $0.event == "refuse" }
            #expect(refusals.compactMap { $0["cause"] }.allSatisfy { $0 == "access_rule" }, "\(refusals)")
            #expect(try ask("192.0.2.7") == expected)
        }
    }
}

/// Many connections that say nothing, made by a process of its own, until it is told to end.
private final class Crowd {
    private let directory: String
    private let isOver = DispatchSemaphore(value: 0)

    /// Connects, each from an address of its own.
    ///
    /// - Parameter directory: where the crowd is told to leave, by a file.
    init(port: UInt16, count: Int, directory: String) {
        self.directory = directory
        let script = """
            import os, resource, socket, struct, time
            hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
            held = []
            for i in range(\(count)):
                s = socket.socket()
                s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                s.bind((f"127.1.{i >> 8}.{i & 255}", 0))
                s.connect(("127.0.0.1", \(port)))
                held.append(s)
            while os.path.exists("\(directory)") and not os.path.exists("\(directory)/leave"): time.sleep(0.05)
            """
        Thread { [isOver] in
            if let outcome = try? run(["/usr/bin/python3", "-c", script], seconds: 60), outcome.status != 0 {
                Issue.record("the crowd: \(outcome.error)")
            }
            isOver.signal()
        }.start()
    }

    /// Everybody resets its connection: ten thousand ports in TIME_WAIT would be in the way of other tests.
    func leave() throws {
        try Data().write(to: URL(fileURLWithPath: directory + "/leave"))
        isOver.wait()
    }
}
