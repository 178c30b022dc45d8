import Testing

@testable import Configuration

struct ReadingTests {
    @Test(
        "the fault of a wrong type says which type the key takes",
        arguments: [
            (
                "user = true",
                "3:8: error: 'user' is a boolean; expected \"dynamic\", \"root\", an account's name, or a number"
            ),
            ("group = []", "3:9: error: 'group' is a list; expected a group's name or number"),
            ("groups = \"mail\"", "3:10: error: 'groups' is a string; expected a list of groups like [\"mail\", 8]"),
            ("groups = [1.5]", "3:11: error: 'groups' is a floating-point number; expected a group's name or number"),
            ("capabilities = []", "3:16: error: 'capabilities' is a list; expected libcap's text"),
            ("access = \"allow all\"", "3:10: error: 'access' is a string; expected a list of rules"),
            (
                "access = [\"allow 10.0.0.0/8\", 1]",
                "3:31: error: an element of 'access' is an integer; expected a list"
            ),
            ("environment = []", "3:15: error: 'environment' is a list; expected a table like { NAME = \"value\" }"),
            ("environment = { A = 1 }", "3:21: error: 'A' is an integer; expected a string in quotes"),
            ("stderr = 2", "3:10: error: 'stderr' is an integer; expected one of \"log\", \"socket\", \"null\""),
            ("stderr = \"syslog\"", "3:10: error: 'stderr' is 'syslog'; expected one of \"log\", \"socket\", \"null\""),
            ("directory = 1", "3:13: error: 'directory' is an integer; expected an absolute path"),
            ("directory = \"srv\"", "3:13: error: 'directory' is 'srv'; expected an absolute path"),
            ("umask = 022", "3:"),
            ("umask = 22", "3:9: error: 'umask' is an integer; expected octal digits in quotes, like \"022\""),
            ("umask = 0o022", "3:9: error: 'umask' is an integer; expected octal digits in quotes, like \"022\""),
            ("nice = \"1\"", "3:8: error: 'nice' is a string; expected an integer from -20 to 19"),
            ("nice = 20", "3:8: error: 'nice' is 20; expected -20 to 19"),
            ("enabled = \"no\"", "3:11: error: 'enabled' is a string; expected true or false, without quotes"),
            ("limits = 1", "3:10: error: 'limits' is an integer; expected a table: [limits]"),
            ("[[limits]]", "3:3: error: 'limits' is a list; expected a table: [limits]"),
            ("socket = []", "3:10: error: 'socket' is a list; expected a table: [socket]"),
        ])
    func wrongTypes(line: String, expected: String) {
        let found = faultsAfterTop(line)
        #expect(found.count == 1)
        #expect(found.first?.hasPrefix("s.toml:\(expected)") == true, "\(found)")
    }

    @Test("every fault of a file is reported, not only the first")
    func all() {
        let found = faults("listen = 1\nhandler = 2\nnice = 99\numask = 1\n[limits]\ncpu = 1\nfoo = 2")
        #expect(
            found.map { $0.split(separator: ":")[1...2].joined(separator: ":") }
                == ["1:10", "2:11", "3:8", "4:9", "6:7", "7:1"])
    }
}
