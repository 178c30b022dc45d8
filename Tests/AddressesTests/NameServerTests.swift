import Addresses
import TestSupport
import Testing

struct NameServerTests {
    @Test(
        "an address is a server on port 53, or on the port that follows it",
        arguments: [
            ("192.0.2.53", "192.0.2.53:53"), ("127.0.0.1:5353", "127.0.0.1:5353"), ("::1", "[::1]:53"),
            ("[::1]:5353", "[::1]:5353"),
        ])
    func texts(text: String, expected: String) throws {
        let server = try #require(NameServer(text))
        #expect(server.description == expected)
        #expect(NameServer(server.description) == server)
    }

    @Test(
        "a text that is no address is no server",
        arguments: ["", "dns.example", "127.0.0.1:", "127.0.0.1:0", "127.0.0.1:65536", "[::1]", "unix:/x", "::1%lo"])
    func faults(text: String) {
        #expect(NameServer(text) == nil)
    }

    @Test("resolv.conf names at most three servers, and its other lines are skipped (resolv.conf(5))")
    func file() {
        let text = """
            # nameserver 192.0.2.9
            domain example.org
            nameserver\t192.0.2.1\r
             nameserver 192.0.2.8
            nameserver fe80::1%eth0
            nameserver
            nameservers 192.0.2.7
            nameserver 2001:db8::1 # ours
            options edns0
            nameserver 192.0.2.3
            nameserver 192.0.2.4
            """
        let names = NameServer.all(in: Array(text.utf8)).map(\.description)
        #expect(names == ["192.0.2.1:53", "[2001:db8::1]:53", "192.0.2.3:53"])
    }

    @Test("when a resolv.conf names no server, whatever its bytes are, this machine is asked")
    func none() {
        for bytes in [[], Array("search example.org\n".utf8), [0, 0xff, 0x0a, 0xff]] as [[UInt8]] {
            #expect(NameServer.all(in: bytes).map(\.description) == ["127.0.0.1:53"])
        }
    }
}
