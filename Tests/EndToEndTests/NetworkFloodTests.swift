// Floods from one machine (a network namespace) to another, while a third one has a fair client.
// FloodTests flood within one namespace, from 65 536 addresses and from thousands of networks.
import Foundation
import Glibc
import Testing

extension EndToEndTests {
    @Suite("Network floods", .enabled(if: Networks.arePossible, "network namespaces need root and iproute2"))
    struct NetworkFloodTests {
        /// A server, a hostile client and a fair one, each on a machine of its own.
        private final class Site {
            let networks: Networks
            let supervised: Supervised
            let gate: Int32

            static let port: UInt16 = 7007

            var server: Machine { networks.machines[0] }
            var hostile: Machine { networks.machines[1] }
            var fair: Machine { networks.machines[2] }

            init(_ more: String = "", host: String = "", files: [String: String] = [:]) throws {
                networks = try Networks(3)
                let service = "listen = [\"0.0.0.0:\(Self.port)\"]\nhandler = [\"echo\"]\n"
                supervised = try Supervised(
                    services: ["echo": service + more], host: host, files: files, prefix: networks.machines[0].prefix)
                gate = try supervised.gate("echo")
            }

            /// Connects that many times from the hostile machine.
            ///
            /// - Parameter act: what to do with each connection; it gets the connection's number too.
            func flood(_ count: Int, sources: Int = 1, _ act: (Client, Int) -> Void) throws {
                let (hostile, server) = (hostile, server)
                try hostile.inside {
                    for number in 0..<count {
                        let source = hostile.address(number % sources + 1)
                        act(try Client(port: Self.port, address: server.address, source: source), number)
                    }
                }
            }

            /// Whether a fair client gets its whole answer, and a place in the listen queue with its first SYN: it
            /// would send a lost SYN again a second later.
            func isFair(_ number: Int = 1) throws -> Bool {
                let client = try fair.client(number, to: server, port: Self.port)
                let isAtOnce = client.retransmissions == 0
                client.send("fair\n")
                client.shutdownWrite()
                return client.readToEnd() == "fair\n" && isAtOnce
            }

            /// How many SYN cookies the server has sent: answers to SYNs that found no place in its queue. Source:
            /// tcp(7), tcp_syncookies; proc(5), net/netstat.
            func cookies() throws -> Int {
                let text = try run(server.prefix + ["cat", "/proc/net/netstat"]).output
                let lines = text.split(separator: "\n").filter { $0.hasPrefix("TcpExt:") }.map {
                    $0.split(separator: " ")
                }
                let pairs = lines.count == 2 ? Array(zip(lines[0], lines[1])) : []
                return pairs.first { $0.0 == "SyncookiesSent" }.flatMap { Int($0.1) } ?? 0
            }

            func doorward(_ command: [String]) throws -> Outcome {
                try run([Supervised.program] + command + ["--config", supervised.directory + "/doorward.toml"])
            }

            func end() { networks.end() }
        }

        @Test("during and after a flood of connections from one machine, another is served, and the log counts")
        func connections() throws {
            let site = try Site("[limits]\nrate = \"100/min\"\nconnections = 50\nper_source = 20\n")
            defer { site.end() }
            // The gate keeps the memory that its first flood takes.
            try site.flood(1000) { _, _ in }
            let before = try memory(of: site.gate)
            var fair: [Bool] = []
            try site.flood(10_000) { _, number in
                if number % 1000 == 500 { fair.append((try? site.isFair(number / 1000 + 1)) == true) }
            }
            fair.append(try site.isFair(100))
            #expect(fair == Array(repeating: true, count: 11))
            #expect(try memory(of: site.gate) - before <= 256)
            let refusals = site.supervised.log.all.filter { $0.event == "refuse" }
            #expect(refusals.count < 9000)
            #expect(refusals.allSatisfy { $0["peer"]?.hasPrefix(site.hostile.address) == true })
            let suppressed = try site.supervised.log.wait(for: "refuse_suppressed")
            #expect(Int(suppressed["count"] ?? "") ?? 0 > 100)
        }

        @Test("resets from 250 sources leave no process and no memory in use; a fair client is served at once")
        func resets() throws {
            let site = try Site("[limits]\nconnections = 50\n")
            defer { site.end() }
            try site.flood(2000, sources: 250) { client, _ in client.reset() }
            #expect(try site.isFair())
            let before = try memory(of: site.gate)
            try site.flood(4000, sources: 250) { client, _ in client.reset() }
            #expect(try site.isFair())
            #expect(try memory(of: site.gate) - before <= 256)
            try wait { descendants(of: site.gate).isEmpty }
        }

