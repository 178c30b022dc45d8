import Addresses
import Testing

struct ListenAddressTests {
    @Test(
        "a listen address reads back as it was written",
        arguments: [
            "0.0.0.0:25", "127.0.0.1:0", "192.0.2.7:65535", "[::]:25", "[::1]:0", "[2001:db8::1]:7007",
            "unix:/run/x.sock", "unix:/a", "unix:/run/with blank:and:colons",
        ])
    func roundTrip(text: String) {
        #expect(ListenAddress(text)?.description == text)
    }

    @Test(
        "another spelling of an address becomes the canonical one",
        arguments: [
            ("[::ffff:127.0.0.1]:25", "127.0.0.1:25"), ("[2001:DB8:0:0::1]:25", "[2001:db8::1]:25"),
        ])
    func canonical(written: String, expected: String) {
        #expect(ListenAddress(written)?.description == expected)
    }

    @Test(
        "only clients of this machine reach loopback addresses and unix sockets",
        arguments: [
            ("127.0.0.1:25", true), ("127.255.0.9:25", true), ("[::1]:25", true), ("unix:/run/x.sock", true),
            ("0.0.0.0:25", false), ("[::]:25", false), ("128.0.0.1:25", false), ("[::2]:25", false),
        ])
    func local(text: String, isLocal: Bool) {
        #expect(ListenAddress(text)?.isLocal == isLocal)
    }

    @Test(
        "any other text is no listen address",
        arguments: [
            "", ":", "25", ":25", "*:25", "localhost:25", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1",
            "127.0.0.1:025", "127.0.0.1:+25", "127.0.0.1:25 ", " 127.0.0.1:25", "127.0.0.1: 25", "127.0.0.1:smtp",
            "[::]", "[::]:", "[::]25", "::1:25", "[::1:25", "::1]:25", "[127.0.0.1]:25", "[]:25", "[[::1]]:25",
            "[fe80::1%eth0]:25", "127.0.0.1:٣", "unix:", "unix:/", "unix:run/x", "unix:./x", "Unix:/x", "unix:@x",
            "unix:/a\u{0}b", "tcp:127.0.0.1:25",
        ])
    func refused(text: String) {
        #expect(ListenAddress(text) == nil)
    }

    @Test("a unix path may be as long as a socket address has room for, and no longer")
    func longestPath() {
        let longest = "/" + String(repeating: "x", count: ListenAddress.longestUnixPath - 1)
        #expect(ListenAddress("unix:" + longest) == .unix(path: longest))
        #expect(ListenAddress("unix:" + longest + "x") == nil)
        // The limit counts bytes, not characters.
        let wide = "/" + String(repeating: "ü", count: ListenAddress.longestUnixPath / 2)
        #expect(ListenAddress("unix:" + wide) == .unix(path: wide))
        #expect(ListenAddress("unix:" + wide + "x") == nil)
    }
}
