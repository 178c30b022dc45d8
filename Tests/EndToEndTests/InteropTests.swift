// The handlers, as they are released, under other super-servers: the same sessions, byte for byte.
// Each super-server runs in the foreground on a free port of loopback; the test ends it by its pid.
import Foundation
import Testing

extension EndToEndTests {
    @Suite("Under other super-servers", .serialized)
    struct InteropTests {
        /// A super-server, and the command that makes it start a program for each connection.
        enum Host: String, CaseIterable, CustomTestStringConvertible {
            case tcpserver, tcpsvd, inetd
            case socatSocket, socatSocketpair, socatShell
            case systemd

            var testDescription: String { rawValue }

            func command(port: UInt16, _ program: [String], directory: String) throws -> [String] {
                let line = program.joined(separator: " ")
                let listen = "TCP4-LISTEN:\(port),bind=127.0.0.1,fork,reuseaddr"
                switch self {
                case .tcpserver: return ["tcpserver", "-H", "-R", "-l", "0", "127.0.0.1", "\(port)"] + program
                case .tcpsvd: return ["tcpsvd", "-l", "localhost", "127.0.0.1", "\(port)"] + program
                case .inetd:
                    let name = program[0].split(separator: "/").last.map { String($0) } ?? ""
                    let arguments = ([name] + program.dropFirst()).joined(separator: " ")
                    let path = directory + "/inetd.conf"
                    try "127.0.0.1:\(port) stream tcp nowait \(NSUserName()) \(program[0]) \(arguments)\n"
                        .write(toFile: path, atomically: true, encoding: .utf8)
                    return ["inetd", "-i", path]
                // The handler has the socket itself, or a socketpair with socat, without and with a shell.
                case .socatSocket: return ["socat", listen, "EXEC:\(line),nofork"]
                case .socatSocketpair: return ["socat", "-t", "10", listen, "EXEC:\(line)"]
                case .socatShell: return ["socat", "-t", "10", listen, "SYSTEM:\(line)"]
                case .systemd:
                    return ["systemd-socket-activate", "--accept", "--inetd", "-l", "127.0.0.1:\(port)"] + program
                }
            }
        }

        /// A running super-server with a directory of its own.
        final class Running {
            let port: UInt16
            private var pid: pid_t = 0
            private let directory: String

            init(_ host: Host, _ handler: [String]) throws {
                directory = FileManager.default.temporaryDirectory.path + "/doorward-interop-\(UUID().uuidString)"
                try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
                port = try Self.freePort()
                let program = [Supervised.build + "/libexec/doorward/" + handler[0]] + handler.dropFirst()
                try start(host.command(port: port, program, directory: directory))
            }

            /// Starts the command in a process group of its own, with no signal blocked: the threads of a test block
            /// signals, and a child inherits that. Source: posix_spawn(3).
            private func start(_ command: [String]) throws {
                var actions = posix_spawn_file_actions_t()
                posix_spawn_file_actions_init(&actions)
                for number in Int32(0)...2 {
                    posix_spawn_file_actions_addopen(&actions, number, "/dev/null", O_RDWR, 0)
                }
                var attributes = posix_spawnattr_t()
                posix_spawnattr_init(&attributes)
                var none = sigset_t()
                sigemptyset(&none)
                posix_spawnattr_setsigmask(&attributes, &none)
                posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP))
                let arguments = (["env"] + command).map { strdup($0) } + [nil]
                let environment: [String] = ["PATH=/usr/bin:/bin:/usr/sbin:/sbin", "SYSTEMD_LOG_LEVEL=err"]
                let variables = environment.map { strdup($0) } + [nil]
                defer {
                    for pointer in arguments + variables { free(pointer) }
                    posix_spawn_file_actions_destroy(&actions)
                    posix_spawnattr_destroy(&attributes)
                }
                let result = posix_spawn(&pid, "/usr/bin/env", &actions, &attributes, arguments, variables)
                guard result == 0 else { throw HarnessError("posix_spawn: errno \(result)") }
            }

