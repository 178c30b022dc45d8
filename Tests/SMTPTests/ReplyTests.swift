// A reply with any text is one reply on the wire.
import HandlerKit
import Testing

@testable import SMTP

/// The bytes of a reply on the wire.
private func wire(_ reply: consuming Reply) -> String {
    // A closure cannot consume a captured value, so the reply is in an optional.
    var waiting: Reply? = consume reply
    return onConnection([]) { connection in
        guard let reply = waiting.take() else { return }
        do throws(ConnectionError) { try reply.write(to: &connection) } catch {}
    }
}

@Suite("Reply")
struct ReplyTests {
    @Test("a code is three digits that RFC 5321 4.2.1 allows", arguments: [0, 199, 200, 259, 260, 354, 559, 560, 600])
    func codes(number: Int) {
        let isAllowed = [200, 259, 354, 559].contains(number)
        #expect((ReplyCode(number) != nil) == isAllowed)
    }

    @Test("a reply of one line has a status of the class of its code")
    func oneLine() {
        #expect(wire(Reply(550, .x(7, 1), "no")) == "550 5.7.1 no\r\n")
        #expect(wire(Reply(451, .x(3, 0), "later")) == "451 4.3.0 later\r\n")
        #expect(wire(Reply(220, "host")) == "220 host\r\n")
    }

    @Test("RFC 2034: 354 has no status, even if it was given one")
    func intermediate() {
        #expect(wire(Reply(354, .x(0, 0), "go on")) == "354 go on\r\n")
    }

    @Test("all lines but the last have a hyphen, and every line has the status")
    func lines() {
        var reply = Reply(214, .x(0, 0), "one")
        reply.beginLine()
        reply.append("two")
        reply.beginLine()
        reply.append(3)
        #expect(wire(reply) == "214-2.0.0 one\r\n214-2.0.0 two\r\n214 2.0.0 3\r\n")
    }

    @Test("a reply without text is one line")
    func empty() {
        #expect(wire(Reply(250, "")) == "250 \r\n")
    }

    @Test("line endings, control characters and bytes beyond ASCII are escaped")
    func escaped() {
        var reply = Reply(250, "a\r\n250 b\0\u{7f}\t")
        let bytes: [UInt8] = [0xff, 0x20, 0x5c]
        reply.append(escaping: bytes.span)
        #expect(wire(reply) == "250 a\\x0d\\x0a250 b\\x00\\x7f\\x09\\xff \\\r\n")
    }

    @Test("a line has at most 512 octets, and a cut never splits an escape", arguments: [0x61, 0x0a] as [UInt8])
    func longLines(byte: UInt8) {
        var reply = Reply(550, .x(999, 999), "")
        let bytes = [UInt8](repeating: byte, count: 5000)
        for _ in 0..<4 {
            reply.append(escaping: bytes.span)
            reply.beginLine()
        }
        let lines = wire(reply).split(separator: "\r\n", omittingEmptySubsequences: false)
        #expect(lines.count > 2)
        for line in lines.dropLast() {
            #expect(line.utf8.count + 2 <= 512)
            #expect(line.hasPrefix("550"))
            #expect(byte == 0x61 || line.dropFirst(14).count % 4 == 0)
        }
        #expect(lines.last == "")
    }

    @Test("a line without room is left out, and does not become part of the line before")
    func noRoom() {
        var reply = Reply(250, "")
        for letter in [0x61, 0x62, 0x63] as [UInt8] {
            reply.append(escaping: [UInt8](repeating: letter, count: 400).span)
            reply.beginLine()
        }
        reply.append("SIZE 1")
        #expect(!wire(reply).contains("SIZE"))
    }

    @Test("421 ends the connection, and so does closing(); no other reply does")
    func closing() {
        let (a, b, c) = (Reply(421, "x").closes, Reply(250, "x").closing().closes, Reply(554, "x").closes)
        #expect((a, b, c) == (true, true, false))
    }
}
