import Addresses
import HostDefinition
import ServiceModel
import Tables
import Testing
import Wire

struct WireTests {
    /// A definition with no field at its default.
    private static var full: HostDefinition {
        var settings = HostSettings()
        settings.services = "etc/services"
        settings.handlers = "/opt/handlers"
        settings.state = "/opt/state"
        settings.blockList = "/opt/blocked"
        settings.sourcePrefix.v4 = 24
        settings.sourcePrefix.v6 = 56
        settings.kernelFilter = false
        settings.exempt = [IPPrefix(of: .v4(10 << 24), length: 8)]
        settings.nameServers = [NameServer(address: .v4(0x7f00_0001), port: 5353)]
        settings.drain = .milliseconds(1500)
        var definitions = HostDefinition(settings: settings)
        definitions.stateOrigin = SourcePosition(file: "doorward.toml", line: 3, column: 2)
        let here = SourcePosition(file: "etc/services/a.toml", line: 3, column: 9)
        let addresses: [ListenAddress] = [.ip(.v4(1), port: 25), .ip(.v6(1), port: 0), .unix(path: "/run/ä.sock")]
        var service = Service(
            name: "a", file: here.file, listen: addresses,
            handler: HandlerCommand(path: "/h", arguments: ["h", "", "ü x"]),
            identity: Identity(
                user: .account(name: "mail", uid: 8), gid: 12, groups: [1, 4_294_967_294], capabilities: "^cap_chown"))
        service.inputFilters = [HandlerCommand(path: "/i", arguments: ["i", "1"])]
        service.outputFilters = [HandlerCommand(path: "/o", arguments: ["o"])]
        service.access = [
            AccessRule(verdict: .deny, subject: .prefix(IPPrefix(of: .v6(5 << 64), length: 64)), position: here),
            AccessRule(
                verdict: .allow, subject: .unix, environment: [EnvironmentVariable(name: "A", value: "=b ")],
                handler: HandlerCommand(path: "/other", arguments: ["other"]), position: here),
            AccessRule(verdict: .allow, subject: .all, position: here),
        ]
        service.environment = [EnvironmentVariable(name: "B", value: "")]
        service.standardError = .null
        service.directory = "/srv"
        service.umask = 0o77
        service.nice = -5
        service.limits.connections = 7
        service.limits.waiting = 11
        service.limits.perSource = .unlimited
        service.limits.lifetime = .at(.milliseconds(1))
        service.limits.files = .at(3)
        service.limits.processes = .unlimited
        service.limits.memory = .at(Bytes(.max))
        service.limits.cpu = .at(.seconds(2))
        service.limits.core = .at(Bytes(1))
        service.limits.fileSize = .unlimited
        service.limits.totalMemory = .unlimited
        service.limits.rate = Rate(count: 3, period: 1_000_000, burst: 9).map { .at($0) } ?? .unlimited
        service.limits.totalRate = Rate(count: 4, period: 2_000_000).map { .at($0) } ?? .unlimited
        service.admission.sensor = .seconds(3600)
        service.admission.penalties.exit = [77: 20, 1: 0]
        service.admission.penalties.failure = 1
        service.admission.penalties.signal = 2
        service.admission.penalties.noData = 3
        service.admission.penalties.lifetime = 4
        service.admission.penalties.limit = 5
        service.admission.penalties.threshold = 6
        service.admission.penalties.halfLife = 7_000_000_000
        service.admission.penalties.ban = 8_000_000_000
        service.admission.penalties.longest = 9_000_000_000
        service.admission.refusal = .message("ü\r\n")
        service.admission.hours = .always
        service.admission.timeZone = "Europe/Berlin"
        service.admission.mostLoad = 250
        service.admission.start = .data
        service.admission.firstByte = .seconds(7)
        service.admission.greetDelay = .milliseconds(2500)
        service.admission.upstreams = [IPPrefix(of: .v4(10 << 24), length: 8)]
        service.admission.dnsbl = [
            DNSBLRule(zone: "bl.example", results: [IPPrefix(of: .v4(0x7f00_0002), length: 32)], effect: .deny),
            DNSBLRule(
                zone: "wl.example", effect: .allow, environment: [EnvironmentVariable(name: "KNOWN", value: "yes")]),
        ]
        service.admission.checks.programs = [HandlerCommand(path: "/check", arguments: ["check", "-v"])]
        service.admission.checks.timeout = .seconds(3)
        service.admission.checks.cache = .zero
        service.sandbox.network = [.unix, .netlink]
        service.sandbox.seccomp = .kill
        service.sandbox.systemCalls = [SystemCallChange(.allow, "ptrace"), SystemCallChange(.refuse, "socket")]
        service.sandbox.landlock = .off
        service.sandbox.files.read = ["/r", "/ä"]
        service.sandbox.files.write = ["/w"]
        service.sandbox.files.execute = ["/x"]
        service.sandbox.privateTemporary = Bytes(65536)
        service.sandbox.root = "/root"
        service.socket.backlog = 5
        service.socket.isNoDelay = false
        service.socket.isKeepAlive = false
        service.socket.owner = 1
        service.socket.group = 2
        service.socket.mode = 0o666
        definitions.services["a"] = ServiceDefinition(
            service: service, activation: .disabled, listeners: addresses.map { .init(address: $0, position: here) })
        definitions.services["a"]?.origins = ["key1": here, "key2": SourcePosition(file: "d", line: 1, column: 2)]
        let plain = Service(
            name: "b", file: "b", listen: [], handler: HandlerCommand(path: "/b", arguments: ["b"]),
            identity: Identity(user: .root))
        definitions.services["b"] = ServiceDefinition(service: plain, activation: .enabled, listeners: [])
        definitions.broken = ["x", "y"]
        definitions.faults = [
            Fault(position: here, errno: "EIO", message: "wrong"),
            Fault(position: here, key: "limits.memory", message: "wrong"),
        ]
        definitions.add([Fault(position: here, message: "of a service")], of: "x")
        return definitions
    }

