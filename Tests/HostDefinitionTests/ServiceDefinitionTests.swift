import Addresses
import HostDefinition
import ServiceModel
import Testing

private func definition() throws -> ServiceDefinition {
    let address = try #require(ListenAddress("127.0.0.1:25"))
    let service = Service(
        name: "a", file: "a.toml", listen: [address], handler: HandlerCommand(path: "/bin/cat", arguments: ["cat"]),
        identity: Identity(user: .dynamic))
    let position = SourcePosition(file: "a.toml", line: 1, column: 1)
    return ServiceDefinition(
        service: service, activation: .enabled, listeners: [.init(address: address, position: position)])
}

struct ServiceDefinitionTests {
    @Test("a gate can go on with the same definition, and with one that has its settings on other lines")
    func same() throws {
        let one = try definition()
        var other = one
        #expect(one.serves(as: other))
        other.origins["limits.memory"] = SourcePosition(file: "a.toml", line: 7, column: 3)
        #expect(one.serves(as: other))
        #expect(other.serves(as: one))
        #expect(one != other)
    }

    @Test("a gate cannot go on with another service, another address or another activation")
    func different() throws {
        let one = try definition()
        let changes: [(inout ServiceDefinition) -> Void] = [
            { $0.activation = .disabled },
            { $0.service.nice = 1 },
            { $0.service.handler.arguments.append("-") },
            { $0.service.sandbox.network = [.inet] },
            { $0.service.sandbox.files.read = ["/srv"] },
            { $0.service.limits.connections += 1 },
            { $0.listeners[0].address = .unix(path: "/run/a") },
            { $0.listeners.append($0.listeners[0]) },
            { $0.listeners = [] },
        ]
        for (index, change) in changes.enumerated() {
            var other = one
            change(&other)
            #expect(!one.serves(as: other), "\(index)")
            #expect(!other.serves(as: one), "\(index)")
        }
    }

    private static let line3 = SourcePosition(file: "a.toml", line: 3, column: 1)

    @Test(
        "the reason of a gate that cannot serve leads to the setting that it names",
        arguments: [
            ("make an empty network namespace [network]: EPERM (Operation not permitted)", "network"),
            ("read time zone 'Mars/Olympus' [time_zone]: ENOENT (No such file or directory)", "time_zone"),
            ("change root [root] '/srv': EPERM (Operation not permitted)", "root"),
            ("no dynamic user: open: EROFS (Read-only file system) [state, user]", "user"),
            ("files.read '/no/such': ENOENT (No such file or directory)", "files.read"),
            ("'limits.files' is 9, above the hard limit of 8 that Doorward was started with", "limits.files"),
            ("'root' needs root", "root"),
            ("handler '/tmp/x' is hidden by the service's own /tmp [private_tmp]", "private_tmp"),
            (
                "'/srv/x' is below '/srv', which the service may change, and so could be made to mean anything; "
                    + "expected it elsewhere, or not at all: what may be changed may be read [files.write]",
                "files.write"
            ),
            ("handler '/srv/[user]/x' cannot be executed by uid 7: EACCES (Permission denied); it", "handler"),
            ("checks '/x' cannot be executed by uid 7: EACCES (Permission denied); it", "checks"),
        ])
    func settingOfReason(reason: String, key: String) throws {
        var definition = try definition()
        #expect(definition.setting(namedIn: reason) == PlacedSetting(key: key))
        definition.origins[key] = Self.line3
        #expect(definition.setting(namedIn: reason) == PlacedSetting(key: key, position: Self.line3))
    }

    @Test(
        "a reason without a setting leads to none, whatever it contains",
        arguments: [
            "", "'", "''", "[", "]", "[]", "[,]", "[a, b]", "user", "user reads back as 1, expected 2",
            "it ended without a report", "fork: EAGAIN [state]", "grant '/srv [user]': ENOENT", "'x [user]",
            "name 'handler'", "a handler cannot be started: stage domain: EPROTO (Protocol error)",
        ])
    func noSettingOfReason(reason: String) throws {
        #expect(try definition().setting(namedIn: reason) == nil)
    }

    @Test("of several settings in a reason, the one counts that a file sets")
    func severalSettings() throws {
        var definition = try definition()
        definition.origins["private_tmp"] = Self.line3
        let found = definition.setting(namedIn: "make a mount namespace [root, private_tmp]: EPERM")
        #expect(found == PlacedSetting(key: "private_tmp", position: Self.line3))
    }

    @Test("a program of an access rule that cannot be executed leads to the rule")
    func programOfRule() throws {
        var definition = try definition()
        definition.origins["handler"] = SourcePosition(file: "a.toml", line: 2, column: 1)
        definition.service.access = [
            AccessRule(
                verdict: .allow, subject: .all, handler: HandlerCommand(path: "/bin/other", arguments: ["other"]),
                position: Self.line3)
        ]
        let found = ["/bin/other", "/bin/cat"].map {
            definition.setting(namedIn: "handler '\($0)' cannot be executed by uid 7: EACCES")
        }
        #expect(found.map { $0?.key } == ["access", "handler"])
        #expect(found.map { $0?.position?.line } == [3, 2])
    }
}
