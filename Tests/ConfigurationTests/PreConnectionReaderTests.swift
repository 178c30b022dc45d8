import Addresses
import ServiceModel
import Testing

@testable import Configuration

struct PreConnectionReaderTests {
    private func admission(_ lines: String, defaults: String = "") throws -> AdmissionSettings {
        try readService(goodTop + lines, defaults: defaults).admission
    }

    @Test("every key is read, from [defaults] too")
    func values() throws {
        var data = AdmissionSettings()
        data.start = .data
        data.firstByte = .seconds(10)
        data.upstreams = [IPPrefix(of: .v4(10 << 24), length: 8), IPPrefix(of: .v6(1), length: 128)]
        data.penalties.noData = 5
        let lines = """
            start = "data"
            first_byte = "10s"
            proxy_protocol = ["10.0.0.0/8", "::1"]
            [penalties]
            no_data = 5
            """
        #expect(try admission(lines) == data)
        let asDefaults = lines.replacing("[penalties]", with: "[defaults.penalties]")
        #expect(try admission("", defaults: asDefaults) == data)
        #expect(try admission("greet_delay = \"2500ms\"").greetDelay == .milliseconds(2500))
        #expect(try admission("start = \"data\"").firstByte == .seconds(30))
        #expect(try admission("start = \"connect\"") == AdmissionSettings())
    }

    @Test("a default for services that wait for data is no fault in a service that does not")
    func others() throws {
        let defaults = "first_byte = \"10s\"\n[defaults.penalties]\nno_data = 5"
        #expect(try admission("", defaults: defaults).start == .connect)
        #expect(try admission("start = \"data\"", defaults: defaults).firstByte == .seconds(10))
    }

    @Test(
        "the fault of a value says which values the key takes",
        arguments: [
            ("start = \"later\"", "3:9: error: 'start' is 'later'; expected one of \"connect\", \"data\""),
            (
                "start = \"data\"\ngreet_delay = \"2s\"",
                "4:1: error: 'greet_delay' at s.toml:4 refuses early talkers, and 'start' at s.toml:3 waits for them"
            ),
            ("first_byte = \"2s\"", "3:1: error: 'first_byte' does nothing without 'start = \"data\"'; expected both"),
            ("start = \"data\"\nfirst_byte = \"0s\"", "4:14: error: 'first_byte' is no time at all"),
            ("greet_delay = \"0s\"", "3:15: error: 'greet_delay' is no time at all"),
            ("greet_delay = 2", "3:15: error: 'greet_delay' is an integer; expected a string with a unit"),
            ("[penalties]\nno_data = 1", "4:1: error: 'no_data' does nothing without 'start = \"data\"'"),
            ("proxy_protocol = true", "3:18: error: 'proxy_protocol' is a boolean; expected a list of addresses"),
            ("proxy_protocol = []", "3:18: error: 'proxy_protocol' is empty; expected the addresses that send"),
            ("proxy_protocol = [\"10.0.0.1/8\"]", "3:19: error: 'proxy_protocol': '10.0.0.1/8' has bits set"),
            ("[limits]\nwaiting = 0", "4:11: error: 'waiting' is 0; expected 1 to 16384"),
        ])
    func errors(lines: String, expected: String) {
        let found = faultsAfterTop(lines)
        #expect(found.contains { $0.contains(expected) }, "\(found)")
    }
}
