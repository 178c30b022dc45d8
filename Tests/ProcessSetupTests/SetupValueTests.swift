import Addresses
import LinuxSystem
import ProcessSetup
import Sandbox
import ServiceModel
import TestSupport
import Testing
import Wire

struct SetupValueTests {
    /// A setup of which no value is the default.
    private func gateSetup() throws -> GateSetup {
        var service = Service(
            name: "mail", file: "/etc/doorward/services/mail.toml",
            listen: [.ip(.v6(1), port: 25), .unix(path: "/run/mail.sock")],
            handler: HandlerCommand(path: "/bin/cat", arguments: ["cat", "-u"]),
            identity: Identity(user: .account(name: "daemon", uid: 1), gid: 7, groups: [9, 8]))
        service.environment = [EnvironmentVariable(name: "SECRET", value: "of mail alone")]
        service.umask = 0o27
        service.sandbox.privateTemporary = Bytes(1 << 20)
        let credentials = try #require(Credentials(of: service, dynamicNumber: 80001))
        return GateSetup(
            sandbox: SandboxPlan(
                service: service, credentials: credentials, privilege: .root, emptyNetwork: 4, group: "/doorward.1/x"),
            sourcePrefix: SourcePrefix(), listeners: [.init(number: 5, bound: service.listen[0])],
            channel: ChildEnd.Numbers(orders: 6, reports: 7), blockListFile: "/etc/doorward/blocked",
            blockListNumber: 8, bansNumber: 9, countersNumber: 10,
            resolver: FrameChannel.Numbers(reader: 11, writer: 12))
    }

    @Test("the setup of a gate arrives as it was sent, with and without what it may lack")
    func gate() throws {
        var setup = try gateSetup()
        #expect(GateSetup(bytes: setup.bytes) == setup)
        setup.resolver = nil
        setup.sandbox.group = nil
        setup.sandbox.emptyNetwork = nil
        setup.sandbox.privilege = .ordinary
        #expect(GateSetup(bytes: setup.bytes) == setup)
    }

    @Test("a service of a dynamic user has the number that the supervisor has found, and a service of root has 0")
    func identities() throws {
        var setup = try gateSetup()
        for (user, uid) in [(Identity.User.dynamic, UInt32(80001)), (.root, 0)] {
            setup.sandbox.service.identity = Identity(user: user)
            setup.sandbox.credentials = try #require(
                Credentials(of: setup.sandbox.service, dynamicNumber: 80001))
            let arrived = try #require(GateSetup(bytes: setup.bytes))
            #expect(arrived == setup)
            #expect(arrived.sandbox.credentials.uid == uid)
        }
    }

    @Test("the setup of a resolver arrives as it was sent", arguments: [nil, ["192.0.2.1:53", "[2001:db8::1]:5353"]])
    func resolver(servers: [String]?) throws {
        var service = Service(
            name: "_resolver", file: "", listen: [], handler: .none, identity: Identity(user: .dynamic))
        service.sandbox.network = [.inet, .inet6]
        let plan = SandboxPlan(
            service: service, credentials: try #require(Credentials(of: service, dynamicNumber: 80002)),
            privilege: .root)
        let setup = ResolverSetup(
            sandbox: plan, servers: servers?.compactMap { NameServer($0) },
            channel: ChildEnd.Numbers(orders: 4, reports: 5))
        #expect(ResolverSetup(bytes: setup.bytes) == setup)
    }

    @Test("the setup of one program is none for another")
    func otherProgram() throws {
        let setup = try gateSetup()
        #expect(ResolverSetup(bytes: setup.bytes) == nil)
    }

    @Test("a part of a setup is no setup")
    func parts() throws {
        let bytes = try gateSetup().bytes
        for count in bytes.indices { #expect(GateSetup(bytes: Array(bytes[..<count])) == nil) }
        #expect(GateSetup(bytes: bytes + [0]) == nil)
    }
}
