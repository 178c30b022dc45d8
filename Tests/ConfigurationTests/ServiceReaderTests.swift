@testable import HostDefinition
import Addresses
import ServiceModel
import Testing

@testable import Configuration

struct ServiceReaderTests {
    @Test("a service file with many keys is read")
    func sample() throws {
        let definition = try readDefinition(
            Array(
                """
                listen       = ["0.0.0.0:25", "[::]:25"]              # also "unix:/run/x.sock", port 0
                handler      = ["esmtp", "--hostname", "mx.example.org"]
                user         = "dynamic"
                capabilities = ""
                access       = ["deny 203.0.113.0/24",                # first match decides
                                "allow 10.0.0.0/8 RELAYCLIENT=",      # a rule may set environment
                                "allow all"]

                [limits]
                connections = 100
                per_source  = 10
                lifetime    = "1h"
                """.utf8))
        #expect(definition.activation == .enabled)
        #expect(definition.listeners.map(\.position.description) == ["s.toml:1:17", "s.toml:1:31"])
        #expect(definition.service.access.map(\.position.line) == [5, 6, 7])
        #expect(definition.service.limits == Limits())
    }

    @Test("a service file with the required keys only gets safe defaults")
    func least() throws {
        let service = try readService(goodTop)
        var expected = Service(
            name: "s", file: "s.toml", listen: [.ip(.v4(0x7f00_0001), port: 7007)],
            handler: HandlerCommand(path: "/libexec/echo", arguments: ["echo"]), identity: Identity(user: .dynamic))
        expected.environment = []
        #expect(service == expected)
    }

    @Test("every other key is read")
    func rest() throws {
        let service = try readService(goodTop + "stderr = \"null\"\ndirectory = \"/srv\"\numask = \"027\"\nnice = -5")
        #expect(service.standardError == .null && service.directory == "/srv")
        #expect(service.umask == 0o027 && service.nice == -5)
    }

    @Test("a required key that is missing is a fault at the start of the file")
    func missing() {
        let found = faults("# nothing\n")
        #expect(found.count == 2)
        #expect(
            found.allSatisfy { $0.hasPrefix("s.toml:1:1: error: '") && $0.contains("' is missing; expected a list") })
    }

    @Test("a disabled service is checked like an enabled one")
    func disabled() throws {
        #expect(try readDefinition(Array((goodTop + "enabled = false").utf8)).activation == .disabled)
        #expect(faultsAfterTop("enabled = false\nnice = 99").count == 1)
    }

    @Test(
        "a disabled service may name programs and paths that this machine does not have",
        arguments: ["handler = [\"missing\"]", "handler = [\"/srv\"]"])
    func disabledElsewhere(handler: String) throws {
        let text = """
            listen = "127.0.0.1:1"
            \(handler)
            root = "/missing"
            access = ["allow all handler=missing"]
            [files]
            read = ["/missing"]

            """
        #expect(faults(text).count > 1)
        let off = try readDefinition(Array(("enabled = false\n" + text).utf8))
        #expect(off.activation == .disabled && off.service.sandbox.root == "/missing")
        #expect(faults("enabled = 0\n" + text).count == faults(text).count + 1)
    }

    @Test("each setting has the place of its key, in the service's file or in [defaults]")
    func origins() throws {
        let definition = try readDefinition(
            Array(
                """
                listen = "127.0.0.1:7007"
                  handler = ["echo"]
                enabled = false
                environment = { A = "1" }
                socket.backlog = 3
                [limits]
                memory = "1M"
                [files]
                """.utf8),
            defaults:
                "nice = 3\nlimits = { memory = \"2M\", cpu = \"3s\" }\nenvironment.B = \"2\"\nfiles.read = [\"/\"]")
        #expect(
            definition.origins.mapValues(\.description) == [
                "listen": "s.toml:1:1", "handler": "s.toml:2:3", "enabled": "s.toml:3:1",
                "environment.A": "s.toml:4:17", "environment.B": "d.toml:4:13", "socket.backlog": "s.toml:5:8",
                "limits.memory": "s.toml:7:1", "limits.cpu": "d.toml:3:27", "nice": "d.toml:2:1",
                "files.read": "d.toml:5:7",
            ])
        #expect(try readDefinition(Array(goodTop.utf8)).origins.keys.sorted() == ["handler", "listen"])
    }

    @Test("an identity of the defaults that a service does not take has no place in the definition")
    func originsOfIdentity() throws {
        let text = goodTop + "user = \"dynamic\""
        let definition = try readDefinition(Array(text.utf8), defaults: "user = \"www-data\"\ngroups = [\"mail\"]")
        #expect(definition.origins["user"]?.description == "s.toml:3:1")
        #expect(definition.origins["groups"] == nil)
    }

    @Test(
        "a service's name is short and plain",
        arguments: [
            ("smtp", true), ("0-a_b", true), (String(repeating: "a", count: 32), true), ("", false), ("-a", false),
            ("_a", false), ("A", false), ("a.b", false), ("a b", false), ("ä", false), ("a/b", false),
            (String(repeating: "a", count: 33), false),
        ])
    func names(name: String, isName: Bool) {
        let found = faults(goodTop, name: name)
        #expect(found.isEmpty == isName)
        #expect(found.allSatisfy { $0.hasPrefix("s.toml:1:1: error: the file's name makes ") })
    }

    @Test("a syntax error and a bad name are both reported")
    func both() {
        #expect(faults("a = ", name: "A").count == 2)
    }
}
