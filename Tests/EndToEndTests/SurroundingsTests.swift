// The identity, limits, descriptors and environment that a handler starts with, as the handler `probe` reports them.
import Foundation
import Testing

extension EndToEndTests {
    @Suite("Surroundings")
    struct SurroundingsTests {
        /// The probe's answer: `key=value` lines, in order.
        struct Report {
            let lines: [String]

            init(_ text: String) { lines = text.split(separator: "\n").map(String.init) }

            subscript(key: String) -> String? {
                lines.first { $0.hasPrefix(key + "=") }.map { String($0.dropFirst(key.count + 1)) }
            }

            var environment: [String: String] {
                let pairs = lines.filter { $0.hasPrefix("environment=") }.map { line in
                    line.dropFirst("environment=".count).split(
                        separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                }
                return Dictionary(uniqueKeysWithValues: pairs.map { (String($0[0]), String($0[1])) })
            }
        }

        private func probe(_ lines: String, at top: String = "", environment: String = "") throws -> (Report, UInt16) {
            let doorward = try Supervised(services: [
                "probe": "\(top)\nlisten = [\"127.0.0.1:0\"]\nhandler = [\"probe\"]\n\(lines)"
            ])
            let client = try Client(port: doorward.port("probe"))
            let port = client.port
            client.shutdownWrite()
            let report = Report(client.readToEnd())
            #expect(doorward.stop() == 0)
            return (report, port)
        }

        private let noCapabilities = ["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"]

