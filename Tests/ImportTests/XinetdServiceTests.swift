import Testing

@testable import Import

struct XinetdServiceTests {
    private static let top = "service ftp\n{\nsocket_type = stream\nwait = no\nuser = a\nserver = /usr/sbin/x\n"

    private func result(_ lines: String, defaults: String = "") -> Imported {
        imported(Self.top + lines + "\n}\ndefaults\n{\n\(defaults)\n}\n", .xinetd)
    }

    private func service(_ lines: String, defaults: String = "") throws -> ImportedService {
        try #require(result(lines, defaults: defaults).services.first)
    }

    @Test("a service without special attributes gives this file")
    func plain() throws {
        let plain = result("server_args = -l -a\ninstances = 4\nnice = 10")
        #expect(
            plain.services.map(\.fileText) == [
                """
                # From f:1, by doorward import.
                listen = ["0.0.0.0:21", "[::]:21"]
                handler = ["/usr/sbin/x", "-l", "-a"]
                user = "a"
                nice = 10

                [limits]
                connections = 4

                """
            ])
        #expect(plain.lineRemarks.count == 1)
    }

    @Test(
        "each directive changes the file",
        arguments: [
            ("port = 99", ServiceKey.listen, ServiceValue.list(["0.0.0.0:99", "[::]:99"])),
            ("bind = 10.0.0.1", .listen, .list(["10.0.0.1:21"])), ("interface = ::1", .listen, .list(["[::1]:21"])),
            ("bind = ::", .listen, .list(["0.0.0.0:21", "[::]:21"])), ("flags = IPv4", .listen, .list(["0.0.0.0:21"])),
            ("flags = IPv6\nv6only = yes", .listen, .list(["[::]:21"])),
            ("flags = IPv6", .listen, .list(["0.0.0.0:21", "[::]:21"])),
            ("disable = yes", .enabled, .boolean(false)), ("disable = maybe", .enabled, .boolean(false)),
            ("flags = DISABLE", .enabled, .boolean(false)), ("group = g", .group, .text("g")),
            ("groups = g h root", .groups, .list(["g", "h"])),
            ("flags = NAMEINARGS\nserver_args = n -l", .handler, .list(["/usr/sbin/x", "-l"])),
            ("umask = 0027", .umask, .text("27")), ("nice = -5", .nice, .number(-5)),
            ("instances = UNLIMITED", .connections, .number(16384)),
            ("per_source = UNLIMITED", .perSource, .text("unlimited")),
            ("per_source = 3", .perSource, .number(3)), ("cps = 25 30", .totalRate, .text("25/s")),
            ("max_load = 2", .maxLoad, .decimal("2.0")), ("max_load = .5", .maxLoad, .decimal("0.5")),
            ("rlimit_as = 8M", .memory, .text("8M")), ("rlimit_as = UNLIMITED", .memory, .text("unlimited")),
            ("rlimit_files = 64", .files, .number(64)), ("rlimit_cpu = 20", .cpu, .text("20s")),
            ("access_times = 2:00-8:59 12:00-24:00", .hours, .list(["02:00-09:00", "12:00-24:00"])),
            ("socket_backlog = 5", .backlog, .number(5)),
            ("only_from = 10.0.0.0", .access, .list(["allow 10.0.0.0/8"])),
            ("no_access = 10.0.0.0", .access, .list(["deny 10.0.0.0/8", "allow all"])),
            ("only_from =", .access, .list(["deny all"])),
        ])
    func directives(line: String, key: ServiceKey, value: ServiceValue) throws {
        let service = try service(line)
        #expect(service[key] == value)
        _ = try readBack(service)
    }

    /// The directives that change nothing, because Doorward always does what they say.
    private static let always = [
        "id = ftp", "type = UNLISTED", "flags = NODELAY KEEPALIVE REUSE", "disable = no", "protocol = tcp",
        "groups = no",
        "passenv =", "v6only = no",
    ]

    @Test(
        "every directive of xinetd.conf(5) changes the file or has a remark",
        arguments: XinetdReasons.carried + XinetdReasons.attributes.keys.sorted())
    func traces(name: String) {
        let base = result("")
        let value = Self.values[name] ?? "7"
        // Attributes that every service here has are in Self.top, and a second one of them is reported.
        let after = result("\(name) = \(value)")
        let isInFile = after.services.map { [$0.name, $0.fileText] } != base.services.map { [$0.name, $0.fileText] }
        let isReported = after.lineRemarks.contains { $0.hasPrefix("f:7: ") && $0.contains(name) }
        #expect(isInFile || isReported, "\(name) = \(value): \(after.lineRemarks)")
    }

    /// Values for the directives that do not take a number.
    private static let values = [
        "id": "other", "type": "RPC", "flags": "IDONLY", "disable": "yes", "protocol": "udp", "redirect": "10.0.0.1 23",
        "bind": "10.0.0.1", "interface": "10.0.0.1", "groups": "yes", "only_from": "10.0.0.1", "no_access": "10.0.0.1",
        "access_times": "1:00-2:00", "log_on_success": "PID", "log_on_failure": "USERID", "env": "A=1", "v6only": "yes",
        "enabled": "other", "disabled": "ftp", "umask": "7", "server_args": "-l",
    ]

    @Test("a directive that Doorward always follows changes nothing and has no remark", arguments: always)
    func silent(line: String) {
        #expect(result(line).services.map(\.fileText) == result("").services.map(\.fileText))
        #expect(result(line).lineRemarks.isEmpty)
    }

    @Test(
        "an invalid value is reported with what was expected",
        arguments: [
            "nice = 40", "nice = x", "umask = 9", "umask = 1777", "instances = 0", "instances = many",
            "per_source = -1",
            "cps = fast", "cps = 1 2 3", "max_load = x", "max_load = 1.2.3", "max_load = 0", "rlimit_as = 8X",
            "rlimit_as = 0",
            "rlimit_files = 2", "rlimit_cpu = 0", "access_times = 9:00-8:00", "access_times = noon",
            "access_times = 24:00-24:00",
            "socket_backlog = 0",
        ])
    func wrong(line: String) {
        let remarks = result(line).lineRemarks
        #expect(remarks.contains { $0.hasPrefix("f:7: not carried over: ") && $0.contains("expected") }, "\(remarks)")
    }

    @Test(
        "a service that Doorward cannot serve has no file, but a remark with the reason",
        arguments: [
            ("port = none", "expected a port"), ("bind = host.example", "names are not looked up"),
            ("protocol = udp", "TCP and unix sockets only"), ("type = RPC UNLISTED", "Sun RPC"),
            ("type = TCPMUX", "TCPMUX"),
            ("redirect = 10.0.0.7 23", "socat"), ("type = INTERNAL", "no handler does the work"),
        ])
    func dropped(line: String, reason: String) {
        let result = result(line)
        #expect(result.services.isEmpty)
        #expect(result.lineRemarks.contains { $0.hasPrefix("f:7: not carried over: ") && $0.contains(reason) })
    }

    @Test("a service with datagram sockets or wait = yes has no file")
    func others() {
        for line in ["socket_type = dgram", "wait = yes"] {
            let result = imported("service ftp\n{\n\(line)\nuser = a\nserver = /x\n}\n", .xinetd)
            #expect(result.services.isEmpty && result.lineRemarks.count == 1)
            #expect(result.lineRemarks.first?.hasPrefix("f:3: not carried over: \(line): ") == true)
            #expect(result.report.fate(of: Place(file: "f", line: 4)) == .notCarriedOver)
        }
    }

    @Test("a misspelled directive gets the name that was meant")
    func unknown() {
        #expect(
            result("instnces = 4").lineRemarks == [
                "f:7: not carried over: instnces = 4: not a directive of xinetd; did you mean 'instances'?"
            ])
        #expect(result("flags = IDONLI").lineRemarks == ["f:7: not carried over: flags IDONLI: not a flag of xinetd"])
    }

    @Test("each flag that is not carried over has a reason", arguments: XinetdReasons.flags.keys.sorted())
    func flags(flag: String) {
        #expect(result("flags = REUSE \(flag)").lineRemarks.count == 1)
    }

    @Test("a sensor bans for its deny_time, and starts no program")
    func sensor() throws {
        for (line, time) in [
            ("deny_time = 60", "60min"), ("deny_time = FOREVER", "36500d"), ("", "1h"), ("deny_time = x", "1h"),
        ] {
            let result = imported("service irc\n{\nwait = no\nuser = root\nflags = SENSOR\n\(line)\n}\n", .xinetd)
            let service = try #require(result.services.first)
            #expect(service[.sensor] == .text(time) && service[.handler] == nil && service[.user] == nil)
            _ = try readBack(service)
        }
        let never = try #require(
            imported("service irc\n{\nflags = SENSOR\ndeny_time = NEVER\n}", .xinetd).services.first)
        #expect(never[.sensor] == nil && never[.access] == .list(["deny all"]))
        _ = try readBack(never)
        #expect(result("deny_time = 60").lineRemarks.count == 1)
    }

    @Test("defaults apply where a service says nothing, and lists add up")
    func defaults() throws {
        let defaults = "instances = 60\numask = 002\nonly_from = 10.1.0.0\nonly_from = 10.2.0.0"
        #expect(try service("", defaults: defaults)[.connections] == .number(60))
        #expect(try service("instances = 4", defaults: defaults)[.connections] == .number(4))
        #expect(try service("", defaults: defaults)[.access] == .list(["allow 10.1.0.0/16", "allow 10.2.0.0/16"]))
        #expect(try service("only_from = 10.3.0.0", defaults: defaults)[.access] == .list(["allow 10.3.0.0/16"]))
        #expect(
            try service("only_from += 10.3.0.0\nonly_from -= 10.1.0.0", defaults: defaults)[.access]
                == .list(["allow 10.2.0.0/16", "allow 10.3.0.0/16"]))
        #expect(!(try service("", defaults: "disabled = ftp").isEnabled))
        #expect(!(try service("", defaults: "enabled = other").isEnabled))
        #expect(try service("", defaults: "enabled = ftp other").isEnabled)
    }

    @Test("defaults of one file apply to the others")
    func files() {
        let files = [
            ImportSource(
                file: "conf", format: .xinetd, text: Array("defaults\n{\ninstances = 3\nlog_type = x\n}\n".utf8)),
            ImportSource(file: "d/ftp", format: .xinetd, text: Array((Self.top + "}").utf8)),
            ImportSource(file: "d/smtp", format: .xinetd, text: Array(("service smtp\n{\nwait=no\nserver=/x\n}").utf8)),
        ]
        let result = Imported(files, ports: testPorts)
        #expect(result.services.map { $0[.connections] } == [.number(3), .number(3)])
        #expect(result.lineRemarks.filter { $0.hasPrefix("conf:4:") }.count == 1)
    }

    @Test("variables that a handler cannot have are reported, and the others are set")
    func environment() throws {
        let result = result("env = A=1 LD_PRELOAD=x B=2=3\nenv += C\npassenv = HOME")
        #expect(try #require(result.services.first).environment.map(\.name) == ["A", "B"])
        #expect(result.lineRemarks.count == 3)
        #expect(result.lineRemarks.allSatisfy { $0.contains("not carried over") })
    }

    @Test("a repeated directive, or one with an operator that it does not take, is reported")
    func twice() throws {
        #expect(try service("nice = 1\nnice = 2")[.nice] == .number(1))
        #expect(
            result("nice = 1\nnice = 2").lineRemarks == [
                "f:8: not carried over: nice = 2: it is set twice; the first one counts"
            ])
        #expect(result("nice += 1").lineRemarks == ["f:7: not carried over: nice += 1: 'nice' takes = only"])
    }

    @Test("a second list replaces the first, as in xinetd, and the report says so")
    func replaced() {
        let result = result("only_from = 10.1.0.0\nonly_from = 10.2.0.0")
        #expect(result.services.first?[.access] == .list(["allow 10.2.0.0/16"]))
        #expect(
            result.lineRemarks == ["f:7: not carried over: only_from = 10.1.0.0: line 8 takes its place, as in xinetd"])
    }
}