            /// Ends the super-server, and what is left of its process group.
            func stop() {
                guard pid > 0 else { return }
                kill(pid, SIGTERM)
                var status: Int32 = 0
                while waitpid(pid, &status, 0) < 0, errno == EINTR {}
                kill(-pid, SIGKILL)
                pid = 0
                try? FileManager.default.removeItem(atPath: directory)
            }

            deinit { stop() }

            /// A port that is free now; another process could still take it before the super-server does.
            private static func freePort() throws -> UInt16 {
                let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
                defer { close(listener) }
                var address = sockaddr_in()
                address.sin_family = sa_family_t(AF_INET)
                address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
                var size = socklen_t(MemoryLayout<sockaddr_in>.size)
                let isBound = withUnsafeMutablePointer(to: &address) {
                    $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                        bind(listener, $0, size) == 0 && getsockname(listener, $0, &size) == 0
                    }
                }
                guard isBound else { throw HarnessError("no free port: errno \(errno)") }
                return UInt16(bigEndian: address.sin_port)
            }

            /// Connects as soon as the super-server listens.
            func connect() throws -> Client {
                let deadline = Date(timeIntervalSinceNow: 10)
                while true {
                    do {
                        return try Client(port: port)
                    } catch {
                        guard Date() < deadline, isAlive(pid) else { throw error }
                        usleep(2000)
                    }
                }
            }
        }

        /// Connects to a handler under a super-server, runs the body, and ends the super-server.
        private func session(_ host: Host, _ handler: [String], _ body: (Client) throws -> Void) throws {
            let server = try Running(host, handler)
            defer { server.stop() }
            try body(server.connect())
        }

        @Test("echo: lines come back one by one, and a blank line ends the session", arguments: Host.allCases)
        func echo(host: Host) throws {
            try session(host, ["echo"]) { client in
                for line in ["Hello\r\n", "fOo BaR\r\n"] {
                    client.send(line)
                    #expect(client.read() == line)
                }
                client.send("\r\n")
                #expect(client.readToEnd() == "")
            }
        }

        @Test("echo --letters lowercase: the last line arrives after a half-close", arguments: Host.allCases)
        func halfClose(host: Host) throws {
            try session(host, ["echo", "--letters", "lowercase"]) { client in
                client.send("Hello\nNo END")
                client.shutdownWrite()
                #expect(client.readToEnd() == "hello\nno end")
            }
        }

        @Test("hello: a whole session, and the next connection gets one too", arguments: Host.allCases)
        func hello(host: Host) throws {
            let server = try Running(host, ["hello"])
            defer { server.stop() }
            for name in ["Ada", "Grace"] {
                let client = try server.connect()
                client.send("\(name)\r\n\r\n")
                #expect(client.readToEnd() == "What is your name?\r\nHello, \(name)!\r\n")
            }
        }

        @Test("classic daytime sends the time, and classic discard sends nothing", arguments: Host.allCases)
        func times(host: Host) throws {
            try session(host, ["classic", "daytime"]) { client in
                let day = client.readToEnd()
                #expect(day.hasPrefix("20") && day.hasSuffix("\r\n") && day.utf8.count > 20, "\(day)")
            }
            try session(host, ["classic", "discard"]) { client in
                client.send(String(repeating: "x", count: 10_000))
                client.shutdownWrite()
                #expect(client.readToEnd() == "")
            }
        }

        @Test("classic chargen writes the lines of RFC 864", arguments: Host.allCases)
        func characters(host: Host) throws {
            try session(host, ["classic", "chargen"]) { client in
                var text = ""
                while text.utf8.count < 7030, case let more = client.read(7030 - text.utf8.count), more != "" {
                    text += more
                }
                #expect(text.hasPrefix(##" !"#$%&'()*+,-./0123456789:;<=>?@"##))
                #expect(text.hasSuffix("\r\n") && text.utf8.count == 7030)
            }
        }
    }
}