        @Test("a service without settings runs as a user of its own without any capability", .enabled(if: isRoot))
        func defaultsAsRoot() throws {
            let (report, _) = try probe("")
            let uid = try #require(report["uid"].flatMap { Int($0) })
            #expect((80000...89999).contains(uid))
            for key in ["uid", "euid", "suid", "gid", "egid", "sgid"] { #expect(report[key] == "\(uid)", "\(key)") }
            #expect(report["groups"] == "")
            for key in noCapabilities { #expect(report[key] == "0000000000000000", "\(key)") }
            #expect(report["securebits"] == "3")
            #expect(report["rlimit_nproc"] == "512,512")
        }

        @Test("without root a handler keeps the supervisor's user, and has no capability", .enabled(if: !isRoot))
        func defaultsAsUser() throws {
            let (report, _) = try probe("")
            #expect(report["uid"] == "\(getuid())")
            for key in noCapabilities where key != "CapBnd" { #expect(report[key] == "0000000000000000", "\(key)") }
        }

        @Test("limits, mask, directory, blocking descriptors, signals and session are those of the plan")
        func plan() throws {
            let (report, _) = try probe("")
            #expect(report["no_new_privs"] == "1")
            #expect(report["seccomp"] == "2")
            #expect(report["rlimit_nofile"] == "256,256")
            #expect(report["rlimit_as"] == "\(512 << 20),\(512 << 20)")
            // A limit of 1 also stops a program that core_pattern names. Source: Linux, fs/coredump.c.
            #expect(report["rlimit_core"] == "1,1")
            #expect(report["rlimit_fsize"] == "\(1 << 30),\(1 << 30)")
            #expect(report["umask"] == "022")
            #expect(report["nice"] == "0")
            #expect(report["cwd"] == "/")
            #expect(report["descriptors"] == "0,1,2")
            #expect(report["fd0"] == "socket,blocking")
            #expect(report["fd1"] == "socket,blocking")
            #expect(report["fd2"] == "fifo,blocking")
            for key in ["SigBlk", "SigIgn", "SigCgt"] { #expect(report[key] == "0000000000000000", "\(key)") }
            #expect(report["sid"] == report["pid"])
            #expect(report["pgid"] == report["pid"])
        }

        @Test("every setting of a service file reaches the handler")
        func settings() throws {
            let (report, _) = try probe(
                """
                umask = "077"
                nice = 5
                directory = "/usr"
                stderr = "null"
                environment = { COLOUR = "green", PATH = "/bin" }
                [limits]
                files = 32
                processes = 4000
                memory = "256M"
                cpu = "7s"
                core = "1M"
                file_size = "3M"
                """)
            #expect(report["umask"] == "077")
            #expect(report["nice"] == "5")
            #expect(report["cwd"] == "/usr")
            #expect(report["fd2"]?.hasPrefix("character") == true || report["fd2"]?.hasPrefix("chr") == true)
            #expect(report["rlimit_nofile"] == "32,32")
            #expect(report["rlimit_nproc"] == "4000,4000")
            #expect(report["rlimit_as"] == "\(256 << 20),\(256 << 20)")
            #expect(report["rlimit_cpu"] == "7,7")
            #expect(report["rlimit_core"] == "\(1 << 20),\(1 << 20)")
            #expect(report["rlimit_fsize"] == "\(3 << 20),\(3 << 20)")
            #expect(report.environment["COLOUR"] == "green")
            #expect(report.environment["PATH"] == "/bin")
        }

        @Test("the environment has PATH and the connection's variables, and nothing of the supervisor's")
        func environment() throws {
            let (report, port) = try probe("")
            let names = Set(report.environment.keys)
            #expect(
                names == [
                    "PATH", "PROTO", "TCPREMOTEIP", "TCPREMOTEPORT", "TCPLOCALIP", "TCPLOCALPORT", "TCPCONNNUM",
                    "REMOTE_ADDR", "REMOTE_PORT", "DOORWARD_SERVICE", "DOORWARD_CONNECTION",
                ])
            #expect(report.environment["PROTO"] == "TCP")
            #expect(report.environment["TCPREMOTEIP"] == "127.0.0.1")
            #expect(report.environment["REMOTE_ADDR"] == "127.0.0.1")
            #expect(report.environment["TCPREMOTEPORT"] == "\(port)")
            #expect(report.environment["REMOTE_PORT"] == "\(port)")
            #expect(report.environment["TCPLOCALIP"] == "127.0.0.1")
            #expect(report.environment["TCPCONNNUM"] == "1")
            #expect(report.environment["DOORWARD_SERVICE"] == "probe")
        }

        @Test("over a unix socket the environment has the peer's credentials instead")
        func unixEnvironment() throws {
            let doorward = try Supervised(services: [
                "probe": "listen = [\"unix:DIRECTORY/probe.sock\"]\nhandler = [\"probe\"]"
            ])
            let client = try Client(path: doorward.directory + "/probe.sock")
            client.shutdownWrite()
            let found = Report(client.readToEnd()).environment
            #expect(found["PROTO"] == "IPC")
            #expect(found["IPCREMOTEEUID"] == "\(getuid())")
            #expect(found["IPCREMOTEEGID"] == "\(getgid())")
            #expect(found["IPCLOCALPATH"] == doorward.directory + "/probe.sock")
            #expect(found["IPCCONNNUM"] == "1")
            #expect(!found.keys.contains { $0.hasPrefix("TCP") || $0.hasPrefix("REMOTE") })
        }

        @Test("on a listener for all addresses, the local address is the one that the peer connected to")
        func localAddress() throws {
            let doorward = try Supervised(services: ["probe": "listen = [\"0.0.0.0:0\"]\nhandler = [\"probe\"]"])
            let client = try Client(port: doorward.port("probe"), address: "127.0.0.9")
            client.shutdownWrite()
            #expect(Report(client.readToEnd()).environment["TCPLOCALIP"] == "127.0.0.9")
        }

        @Test("listed capabilities, and only those, survive the change of user", .enabled(if: isRoot))
        func capabilities() throws {
            let (report, _) = try probe("capabilities = \"^cap_net_bind_service,%cap_net_raw\"")
            #expect(report["CapPrm"] == "0000000000000400")
            #expect(report["CapEff"] == "0000000000000400")
            #expect(report["CapAmb"] == "0000000000000400")
            #expect(report["CapInh"] == "0000000000002400")
            #expect(report["CapBnd"] == "0000000000002400")
            #expect(report["uid"] != "0")
        }

        @Test("user = root is uid 0 with the listed capabilities and no other", .enabled(if: isRoot))
        func root() throws {
            let (report, _) = try probe("user = \"root\"\ncapabilities = \"^cap_chown\"")
            #expect(report["uid"] == "0")
            #expect(report["CapEff"] == "0000000000000001")
            #expect(report["CapBnd"] == "0000000000000001")
            #expect(report["groups"] == "")
        }

        @Test("a named user brings its own group and no other; listed groups are added", .enabled(if: isRoot))
        func namedUser() throws {
            let (alone, _) = try probe("user = \"games\"")
            #expect(alone["uid"] == "5")
            #expect(alone["gid"] == "60")
            #expect(alone["groups"] == "")
            let (listed, _) = try probe("user = \"games\"\ngroup = \"mail\"\ngroups = [\"news\", \"man\"]")
            #expect(listed["gid"] == "8")
            #expect(listed["groups"] == "9,12")
        }

        @Test("two services have different users; one that is added again has the same user", .enabled(if: isRoot))
        func dynamicUsers() throws {
            let text = "listen = [\"127.0.0.1:0\"]\nhandler = [\"probe\"]"
            let doorward = try Supervised(services: ["one": text, "two": text])
            func uid(_ service: String) throws -> String? {
                Report(try exchange(port: doorward.port(service), ""))["uid"]
            }
            let before = try (uid("one"), uid("two"))
            #expect(before.0 != before.1)
            try doorward.remove("services/one.toml")
            try doorward.reload()
            try doorward.write(text, to: "services/one.toml")
            try doorward.reload()
            _ = try doorward.log.wait(for: "ready", count: 2) { $0["service"] == "one" }
            #expect(try uid("one") == before.0)
        }

        @Test("under nice without root, services start and keep that nice value", .enabled(if: !isRoot))
        func niceSupervisor() throws {
            let doorward = try Supervised(
                services: ["probe": "listen = [\"127.0.0.1:0\"]\nhandler = [\"probe\"]"], prefix: ["nice", "-n", "3"])
            #expect(Report(try exchange(port: doorward.port("probe"), ""))["nice"] == "3")
        }

        @Test("standard error is the socket when the service says so")
        func standardErrorOnSocket() throws {
            let doorward = try Supervised(
                services: ["old": "listen = [\"127.0.0.1:0\"]\nhandler = [\"DIRECTORY/old\"]\nstderr = \"socket\""],
                files: ["old": "#!/bin/sh\necho complaint >&2\n"])
            #expect(try exchange(port: doorward.port("old"), "") == "complaint\n")
        }
    }
}
