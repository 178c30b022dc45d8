import ServiceModel
import Testing

@testable import Configuration

struct HandlerReaderTests {
    @Test(
        "a bare name is looked up in the handler directory, a path is used as it is",
        arguments: [("echo", "/libexec/echo"), ("/bin/cat", "/bin/cat"), ("...", "/libexec/...")])
    func values(name: String, path: String) throws {
        let handler = try readService("listen = \"127.0.0.1:1\"\nhandler = [\"\(name)\", \"-v\", \"\"]").handler
        #expect(handler == HandlerCommand(path: path, arguments: [name, "-v", ""]))
    }

    @Test("filters are programs with arguments, in the order of the file; without the keys there are none")
    func filters() throws {
        let service = try readService(
            goodTop + "input_filters = [[\"record\", \"--as\"], [\"/bin/cat\"]]\noutput_filters = [[\"lowercase\"]]")
        #expect(
            service.inputFilters == [
                HandlerCommand(path: "/libexec/record", arguments: ["record", "--as"]),
                HandlerCommand(path: "/bin/cat", arguments: ["/bin/cat"]),
            ])
        #expect(service.outputFilters == [HandlerCommand(path: "/libexec/lowercase", arguments: ["lowercase"])])
        let plain = try readService(goodTop + "input_filters = []")
        #expect(plain.inputFilters == [] && plain.outputFilters == [])
    }

    @Test("checks are programs with a timeout and a time for which answers are valid; [defaults] may set them too")
    func checks() throws {
        let lines = "checks = [[\"/bin/cat\", \"x\"]]\ncheck_timeout = \"2s\"\ncheck_cache = \"0s\""
        var checks = Checks()
        checks.programs = [HandlerCommand(path: "/bin/cat", arguments: ["/bin/cat", "x"])]
        checks.timeout = .seconds(2)
        checks.cache = .zero
        #expect(try readService(goodTop + lines).admission.checks == checks)
        #expect(try readService(goodTop, defaults: lines).admission.checks == checks)
        #expect(try readService(goodTop).admission.checks == Checks())
    }

    @Test(
        "the fault of a check has its reason and its place",
        arguments: [
            ("checks = [\"cat\"]", "11: error: 'checks' is a string; expected a list of programs with their arguments"),
            ("checks = [[\"missing\"]]", "12: error: checks '/libexec/missing': no such file; expected an executable"),
            (
                "checks = [[\"a\"], [\"a\"], [\"a\"], [\"a\"], [\"a\"]]",
                "10: error: 'checks' has 5 programs; expected at most 4"
            ),
            ("check_cache = \"1s\"", "1: error: 'check_cache' does nothing without 'checks'; expected both"),
            ("check_timeout = \"1s\"", "1: error: 'check_timeout' does nothing without 'checks'; expected both"),
        ])
    func checkErrors(line: String, expected: String) {
        let found = faultsAfterTop(line)
        #expect(found.count == 1)
        #expect(found.first?.hasPrefix("s.toml:3:\(expected)") == true, "\(found)")
    }

    @Test(
        "the fault of a filter has its reason and its place",
        arguments: [
            (
                "\"cat\"",
                "17: error: 'input_filters' is a string; expected a list of programs with their arguments, like"
            ),
            ("[\"cat\"]", "18: error: 'input_filters' is a string; expected a list of programs with their arguments"),
            ("[[]]", "18: error: 'input_filters' is empty"),
            ("[[\"cat\", 1]]", "26: error: an element of 'input_filters' is an integer"),
            ("[[\"missing\"]]", "19: error: input_filters '/libexec/missing': no such file; expected an executable"),
            (
                "[[\"a\"], [\"a\"], [\"a\"], [\"a\"], [\"a\"]]",
                "17: error: 'input_filters' has 5 filters; expected at most 4"
            ),
        ])
    func filterErrors(value: String, expected: String) {
        let found = faultsAfterTop("input_filters = \(value)")
        #expect(found.count == 1)
        #expect(found.first?.hasPrefix("s.toml:3:\(expected)") == true, "\(found)")
    }

    @Test(
        "the fault of a handler that cannot be executed says why",
        arguments: [
            ("\"echo\"", "2:11: error: 'handler' is a string; expected a list of strings like [\"echo\", \"--flag\"]"),
            ("[]", "2:11: error: 'handler' is empty"), ("[1]", "2:12: error: an element of 'handler' is an integer"),
            ("[\"echo\", 1]", "2:20: error: an element of 'handler' is an integer"),
            (
                "[\"bin/echo\"]",
                "2:12: error: 'handler' is 'bin/echo'; expected a bare name from the handler directory, or an"
            ),
            ("[\"\"]", "2:12: error: 'handler' is ''"), ("[\"..\"]", "2:12: error: 'handler' is '..'"),
            ("[\"missing\"]", "2:12: error: handler '/libexec/missing': no such file; expected an executable file"),
            ("[\"/srv\"]", "2:12: error: handler '/srv': is a directory"),
        ])
    func errors(value: String, expected: String) {
        let found = faults("listen = \"127.0.0.1:1\"\nhandler = \(value)")
        #expect(found.count == 1)
        #expect(found.first?.hasPrefix("s.toml:\(expected)") == true, "\(found)")
    }
}
