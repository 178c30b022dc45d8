// Four machines: supervisors on two, HAProxy in front of them on the third, clients on the fourth.
import Foundation
import Glibc
import Testing

extension EndToEndTests {
    @Suite(
        "Networks", .enabled(if: Networks.arePossible, "network namespaces need root and iproute2"),
        .enabled(if: HAProxy.isThere, "haproxy is not installed"))
    struct NetworksTests {
        /// A supervisor on each of two machines; HAProxy has a port for both, and one for each.
        private final class Site {
            let networks: Networks
            let servers: [Supervised]
            private var proxy: HAProxy?

            static let both: UInt16 = 7000
            static let port: UInt16 = 7007

            var front: Machine { networks.machines[2] }
            var clients: Machine { networks.machines[3] }

            /// The port of HAProxy that leads to this server only.
            static func port(_ server: Int) -> UInt16 { 7001 + UInt16(server) }

            /// - Parameter more: more lines of the service file.
            init(_ more: String = "") throws {
                let networks = try Networks(4)
                self.networks = networks
                let front = networks.machines[2].address
                servers = try ["one", "two"].enumerated().map { index, name in
                    let service = """
                        listen = ["0.0.0.0:7007"]
                        handler = ["DIRECTORY/tell"]
                        environment = { SERVER = "\(name)" }
                        proxy_protocol = ["\(front)"]
                        \(more)
                        """
                    let script = """
                        #!/bin/sh
                        echo "$SERVER $TCPREMOTEIP $TCPLOCALIP $TCPLOCALPORT $GUEST"
                        exec cat
                        """
                    return try Supervised(
                        services: ["a": service], files: ["tell": script], prefix: networks.machines[index].prefix)
                }
                // HAProxy takes a server down after three failed checks: one check may only be late.
                let check = "send-proxy-v2 check inter 200ms fall 3 rise 1"
                let lines = networks.machines.prefix(2).map { "\($0.address):\(Self.port) \(check)" }
                let configuration = """
                    listen both
                      bind \(front):\(Self.both)
                      option redispatch
                      server one \(lines[0])
                      server two \(lines[1])
                    listen one
                      bind \(front):\(Self.port(0))
                      server one \(lines[0])
                    listen two
                      bind \(front):\(Self.port(1))
                      server two \(lines[1])

                    """
                proxy = try HAProxy(
                    configuration, in: servers[0].directory, prefix: networks.machines[2].prefix)
                for server in ["both/one", "both/two", "one/one", "two/two"] {
                    try wait { try status(of: server).hasPrefix("UP") }
                }
            }

            func status(of server: String) throws -> String { try proxy?.status(of: server) ?? "" }

            /// The whole answer that a client gets from one server through HAProxy.
            func answer(_ client: Int, by server: Int, to bytes: String = "hello\n") throws -> String {
                try clients.answer(client, from: front, port: Self.port(server), to: bytes)
            }

            /// The first line that a handler writes to this client.
            func line(_ client: Int, by server: Int, guest: String = "") -> String {
                "\(["one", "two"][server]) 198.18.4.\(client) \(front.address) \(Self.port(server)) \(guest)\n"
            }

            func end() {
                proxy = nil
                networks.end()
            }
        }

