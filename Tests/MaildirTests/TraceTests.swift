// Received lines.
import Testing

@testable import HandlerKit
@testable import Maildir

@Suite("Received lines")
struct TraceTests {
    private func received(_ helo: String, _ peer: Peer, for recipient: String? = nil) -> String {
        var trace = Trace(
            helo: Array(helo.utf8).span, peer: peer, host: "mx.example.org", transport: "ESMTP",
            id: Array("1a2b-3-1-4d".utf8).span)
        if let recipient { trace.add(recipient: Array(recipient.utf8).span) }
        trace.finish(MailDate(seconds: 1_795_259_301))
        return text(trace.bytes)
    }

    private func peer(_ address: StaticBytes) -> Peer {
        .tcp(InternetPeer(address: address, port: 25, localAddress: nil, localPort: nil))
    }

    @Test("a Received line is in the grammar of RFC 5321 4.4, with the id and the only recipient")
    func complete() {
        #expect(
            received("client.example", peer("192.0.2.7"), for: "ada@example.org") == """
                Received: from client.example ([192.0.2.7])\r
                \tby mx.example.org with ESMTP id 1a2b-3-1-4d\r
                \tfor <ada@example.org>;\r
                \tSat, 21 Nov 2026 11:08:21 +0000\r\n
                """)
    }

    @Test("with several recipients none is named, and an IPv6 address is marked as one")
    func several() {
        #expect(
            received("[IPv6:2001:db8::7]", peer("2001:db8::7")) == """
                Received: from [IPv6:2001:db8::7] ([IPv6:2001:db8::7])\r
                \tby mx.example.org with ESMTP id 1a2b-3-1-4d;\r
                \tSat, 21 Nov 2026 11:08:21 +0000\r\n
                """)
    }

    @Test("a client without an address, over a pipe, has only the argument of its HELO")
    func pipe() {
        #expect(received("localhost", .none).hasPrefix("Received: from localhost\r\n\tby mx.example.org "))
    }

    @Test("with any argument of HELO, it is one header field")
    func injection() {
        let lines = received("a\r\nX-Evil: 1\r\n\r\n\u{7f}", peer("192.0.2.7")).split(separator: "\r\n")
        #expect(lines.first == "Received: from a??X-Evil??1????? ([192.0.2.7])")
        #expect(lines.dropFirst().allSatisfy { $0.hasPrefix("\t") })
    }

    @Test(
        "RFC 5321 4.4: no argument of HELO ends the name, begins a comment or ends the field",
        arguments: [
            ("x;(y)\\\"<z>", "x??y????z?"), ("my_host", "my_host"), ("[192.0.2.7", "?192.0.2.7"),
            ("[a[b]", "[a?b]"), ("[]", "??"), ("a:b@c,d", "a?b?c?d"), ("[IPv6:::1]", "[IPv6:::1]"),
        ])
    func names(helo: String, name: String) {
        #expect(received(helo, peer("192.0.2.7")).hasPrefix("Received: from \(name) ([192.0.2.7])\r\n"))
    }
}
