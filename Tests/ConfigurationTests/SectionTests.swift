import Addresses
import ServiceModel
import Testing

@testable import Configuration

struct SectionTests {
    @Test(
        "the fault of an unknown key has a hint",
        arguments: [
            (
                "[limits]\nconections = 1",
                "s.toml:4:1: error: unknown key 'conections' in [limits]; did you mean 'connections'?"
            ),
            ("read = []", "s.toml:3:1: error: unknown key 'read'; it belongs in [files]"),
            ("[files]\nreads = []", "s.toml:4:1: error: unknown key 'reads' in [files]; did you mean 'read'?"),
            (
                "[files]\nseccomp = \"off\"",
                "s.toml:4:1: error: unknown key 'seccomp' in [files]; it belongs at the top"
            ),
            ("total_memory = \"1G\"", "s.toml:3:1: error: unknown key 'total_memory'; it belongs in [limits]"),
            ("lisen = 1", "s.toml:3:1: error: unknown key 'lisen'; did you mean 'listen'?"),
            ("connections = 1", "s.toml:3:1: error: unknown key 'connections'; it belongs in [limits]"),
            (
                "[socket]\nenabled = true",
                "s.toml:4:1: error: unknown key 'enabled' in [socket]; it belongs at the top of a service's file, "
                    + "before the first [table]"
            ),
            (
                "[socket]\n  colour = 1",
                "s.toml:4:3: error: unknown key 'colour' in [socket]; expected one of backlog, nodelay, keepalive, "
                    + "owner, group, mode"
            ),
            ("\"a\\nb\" = 1\n[limits]", "unknown key 'a\\u{a}b'"),
        ])
    func unknown(lines: String, expected: String) {
        let found = faultsAfterTop(lines)
        #expect(found.count == 1)
        #expect(found.first?.contains(expected) == true)
    }

    @Test("a service's own key replaces that of the defaults, also in tables")
    func layers() throws {
        let service = try readService(
            goodTop + "nice = 3\nenvironment = { B = \"own\" }\n[limits]\nconnections = 5\n[socket]\nbacklog = 9",
            defaults: """
                nice = 7
                umask = "077"
                environment = { A = "default", B = "default" }
                limits = { connections = 50, lifetime = "2h" }
                socket = { backlog = 10, nodelay = false, mode = "0666" }
                """)
        #expect(service.nice == 3)
        #expect(service.umask == 0o077)
        #expect(service.environment == [.init(name: "A", value: "default"), .init(name: "B", value: "own")])
        #expect(service.limits.connections == 5)
        #expect(service.limits.lifetime == .at(.seconds(7200)))
        #expect(service.socket.backlog == 9)
        #expect(!service.socket.isNoDelay)
    }

    @Test("a service with a user of its own takes no group or capability from the defaults")
    func identityIsOne() throws {
        let defaults = "user = \"www-data\"\ngroups = [\"mail\"]\ncapabilities = \"^cap_net_raw\""
        let inherited = try readService(goodTop, defaults: defaults).identity
        #expect(inherited.groups == [8] && inherited.capabilities == "^cap_net_raw")
        let own = try readService(goodTop + "user = \"dynamic\"", defaults: defaults).identity
        #expect(own == Identity(user: .dynamic))
    }

    @Test("a service that is root needs capabilities in its own file")
    func rootNeedsItsOwnCapabilities() {
        let found = faults(goodTop + "user = \"root\"", defaults: "capabilities = \"\"")
        #expect(found.count == 1 && found[0].hasPrefix("s.toml:3:8: error: 'user' is \"root\" but 'capabilities'"))
    }
}
