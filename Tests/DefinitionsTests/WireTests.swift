import Definitions
import ServiceModel
import Testing

struct WireTests {
    /// Definitions in which no field has its default.
    private static var full: Definitions {
        var settings = HostSettings()
        settings.services = "etc/services"
        settings.handlers = "/opt/handlers"
        settings.state = "/opt/state"
        settings.blockList = "/opt/blocked"
        settings.sourcePrefix.v4 = 24
        settings.sourcePrefix.v6 = 56
        settings.drain = .milliseconds(1500)
        var definitions = Definitions(settings: settings)
        let here = SourcePosition(file: "etc/services/a.toml", line: 3, column: 9)
        let addresses: [ListenAddress] = [.ip(.v4(1), port: 25), .ip(.v6(1), port: 0), .unix(path: "/run/ä.sock")]
        var service = Service(
            name: "a", file: here.file, listen: addresses,
            handler: HandlerCommand(path: "/h", arguments: ["h", "", "ü x"]),
            identity: Identity(
                user: .account(name: "mail", uid: 8), gid: 12, groups: [1, 4_294_967_294], capabilities: "^cap_chown"))
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
        service.limits.perSource = .unlimited
        service.limits.lifetime = .at(.milliseconds(1))
        service.limits.files = .at(3)
        service.limits.processes = .unlimited
        service.limits.memory = .at(Bytes(.max))
        service.limits.cpu = .at(.seconds(2))
        service.limits.core = .at(Bytes(1))
        service.limits.fileSize = .unlimited
        service.socket.backlog = 5
        service.socket.isNoDelay = false
        service.socket.isKeepAlive = false
        service.socket.owner = 1
        service.socket.group = 2
        service.socket.mode = 0o666
        definitions.services["a"] = ServiceDefinition(
            service: service, activation: .disabled, listeners: addresses.map { .init(address: $0, position: here) })
        let plain = Service(
            name: "b", file: "b", listen: [], handler: HandlerCommand(path: "/b", arguments: ["b"]),
            identity: Identity(user: .root))
        definitions.services["b"] = ServiceDefinition(service: plain, activation: .enabled, listeners: [])
        definitions.broken = ["x", "y"]
        definitions.faults = [Fault(position: here, message: "wrong")]
        return definitions
    }

    @Test("definitions read back as they were written, every field of them")
    func roundTrip() {
        #expect(Definitions(wire: Self.full.wire) == Self.full)
        let empty = Definitions(settings: HostSettings())
        #expect(Definitions(wire: empty.wire) == empty)
    }

    @Test("definitions that are cut anywhere, or have a byte too many, are none")
    func cut() {
        let bytes = Self.full.wire
        for count in bytes.indices { #expect(Definitions(wire: Array(bytes[..<count])) == nil) }
        #expect(Definitions(wire: bytes + [0]) == nil)
    }

    @Test("any byte may be anything: reading ends with definitions or without, and never traps")
    func mutated() {
        var bytes = Self.full.wire
        for index in bytes.indices {
            let original = bytes[index]
            for value: UInt8 in [0, 1, 0x7f, 0x80, 0xff] {
                bytes[index] = value
                _ = Definitions(wire: bytes)
            }
            bytes[index] = original
        }
    }
}