    @Test("definitions read back as they were written, with every field")
    func roundTrip() {
        #expect(HostDefinition(wire: Self.full.wire) == Self.full)
        let empty = HostDefinition(settings: HostSettings())
        #expect(HostDefinition(wire: empty.wire) == empty)
    }

    @Test("problems read back as they were written; bytes cut off or added are an error")
    func problems() {
        let here = SourcePosition(file: "a.toml", line: 3, column: 9)
        let error = HostDefinitionError(problems: [
            Problem(.position(here), key: "k", message: "m"),
            Problem(.file("f"), option: "--o", errno: "EIO", message: "ä\n"),
            Problem(nil, message: ""), Problem(Fault(position: here, key: "limits.memory", message: "wrong")),
        ])
        let bytes = error.wireBytes
        #expect(HostDefinitionError(wireBytes: bytes) == error)
        for count in 0..<bytes.count { #expect(HostDefinitionError(wireBytes: Array(bytes.prefix(count))) == nil) }
        #expect(HostDefinitionError(wireBytes: bytes + [0]) == nil)
        #expect(HostDefinitionError(wireBytes: Array("doorward: error\n".utf8)) == nil)
    }

    @Test("equal definitions are equal bytes, whatever the order of their sets and tables")
    func order() {
        for _ in 0..<10 { #expect(Self.full.wire == Self.full.wire) }
    }

    @Test("an unknown word for a sandbox setting is no definition", arguments: ["netlink", "kill", "off"])
    func unknownWord(word: String) throws {
        let bytes = Self.full.wire
        let needle = Array(word.utf8)
        // The word follows its length, so it is not a part of another text.
        let found = bytes.indices.filter { index in
            index >= 8 && bytes[index - 8] == UInt8(needle.count) && bytes[index...].starts(with: needle)
        }
        let start = try #require(found.first)
        #expect(found.count == 1)
        var other = bytes
        other[start] = UInt8(ascii: "z")
        #expect(HostDefinition(wire: other) == nil)
    }

    @Test(
        "a value that comes twice in a set or a table is no definition",
        arguments: [("netlink", "inet"), ("key2", "key1")])
    func twice(word: String, other: String) throws {
        var full = Self.full
        full.services["a"]?.service.sandbox.network = [.inet, .netlink]
        let length: [UInt8] = [0, 0, 0, 0, 0, 0, 0]
        let needle = [UInt8(word.utf8.count)] + length + Array(word.utf8)
        let bytes = full.wire
        let start = try #require(bytes.indices.first { bytes[$0...].starts(with: needle) })
        let replaced = [UInt8(other.utf8.count)] + length + Array(other.utf8)
        #expect(HostDefinition(wire: bytes[..<start] + replaced + bytes[(start + needle.count)...]) == nil)
        #expect(HostDefinition(wire: bytes) == full)
    }

    @Test("bytes that are cut off anywhere, or one too many, are no definition")
    func cut() {
        let bytes = Self.full.wire
        for count in bytes.indices { #expect(HostDefinition(wire: Array(bytes[..<count])) == nil) }
        #expect(HostDefinition(wire: bytes + [0]) == nil)
    }

    @Test("reading changed bytes ends with a definition or without, and never traps")
    func mutated() {
        var bytes = Self.full.wire
        for index in bytes.indices {
            let original = bytes[index]
            for value: UInt8 in [0, 1, 0x7f, 0x80, 0xff] {
                bytes[index] = value
                _ = HostDefinition(wire: bytes)
            }
            bytes[index] = original
        }
    }
}

struct WireDurationTests {
    @Test(
        "a duration of up to a hundred years reads back unchanged",
        arguments: [
            .zero, .nanoseconds(1), .zero - .nanoseconds(1), .seconds(-5), .milliseconds(1500),
            Duration.longestOnWire, .zero - Duration.longestOnWire,
            Duration(secondsComponent: 0, attosecondsComponent: 1),
        ] as [Duration])
    func sound(duration: Duration) { #expect(Duration(wireBytes: duration.wireBytes) == duration) }

    @Test(
        "a longer duration, and parts that are none, are no duration",
        arguments: [
            (.max, .max), (.min, .min), (.max, 0), (0, .max), (0, .min), (0, 1_000_000_000_000_000_000),
            (1, -1), (-1, 1), (3_155_760_000, 1), (3_155_760_001, 0), (-3_155_760_001, 0),
        ] as [(Int64, Int64)])
    func parts(seconds: Int64, attoseconds: Int64) {
        var writer = WireWriter()
        writer.write(seconds)
        writer.write(attoseconds)
        #expect(Duration(wireBytes: writer.bytes) == nil)
    }

    @Test("a longer duration is sent as the longest one")
    func cut() {
        let long = Duration.seconds(Int64.max)
        #expect(Duration(wireBytes: long.wireBytes) == Duration.longestOnWire)
        #expect(Duration(wireBytes: (.zero - long).wireBytes) == .zero - Duration.longestOnWire)
    }
}
