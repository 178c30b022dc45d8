import Addresses
import ServiceModel
import Testing

@testable import Configuration

struct ListenTextTests {
    @Test("listen is a list or one string")
    func values() throws {
        let handler = "\nhandler = [\"echo\"]"
        #expect(try readService("listen = \"[::]:25\"" + handler).listen == [.ip(.v6(0), port: 25)])
        let several = "listen = [\"0.0.0.0:25\", \"[::]:25\", \"unix:/run/x.sock\", \"127.0.0.1:0\", \"127.0.0.1:0\"]"
        #expect(try readService(several + handler).listen.count == 5)
    }

    @Test(
        "the fault of an address says why a service cannot listen on it",
        arguments: [
            (
                "1",
                "is an integer; expected a list of strings like [\"127.0.0.1:7007\", \"[::1]:7007\", "
                    + "\"unix:/run/x.sock\"]"
            ),
            ("[]", "'listen' is empty; expected"), ("\"\"", "an empty string; expected one like"),
            ("\"7007\"", "'7007' has no address; expected"), ("\"127.0.0.1\"", "'127.0.0.1' has no port; expected"),
            ("\"127.0.0.1:\"", "has no port behind the colon"), ("\"127.0.0.1:65536\"", "port '65536' is too large"),
            ("\"127.0.0.1:99999999999999999999\"", "is too large"),
            ("\"127.0.0.1:025\"", "port '025' has leading zeros; expected 25"),
            ("\"127.0.0.1:smtp\"", "port 'smtp' is not a number"),
            ("\"::1\"", "'::1' is an IPv6 address without brackets"),
            ("\"::1:25\"", "is an IPv6 address without brackets"), ("\"fe80::1%eth0:25\"", "goes in brackets"),
            ("\"[::1]\"", "'[::1]' has no port; expected one like \"[::1]:7007\""),
            ("\"[::1\"", "has no closing bracket"),
            ("\"[::1]:x\"", "port 'x' is not a number"),
            ("\"[127.0.0.1]:25\"", "'127.0.0.1' in brackets is not an IPv6"),
            ("\"[fe80::1%lo]:25\"", "'fe80::1%lo' has a zone"), ("\"*:25\"", "'*:25' names no address"),
            ("\":25\"", "':25' names no address; expected \"0.0.0.0:PORT\""),
            ("\"256.0.0.1:25\"", "'256.0.0.1' is not an IPv4"),
            ("\"localhost:25\"", "'localhost' is not an IP address; names are never looked up"),
            ("\"localhost\"", "'localhost' is not an address; names are never looked up"),
            ("\"/run/x.sock\"", "'/run/x.sock' is a path; expected \"unix:/run/x.sock\""),
            ("\"unix:run/x.sock\"", "'run/x.sock' is a relative path"), ("\"unix:\"", "'unix:' has no path"),
            ("\"unix:/\"", "'/' is not a path of a socket"),
            ("\"unix:/\(String(repeating: "x", count: 107))\"", "has 108 bytes; expected 107 at most"),
            ("[\"127.0.0.1:25\", 25]", "an element of 'listen' is an integer"),
            (
                "[\"127.0.0.1:25\", \"127.0.0.1:25\"]",
                "127.0.0.1:25 is already taken by 127.0.0.1:25 at line 1, column 11"
            ),
            ("[\"0.0.0.0:25\", \"127.0.0.1:25\"]", "127.0.0.1:25 is already taken by 0.0.0.0:25 at line 1, column 11"),
        ])
    func errors(value: String, expected: String) {
        let found = faults("listen = \(value)\nhandler = [\"echo\"]")
        #expect(found.count == 1)
        #expect(found.first?.contains(expected) == true, "\(found)")
    }

    @Test("a fault of the second address has its place")
    func position() {
        let found = faults("listen = [\"127.0.0.1:1\", # first\n  \"x\"]\nhandler = [\"echo\"]")
        #expect(found.first?.hasPrefix("s.toml:2:3: ") == true)
    }
}
