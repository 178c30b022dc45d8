import HostDefinition
import ServiceModel
import Testing

@testable import Configuration

struct HostConfigurationTests {
    private func read(
        _ text: String, file: String = "/etc/doorward/doorward.toml", directory: String? = nil, handlers: String? = nil
    ) throws -> HostConfiguration {
        try HostConfiguration.read(
            text: Array(text.utf8), file: file, directory: directory, handlers: handlers, host: testHost)
    }

    private func faults(_ text: String) -> [String] {
        do {
            _ = try read(text, file: "d.toml", handlers: "/libexec")
            return []
        } catch let error as Faults {
            return error.all.map(\.description)
        } catch {
            return ["not Faults: \(error)"]
        }
    }

    @Test("every key is read, and relative paths start at the file's directory")
    func values() throws {
        let settings = try read(
            """
            services = "s.d"
            handlers = "/opt/handlers"
            state = "../state"
            block_list = "blocked"
            source_prefix = { ipv4 = 24, ipv6 = 48 }
            drain = "1min"
            """
        ).settings
        #expect(settings.services == "/etc/doorward/s.d")
        #expect(settings.handlers == "/opt/handlers")
        #expect(settings.state == "/etc/doorward/../state")
        #expect(settings.blockList == "/etc/doorward/blocked")
        #expect(settings.sourcePrefix.v4 == 24 && settings.sourcePrefix.v6 == 48)
        #expect(settings.drain == .seconds(60))
    }

    @Test(
        "relative paths start at the directory as the file is spelled, or at a given one",
        arguments: [
            ("doorward.toml", nil, "services"), ("etc/doorward.toml", nil, "etc/services"),
            ("/doorward.toml", nil, "/services"), ("etc/doorward.toml", "/x/etc", "/x/etc/services"),
        ])
    func joining(file: String, directory: String?, expected: String) throws {
        #expect(try read("", file: file, directory: directory).settings.services == expected)
        #expect(try read("services = \"services\"", file: file, directory: directory).settings.services == expected)
    }

    @Test("a given handler directory replaces the key handlers")
    func handlers() throws {
        #expect(try read("handlers = \"/a\"", handlers: "/b").settings.handlers == "/b")
    }

    @Test("an empty file is a host without a file, except for the services directory")
    func empty() throws {
        var expected = HostSettings()
        expected.services = "/etc/doorward/services"
        #expect(try read("").settings == expected)
    }

    @Test(
        "the fault of a key says which values it takes",
        arguments: [
            ("services = 1", "1:12: error: 'services' is an integer; expected a path in quotes"),
            ("handlers = \"\"", "1:12: error: 'handlers' is empty; expected a path"),
            ("state = []", "1:9: error: 'state' is a list"),
            ("block_list = true", "1:14: error: 'block_list' is a boolean"),
            ("drain = 30", "1:9: error: 'drain' is an integer; expected a string with a unit"),
            ("source_prefix = 24", "1:17: error: 'source_prefix' is an integer; expected a table"),
            ("source_prefix = { ipv4 = 33 }", "1:26: error: 'ipv4' is 33; expected 1 to 32"),
            ("source_prefix.ipv6 = 0", "1:22: error: 'ipv6' is 0; expected 1 to 128"),
            ("[source_prefix]\nipv5 = 1", "2:1: error: unknown key 'ipv5' in [source_prefix]; did you mean 'ipv4'?"),
            ("service = 1", "1:1: error: unknown key 'service'; did you mean 'services'?"),
            ("defaults = 1", "1:12: error: 'defaults' is an integer; expected a table: [defaults]"),
            (
                "[defaults]\nlisten = \"[::]:1\"",
                "2:1: error: 'listen' in [defaults]; expected it in each service's own file"
            ),
            ("[defaults]\nhandler = [\"a\"]", "2:1: error: 'handler' in [defaults]"),
            ("[defaults]\noutput_filters = [[\"cat\"]]", "2:1: error: 'output_filters' in [defaults]"),
            ("[defaults]\nenabled = false", "2:1: error: 'enabled' in [defaults]"),
            ("[defaults]\nusr = 1", "2:1: error: unknown key 'usr' in [defaults]; did you mean 'user'?"),
            ("[defaults.limits]\ncup = 1", "2:1: error: unknown key 'cup' in [defaults.limits]; did you mean 'cpu'?"),
            (
                "[defaults]\nuser = \"root\"\ncapabilities = \"\"",
                "2:8: error: 'user' is \"root\" in [defaults]; a service that"
            ),
            ("[defaults]\nuser = \"toor\"", "2:8: error: 'user' is 'toor', which is uid 0"),
            ("[defaults]\nuser = 1000", "2:8: error: 'user' is '1000', and uid 1000 has no account"),
            ("[defaults]\ngroup = 0", "2:9: error: 'group' is gid 0"),
            (
                "[defaults]\naccess = [\"allow all\", \"deny all\"]",
                "2:24: error: never reached: rule at d.toml:2 decides first"
            ),
            (
                "[defaults]\naccess = [\"allow all handler=missing\"]",
                "2:22: error: handler '/libexec/missing': no such file"
            ),
        ])
    func errors(text: String, expected: String) {
        let found = faults(text)
        #expect(found.count == 1)
        #expect(found.first?.hasPrefix("d.toml:\(expected)") == true, "\(found)")
    }
}