        @Test("on each of two hosts behind HAProxy, rules, limits and environment are about the client itself")
        func realClients() throws {
            let site = try Site(
                """
                access = ["deny 198.18.4.9", "deny 198.18.3.0/24", "allow 198.18.4.8 GUEST=yes", "allow all"]
                [limits]
                per_source = 5
                rate = "20/h"
                """)
            defer { site.end() }
            for (index, server) in site.servers.enumerated() {
                #expect(try site.answer(7, by: index) == site.line(7, by: index) + "hello\n")
                #expect(try site.answer(8, by: index) == site.line(8, by: index, guest: "yes") + "hello\n")
                #expect(try site.answer(9, by: index) == "")
                // Five connections at once are this source's limit.
                let open = try (0..<5).map { _ in
                    try site.clients.client(5, to: site.front, port: Site.port(index))
                }
                for client in open { #expect(client.read() == site.line(5, by: index)) }
                #expect(try site.answer(5, by: index) == "")
                #expect(try site.answer(6, by: index) == site.line(6, by: index) + "hello\n")
                // Twenty connections an hour are this source's rate.
                let many = try (0..<22).map { _ in try site.answer(10, by: index) }
                #expect(many.count { $0 != "" } == 20)
                #expect(try site.answer(11, by: index) != "")
                for client in open {
                    client.send("still here\n")
                    #expect(client.read() == "still here\n")
                }
                // HAProxy's own connections are its health checks; an access rule refuses them.
                let refusals = server.log.all.filter {
                    $0.event == "refuse" && $0["peer"]?.hasPrefix("198.18.3.1:") != true
                }
                let causes = refusals.map { "\($0["peer"]?.split(separator: ":").first ?? "") \($0["cause"] ?? "")" }
                #expect(
                    causes == [
                        "198.18.4.9 access_rule", "198.18.4.5 source_limit", "198.18.4.10 source_rate",
                        "198.18.4.10 source_rate",
                    ])
                #expect(try site.status(of: "both/\(["one", "two"][index])").hasPrefix("UP"))
            }
        }

        @Test("a PROXY header from a client is data for the handler, at a host itself and through HAProxy")
        func noHeaderOfItsOwn() throws {
            let site = try Site("access = [\"deny 198.18.4.9\", \"allow 198.18.4.8 GUEST=yes\", \"allow all\"]")
            defer { site.end() }
            let text = "PROXY TCP4 198.18.4.8 198.18.3.1 5000 443\r\n"
            let binary =
                "\r\n\r\n\0\r\nQUIT\n!\u{11}\0\u{c}\u{1}\u{2}\u{3}\u{4}\u{5}\u{6}\u{7}\u{8}\u{9}\u{10}\u{11}\u{12}"
            for (index, name) in ["one", "two"].enumerated() {
                let host = site.networks.machines[index]
                for header in [text, binary] {
                    #expect(
                        try site.clients.answer(7, from: host, port: Site.port, to: header)
                            == "\(name) 198.18.4.7 \(host.address) \(Site.port) \n" + header)
                    #expect(try site.clients.answer(9, from: host, port: Site.port, to: header) == "")
                    #expect(try site.answer(7, by: index, to: header) == site.line(7, by: index) + header)
                    #expect(try site.answer(9, by: index, to: header) == "")
                }
            }
        }

        @Test("one host drains while clients connect all the time: none of them is lost, and the other host serves")
        func drain() throws {
            let site = try Site("[limits]\nconnections = 200\nper_source = 100")
            defer { site.end() }
            let one = site.servers[0]
            let clients = RepeatingClients([1, 1, 10], from: site.clients, to: site.front, port: Site.both)
            defer { _ = clients.stop() }
            try clients.wait { $0.answers["one", default: 0] > 50 && $0.answers["two", default: 0] > 50 }
            let open = try site.clients.client(7, to: site.front, port: Site.port(0))
            #expect(open.read() == site.line(7, by: 0))
            // `drain` returns when the last handler has ended.
            let directory = one.directory
            let ended = DispatchSemaphore(value: 0)
            let drain = Thread {
                let outcome = try? run([Supervised.program, "drain", "--config", directory + "/doorward.toml"])
                #expect(outcome?.status == 0)
                ended.signal()
            }
            drain.start()
            try wait { try site.status(of: "both/one") == "DOWN" }
            try clients.waitForNextRounds()
            let before = clients.results.answers
            try clients.wait { $0.answers["two", default: 0] > before["two", default: 0] + 100 }
            #expect(clients.results.answers["one"] == before["one"])
            open.send("still here\n")
            #expect(open.read() == "still here\n")
            open.shutdownWrite()
            #expect(open.readToEnd() == "")
            ended.wait()
            #expect(one.waitForEnd() == 0)
            let results = clients.stop()
            #expect(results.failures == [], "of \(results.answers)")
        }
    }
}
