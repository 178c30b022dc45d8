// Floods in a network namespace of the test's own, where each address of a /64 can be a client. After a flood another
// client is served at once, memory is as before, and the log holds counts.
import Foundation
import Glibc
import Testing

extension EndToEndTests {
    @Suite("Floods", .enabled(if: isRoot, "a network namespace needs root"))
    struct FloodTests {
        /// A command that starts a supervisor in a namespace where 2001:db8::/48 and 198.18.0.0/15 are local.
        private static let namespace = [
            "unshare", "--net", "sh", "-c",
            """
            ip=/usr/sbin/ip && $ip link set lo up && $ip -6 route add local 2001:db8::/48 dev lo &&
                $ip route add local 198.18.0.0/15 dev lo &&
                exec "$@"
            """, "sh",
        ]

        private let echo = "listen = [\"[::]:7007\", \"0.0.0.0:7008\"]\nhandler = [\"echo\"]\n"

        private func supervised(_ lines: String, host: String = "") throws -> Supervised {
            try Supervised(services: ["echo": echo + lines], host: host, prefix: Self.namespace)
        }

        /// Runs a Python program in the namespace, with the functions connect(source) and fair(source).
        private func python(_ program: String, _ supervised: Supervised, seconds: Double = 120) throws -> String {
            let prelude = """
                import socket, struct, sys
                def connect(source, port=None):
                    six = ":" in source
                    s = socket.socket(socket.AF_INET6 if six else socket.AF_INET)
                    s.settimeout(10)
                    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                    if six: s.setsockopt(socket.IPPROTO_IPV6, 78, 1)  # IPV6_FREEBIND
                    s.bind((source, 0))
                    s.connect(("::1", port or 7007) if six else ("127.0.0.1", 7008))
                    return s
                def fair(source):
                    s = connect(source)
                    s.sendall(b"fair\\n")
                    s.shutdown(socket.SHUT_WR)
                    return s.recv(10) == b"fair\\n"

                """
            let pid = supervised.pid
            let outcome = try run(
                ["nsenter", "--net", "--target", "\(pid)", "/usr/bin/python3", "-c", prelude + program],
                seconds: seconds)
            #expect(outcome.error == "")
            return outcome.output
        }

        @Test("65 536 addresses of one /64 are one source, refused by its rate; the next /64 is served at once")
        func oneNetwork() throws {
            let supervised = try supervised("[limits]\nrate = \"100/min\"\nper_source = 16384\nconnections = 1000\n")
            let gate = try supervised.gate("echo")
            _ = try python("for n in range(3000): connect(f'2001:db8:0:1::{n:x}').close()", supervised)
            let before = try memory(of: gate)
            let output = try python(
                """
                for n in range(65536): connect(f'2001:db8:0:1::{n:x}').close()
                print(fair('2001:db8:0:2::1'), fair('198.18.0.1'))
                """, supervised)
            #expect(output == "True True\n")
            #expect(try memory(of: gate) - before <= 256)
            let lines = supervised.log.all
            #expect(lines.count { $0.event == "refuse" } < 20_000)
            #expect(lines.contains { $0.event == "refuse_suppressed" })
            #expect(lines.filter { $0.event == "refuse" }.allSatisfy { $0["cause"] == "source_rate" })
        }

        @Test("a sensor's bans of thousands of networks remove no other ban, and other sources are served")
        func manyBans() throws {
            let supervised = try Supervised(
                services: ["echo": echo, "trap": "listen = [\"[::]:7009\"]\nsensor = \"1h\"\n"],
                prefix: Self.namespace)
            let config = ["--config", supervised.directory + "/doorward.toml"]
            #expect(try run([Supervised.program, "block", "198.18.5.0/24"] + config).status == 0)
            let output = try python(
                """
                for n in range(4000): connect(f'2001:db8:0:{n + 1:x}::1', 7009).close()
                print(fair('2001:db8:0:ffff::1'), fair('198.18.0.1'))
                """, supervised)
            #expect(output == "True True\n")
            let bans = try run([Supervised.program, "blocked"] + config).output.split(separator: "\n")
            #expect(bans.contains { $0.hasPrefix("198.18.5.0/24") })
            // A gate reports at most a thousand bans at once, and two hundred a second.
            #expect(bans.count > 500 && bans.count <= 4002)
        }

        @Test("5000 resets leave no process and no memory in use, and the next client is served")
        func resets() throws {
            let supervised = try supervised("")
            let gate = try supervised.gate("echo")
            let resets = """
                now = struct.pack("ii", 1, 0)
                for n in range(5000):
                    s = connect(f'198.18.{n >> 8}.{n & 255}')
                    s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, now)
                    s.close()
                print(fair('198.19.0.1'))
                """
            #expect(try python(resets, supervised) == "True\n")
            let before = try memory(of: gate)
            #expect(try python(resets, supervised) == "True\n")
            #expect(try memory(of: gate) - before <= 256)
            try wait { descendants(of: gate).isEmpty }
        }

        @Test("a source with 400 silent connections takes its own places only; another one is served at once")
        func slowOpeners() throws {
            let supervised = try supervised("[limits]\nconnections = 50\nper_source = 20\n")
            let output = try python(
                """
                held = [connect('198.18.0.1') for n in range(400)]
                print(fair('198.18.0.2'))
                """, supervised)
            #expect(output == "True\n")
            #expect(supervised.log.all.contains { $0["cause"] == "source_limit" })
        }
    }
}
