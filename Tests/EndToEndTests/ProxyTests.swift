// The PROXY protocol, by hand and by HAProxy: an upstream names the client of each connection.
// Source: https://www.haproxy.org/download/2.6/doc/proxy-protocol.txt.
import Foundation
import Glibc
import Testing

extension EndToEndTests {
    @Suite("Proxy")
    struct ProxyTests {
        /// A service with a handler that writes the addresses in its environment, and then its input.
        private let tell = "listen = [\"127.0.0.1:0\"]\nhandler = [\"DIRECTORY/tell\"]\n"
        private let teller = [
            "tell":
                "#!/bin/sh\necho \"$TCPREMOTEIP $TCPREMOTEPORT $TCPLOCALIP $TCPLOCALPORT $TCPCONNNUM\"\nexec cat\n"
        ]

        private let line = "PROXY TCP4 192.0.2.7 198.51.100.1 56324 443\r\n"

        /// The same header in version 2.
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

        @Test("a handler sees the client that its upstream names, and every byte after the header")
        func header() throws {
            let supervised = try proxied()
            let port = try supervised.port("a")
            for header in [Array(line.utf8), binary] {
                let client = try Client(port: port, source: "127.0.0.2")
                client.send(header + Array("at once\n".utf8))
                client.shutdownWrite()
                // The last number may be 2: the gate may not have seen the end of the connection before.
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

        @Test("an upstream may connect for itself; a header from any other client is data for the handler")
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

        @Test("a malformed header is refused, and the log says what is wrong with it")
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

        @Test("an upstream that does not end its header is refused after five seconds, which cost no processor time")
        func slow() throws {
            let supervised = try proxied()
            let start = Date()
            let client = try Client(port: supervised.port("a"), source: "127.0.0.2")
            client.send("PROXY TCP4")
            let before = clock(of: try supervised.gate("a"))
            #expect(client.readToEnd() == "")
            #expect(Date().timeIntervalSince(start) > 4.5)
            #expect(clock(of: try supervised.gate("a")) - before < 20)
            #expect(try supervised.log.wait(for: "refuse")["reason"] == "no whole PROXY header came within 5 seconds")
        }

        /// Processor time of a process, in ticks of a hundredth of a second. Source: proc(5), stat.
        private func clock(of pid: Int32) -> Int {
            let text = (try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8)) ?? ""
            let fields = text.split(separator: ")").last?.split(separator: " ") ?? []
            return fields[11...12].compactMap { Int($0) }.reduce(0, +)
        }

        @Test("rules, limits, the block list and bans apply to the client, and never to its upstream")
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
            // Until the gate has the ban, it serves the client, or refuses a second connection at once.
            try wait {
                _ = try answer(port, to: header("192.0.2.6"), from: "127.0.0.2")
                return causes().last == "ban"
            }
            #expect(try answer(port, to: header("192.0.2.5"), from: "127.0.0.2").hasPrefix("192.0.2.5 "))
        }

        @Test("the kernel does not drop an upstream on the block list: only the upstream's clients are refused")
        func kernel() throws {
            let supervised = try proxied(
                files: ["blocked": "127.0.0.2\n"], host: "kernel_filter = true\nblock_list = \"blocked\"\n")
            let port = try supervised.port("a")
            #expect(try answer(port, to: line, from: "127.0.0.2").hasPrefix("192.0.2.7 "))
            // A service gets its first upstream: the gate removes the kernel filter from the listener that stays open.
            try supervised.write(tell, to: "services/a.toml")
            try supervised.reload()
            _ = try supervised.log.wait(for: "ready", count: 2)
            try supervised.write(tell + "proxy_protocol = [\"127.0.0.2\"]\n", to: "services/a.toml")
            try supervised.reload()
            _ = try supervised.log.wait(for: "ready", count: 3)
            #expect(try answer(port, to: line, from: "127.0.0.2").hasPrefix("192.0.2.7 "))
        }

        @Test("behind HAProxy, the environment names the client, and health checks do no harm", arguments: [1, 2])
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
                  timeout check 5s
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
            // HAProxy takes a PROXY header from its own clients, so that the test chooses their address.
            func ask(_ client: String) throws -> String {
                let connection = try Client(path: socket)
                connection.send("PROXY TCP4 \(client) 198.51.100.1 5000 443\r\nhello\n")
                connection.shutdownWrite()
                return connection.readToEnd()
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