        @Test("a source with 500 silent connections takes its own places only; another one is served at once")
        func slowOpeners() throws {
            let site = try Site(
                "start = \"data\"\nfirst_byte = \"1min\"\n[limits]\nconnections = 50\nper_source = 20\n")
            defer { site.end() }
            var held: [Client] = []
            try site.flood(500) { client, _ in held.append(client) }
            #expect(try site.isFair())
            // Twenty wait; the others were refused, and no process was started for any of them.
            try wait { site.supervised.log.all.contains { $0["cause"] == "source_limit" } }
            #expect(held.count { $0.isSilent } == 20)
            #expect(site.supervised.log.all.count { $0.event == "accept" } == 1)
        }

        @Test("a fair client is served after floods of SYNs from addresses that never answer")
        func halfOpen() throws {
            let site = try Site("[socket]\nbacklog = 128\n")
            defer { site.end() }
            let flood = """
                import array, random, socket, struct, sys
                s = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
                to = socket.inet_aton("\(site.server.address)")
                for n in range(5000):
                    source = bytes([10, 0, n >> 8, n & 255])
                    ip = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 40, n & 65535, 0, 64, 6, 0, source, to)
                    tcp = struct.pack("!HHIIBBHHH", 1024 + n, \(Site.port), n, 0, 5 << 4, 2, 8192, 0, 0)
                    words = struct.unpack("!16H", source + to + struct.pack("!HH", 6, len(tcp)) + tcp)
                    total = sum(words)
                    while total >> 16: total = (total & 65535) + (total >> 16)
                    packet = ip + tcp[:16] + struct.pack("!H", ~total & 65535) + tcp[18:]
                    s.sendto(packet, ("\(site.server.address)", 0))
                print("done")
                """
            // The server's answers go to the hostile machine, which drops them.
            let route = ["ip", "route", "add", "10.0.0.0/8", "via", site.hostile.address]
            #expect(try run(site.server.prefix + route).status == 0)
            let before = try memory(of: site.gate)
            for number in 1...2 {
                let outcome = try run(site.hostile.prefix + ["/usr/bin/python3", "-c", flood])
                #expect(outcome.output == "done\n", "\(outcome.error)")
                #expect(try site.isFair(number))
            }
            #expect(try site.cookies() > 1000)
            #expect(try memory(of: site.gate) - before <= 256)
            #expect(site.supervised.log.all.count { $0.event == "accept" || $0.event == "refuse" } == 2)
        }

        @Test("the kernel drops SYNs of banned sources, status counts them, and a fair client is served meanwhile")
        func dropped() throws {
            let site = try Site(
                host: "kernel_filter = true\nblock_list = \"blocked\"\n", files: ["blocked": "198.18.2.128/25\n"])
            defer { site.end() }
            let state = try site.supervised.log.wait(for: "kernel_filter")
            guard state["on"] == "yes" else {
                #expect(try site.doorward(["status"]).output.contains("kernel filter: off: "))
                return
            }
            func connects(_ number: Int, timeoutMilliseconds: Int = 10_000) -> Bool {
                (try? site.hostile.client(
                    number, to: site.server, port: Site.port, timeoutMilliseconds: timeoutMilliseconds)) != nil
            }
            #expect(connects(66))
            #expect(try site.doorward(["block", site.hostile.address(66)]).status == 0)
            for number in [66, 200] {
                let explained = try site.doorward(["explain", "echo", site.hostile.address(number)])
                #expect(explained.status == 1 && explained.output.contains("without a word: the kernel drops its SYNs"))
            }
            for number in 0..<5 {
                #expect(!connects(66, timeoutMilliseconds: 100))
                #expect(!connects(200 + number, timeoutMilliseconds: 100))
                #expect(try site.isFair())
            }
            // The next address of the same machine is another source.
            #expect(connects(67))
            #expect(try site.doorward(["status"]).output.contains("dropped 5 SYNs by bans, 5 by the block list"))
            #expect(try site.doorward(["unblock", site.hostile.address(66)]).status == 0)
            #expect(connects(66))
            #expect(!site.supervised.log.all.contains { $0.event == "refuse" })
        }
    }
}
