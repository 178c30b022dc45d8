import ServiceModel
import Testing

@testable import Configuration

struct HandlerReaderTests {
    @Test(
        "a bare name is in the handler directory, a path is itself",
        arguments: [("echo", "/libexec/echo"), ("/bin/cat", "/bin/cat"), ("...", "/libexec/...")])
    func values(name: String, path: String) throws {
        let handler = try readService("listen = \"127.0.0.1:1\"\nhandler = [\"\(name)\", \"-v\", \"\"]").handler
        #expect(handler == HandlerCommand(path: path, arguments: [name, "-v", ""]))
    }

    @Test(
        "a handler that cannot be executed says why",
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
