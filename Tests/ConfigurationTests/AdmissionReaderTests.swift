import ServiceModel
import Testing

@testable import Configuration

struct AdmissionReaderTests {
    private func admission(_ lines: String, defaults: String = "") throws -> AdmissionSettings {
        try readService(goodTop + lines, defaults: defaults).admission
    }

    @Test("without these keys a service is no sensor, bans no source, is always open and closes refused connections")
    func defaults() throws {
        #expect(try admission("") == AdmissionSettings())
    }

    @Test("every key is read, from [defaults] too")
    func values() throws {
        var expected = AdmissionSettings()
        expected.refusal = .message("421 no\r\n")
        expected.hours = try Hours("Mon-Fri 08:00-18:00")
        expected.hours?.formUnion(try Hours("Sat"))
        expected.timeZone = "Europe/Berlin"
        expected.mostLoad = 250
        expected.penalties.exit = [77: 20, 100: 0]
        expected.penalties.failure = 1
        expected.penalties.signal = 2
        expected.penalties.lifetime = 3
        expected.penalties.limit = 4
        expected.penalties.threshold = 50
        expected.penalties.halfLife = 60_000_000_000
        expected.penalties.ban = 1_500_000_000
        expected.penalties.longest = 7_200_000_000_000
        let text = """
            deny_message = "421 no\\r\\n"
            hours = ["Mon-Fri 08:00-18:00", "Sat"]
            time_zone = "Europe/Berlin"
            max_load = 2.5
            [penalties]
            exit = { 77 = 20, 100 = 0 }
            failure = 1
            signal = 2
            lifetime = 3
            limit = 4
            threshold = 50
            half_life = "1min"
            ban = "1500ms"
            longest_ban = "2h"
            """
        #expect(try admission(text) == expected)
        let asDefaults = text.replacing("[penalties]", with: "[defaults.penalties]")
        #expect(try admission("", defaults: asDefaults) == expected)
        #expect(try admission("max_load = 3").mostLoad == 300)
    }

    @Test("each action is read, and an empty message is no message", arguments: RefusalAction.Word.allCases)
    func ways(word: RefusalAction.Word) throws {
        #expect(try admission("refuse = \"\(word.rawValue)\"").refusal == RefusalAction(word))
        #expect(try admission("refuse = \"\(word.rawValue)\"\ndeny_message = \"\"").refusal == RefusalAction(word))
    }

    @Test("a message that may not fit into a socket's buffer is a fault")
    func longMessage() throws {
        let longest = String(repeating: "x", count: RefusalAction.longestMessage)
        #expect(try admission("deny_message = \"\(longest)\"").refusal == .message(longest))
        #expect(
            faultsAfterTop("deny_message = \"\(longest)x\"").contains {
                $0.contains("3:16: error: 'deny_message' has 513 bytes; expected at most 512")
            })
    }

    @Test("a sensor needs no handler")
    func sensor() throws {
        let service = try readService("listen = \"127.0.0.1:7007\"\nsensor = \"1h\"\n")
        #expect(service.admission.sensor == .seconds(3600))
        #expect(service.programs.isEmpty)
    }

    @Test(
        "the fault of a value says which values the key takes",
        arguments: [
            ("sensor = \"0s\"", "3:10: error: 'sensor' is no time at all"),
            (
                "sensor = \"1h\"",
                "2:1: error: 'handler' is never started, because 'sensor' at s.toml:3 bans whoever connects"
            ),
            ("refuse = \"drop\"", "3:10: error: 'refuse' is 'drop'; expected one of \"close\", \"reset\", \"tarpit\""),
            (
                "refuse = \"reset\"\ndeny_message = \"no\"",
                "4:1: error: 'deny_message' at s.toml:4 is never sent, because of 'refuse' at s.toml:3"
            ),
            ("deny_message = 'no\\r\\n'", "3:16: error: 'deny_message' has a backslash for an end of line"),
            ("hours = []", "3:9: error: 'hours' is empty, and the service would never be open"),
            ("hours = [\"Mon 8:00\"]", "3:15: error: 'hours' has 'Mon 8:00': this is not a time from 00:00 to 23:59"),
            ("time_zone = \"Europe/Berlin\"", "3:1: error: 'time_zone' does nothing without 'hours'"),
            ("hours = [\"Mon\"]\ntime_zone = \"../x\"", "4:13: error: 'time_zone' is '../x', which is not in"),
            ("max_load = \"2\"", "3:12: error: 'max_load' is a string; expected a number like 2.5"),
            ("max_load = 0", "3:12: error: 'max_load' is 0.0; expected 0.01 to 10000"),
            ("max_load = nan", "3:12: error: 'max_load' is nan; expected 0.01 to 10000"),
            ("[penalties]\nban = \"1h\"", "3:2: error: [penalties] gives points for nothing"),
            ("[penalties]\nexit = { 0 = 1 }", "error: '0' is no exit status of a failure; expected 1 to 255"),
            ("[penalties]\nexit = { 256 = 1 }", "error: '256' is no exit status of a failure"),
            ("[penalties]\nexit = 5", "4:8: error: 'exit' is an integer; expected a table of exit statuses"),
            ("[penalties]\nfailure = 1\nhalf_life = \"10ms\"", "5:13: error: 'half_life' is too short"),
            (
                "[penalties]\nfailure = 1\nban = \"1h\"\nlongest_ban = \"30min\"",
                "6:15: error: 'longest_ban' is shorter than 'ban'"
            ),
            ("[penalties]\nfailures = 1", "4:1: error: unknown key 'failures' in [penalties]; did you mean 'failure'?"),
        ])
    func errors(lines: String, expected: String) {
        let found = faultsAfterTop(lines)
        #expect(found.contains { $0.contains(expected) }, "\(found)")
    }

    @Test("a key about IP addresses is a fault for a service that listens on unix sockets only")
    func unix() {
        for line in ["sensor = \"1h\"", "handler = [\"echo\"]\nproxy_protocol = [\"10.0.0.1\"]"] {
            let found = faults("listen = \"unix:/run/x\"\n\(line)\n")
            #expect(found.contains { $0.contains("does nothing on a unix socket") }, "\(found)")
            #expect(faults("listen = [\"unix:/run/x\", \"127.0.0.1:1\"]\n\(line)\n") == [])
        }
    }

    @Test("a key that makes a sensor wait is a fault", arguments: ["start = \"data\"", "greet_delay = \"2s\""])
    func sensorAtOnce(line: String) {
        let found = faults("listen = \"127.0.0.1:1\"\nsensor = \"1h\"\n\(line)\n")
        #expect(found.contains { $0.contains("does nothing, because 'sensor' at s.toml:2") }, "\(found)")
    }

    @Test("stderr = socket with output filters is a fault, because it goes around them")
    func aroundFilters() {
        let lines = "stderr = \"socket\"\noutput_filters = [[\"lowercase\"]]\n"
        #expect(faultsAfterTop(lines).contains { $0.contains("goes around the 'output_filters' at s.toml:4") })
    }
}
