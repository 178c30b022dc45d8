import HostDefinition
import ServiceModel
import Testing

@testable import Configuration

struct SandboxReaderTests {
    private func sandbox(_ lines: String, defaults: String = "") throws -> SandboxSettings {
        try readService(goodTop + lines, defaults: defaults).sandbox
    }

    @Test("a service without these keys has the tightest sandbox")
    func defaults() throws {
        #expect(try sandbox("") == SandboxSettings())
    }

    @Test("every key is read")
    func values() throws {
        var expected = SandboxSettings()
        expected.network = [.unix, .inet6]
        expected.seccomp = .kill
        expected.systemCalls = [SystemCallChange(.allow, "ptrace"), SystemCallChange(.refuse, "socket")]
        expected.landlock = .enforced
        expected.files.read = ["/srv"]
        expected.privateTemporary = Bytes(65536)
        expected.root = "/r"
        #expect(
            try sandbox(
                """
                network = ["unix", "inet6"]
                seccomp = "kill"
                system_calls = ["+ptrace", "-socket"]
                landlock = "default"
                private_tmp = "64K"
                root = "/r"
                files.read = ["/srv"]
                """) == expected)
    }

    @Test(
        "network is every family, none or a list of them",
        arguments: [
            ("true", SocketFamily.allCases), ("false", []), ("[]", []),
            ("[\"netlink\", \"inet\"]", [.netlink, .inet]),
        ])
    func network(value: String, expected: [SocketFamily]) throws {
        #expect(try sandbox("network = \(value)", defaults: "network = [\"unix\"]").network == Set(expected))
    }

    @Test(
        "a private /tmp has the standard size or that of the file",
        arguments: [
            ("true", SandboxSettings.standardTemporary), ("false", nil), ("\"65536\"", Bytes(65536)),
            ("\"2G\"", .mebibytes(2048)),
        ])
    func privateTemporary(value: String, expected: Bytes?) throws {
        #expect(try sandbox("private_tmp = \(value)", defaults: "private_tmp = \"1M\"").privateTemporary == expected)
    }

    @Test("each key of a service replaces that of the defaults")
    func layers() throws {
        let found = try sandbox(
            "seccomp = \"default\"\nsystem_calls = []\nlandlock = \"default\"",
            defaults: """
                network = true
                seccomp = "kill"
                system_calls = ["+ptrace"]
                landlock = "off"
                private_tmp = true
                root = "/r"
                """)
        var expected = SandboxSettings()
        expected.network = Set(SocketFamily.allCases)
        expected.privateTemporary = SandboxSettings.standardTemporary
        expected.root = "/r"
        #expect(found == expected)
    }

    @Test(
        "the fault of a key says which values it takes",
        arguments: [
            (
                "network = \"inet\"",
                "11: error: 'network' is a string; expected true, false, or a list of \"unix\", \"inet\", "
                    + "\"inet6\", \"netlink\""
            ),
            ("network = [\"ipv4\"]", "12: error: 'network' has 'ipv4'; expected true, false, or a list of \"unix\""),
            ("network = [1]", "12: error: an element of 'network' is an integer; expected true, false, or a list"),
            ("network = [\"inet\", \"inet\"]", "20: error: 'network' has 'inet' twice; expected it once"),
            ("seccomp = false", "11: error: 'seccomp' is a boolean; expected one of \"default\", \"kill\", \"off\""),
            ("seccomp = \"on\"", "11: error: 'seccomp' is 'on'; expected one of \"default\", \"kill\", \"off\""),
            ("landlock = \"kill\"", "12: error: 'landlock' is 'kill'; expected one of \"default\", \"off\""),
            ("system_calls = \"+open\"", "16: error: 'system_calls' is a string; expected a list of names with a sign"),
            (
                "system_calls = [\"open\"]",
                "17: error: 'system_calls': 'open' has no sign; expected \"+open\" to allow or \"-open\" to refuse"
            ),
            ("system_calls = [\"\"]", "17: error: 'system_calls': '' has no sign; expected \"+name\" to allow"),
            ("system_calls = [\"-\"]", "17: error: 'system_calls': '-' has no name; expected one like \"+ptrace\""),
            ("system_calls = [\"+opem\"]", "17: error: 'system_calls': 'opem' is not a system call"),
            ("system_calls = [\"+open\", \"-open\"]", "26: error: 'system_calls' has 'open' twice; expected it once"),
            (
                "private_tmp = 64",
                "15: error: 'private_tmp' is an integer; expected true, false, or a size like \"64M\""
            ),
            ("private_tmp = \"64 M\"", "15: error: 'private_tmp': '64 M' is not a size"),
            ("private_tmp = \"65535\"", "15: error: 'private_tmp' is 65535 bytes; expected \"64K\" at least"),
        ])
    func errors(line: String, expected: String) {
        let found = faultsAfterTop(line)
        #expect(found.count == 1)
        #expect(found.first?.hasPrefix("s.toml:3:\(expected)") == true, "\(found)")
        let inDefaults = #expect(throws: Faults.self) { try hostConfiguration(defaults: line) }
        #expect(inDefaults?.all.first?.description.hasPrefix("d.toml:2:\(expected)") == true)
    }

    @Test(
        "a key that another key makes useless is a fault at the service's own key",
        arguments: [
            (
                "seccomp = \"off\"\nsystem_calls = [\"+ptrace\"]", "",
                "s.toml:4:1: error: 'system_calls' at s.toml:4 does nothing, because 'seccomp' is \"off\" at s.toml:3; "
                    + "expected one of the two"
            ),
            ("seccomp = \"off\"", "system_calls = [\"+ptrace\"]", "s.toml:3:1: error: 'system_calls' at d.toml:2 does"),
            ("system_calls = [\"-ptrace\"]", "seccomp = \"off\"", "s.toml:3:1: error: 'system_calls' at s.toml:3 does"),
            (
                "landlock = \"off\"\n[files]\nread = [\"/\"]", "",
                "s.toml:4:2: error: [files] at s.toml:4 does nothing, because 'landlock' is \"off\" at s.toml:3"
            ),
            ("landlock = \"off\"", "files.read = [\"/\"]", "s.toml:3:1: error: [files] at d.toml:2 does nothing"),
            (
                "files = { execute = [\"/\"] }", "landlock = \"off\"",
                "s.toml:3:1: error: [files] at s.toml:3 does nothing"
            ),
        ])
    func useless(lines: String, defaults: String, expected: String) {
        let found = faults(goodTop + lines, defaults: defaults)
        #expect(found.count == 1)
        #expect(found.first?.hasPrefix(expected) == true, "\(found)")
    }

    @Test("an empty list replaces that of the defaults, so that a service can turn off both")
    func takenBack() throws {
        let defaults = "system_calls = [\"+ptrace\"]\nfiles.read = [\"/\"]"
        let found = try sandbox(
            "seccomp = \"off\"\nsystem_calls = []\nlandlock = \"off\"\nfiles.read = []", defaults: defaults)
        #expect(found.seccomp == .off && found.systemCalls.isEmpty)
        #expect(found.landlock == .off && found.files == FileLists())
    }
}
