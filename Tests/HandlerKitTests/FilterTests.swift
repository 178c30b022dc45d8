// Filters, as programs of their own and inside a handler, with the stream cut at every place.
import Glibc
import Testing

@testable import HandlerKit

@Suite("filters")
struct FilterTests {
    static let texts = [
        "", "c", "cat", "ccat cacat\r\ncat", "ca", "The Cat: cat,\nCAT\r\n\r\n.\r\ncac", "\0\n\n",
        String(repeating: "cat", count: 9), String(repeating: "xc", count: 40) + "at",
    ]

    init() {
        signal(SIGPIPE, SIG_IGN)
    }

    @Test(
        "as a program, a filter's output depends on the bytes alone, and ends after all of them",
        arguments: Example.allCases, texts)
    func program(example: Example, text: String) throws {
        for capacity in [16, 200] {
            for cut in Segmentation.all(of: Array(text.utf8)) {
                let input = SocketPair(capacity == 16 ? SOCK_STREAM : SOCK_SEQPACKET)
                let output = SocketPair(SOCK_STREAM)
                input.peers.send(cut.pieces(of: Array(text.utf8)))
                shutdown(input.peers.number, Int32(SHUT_WR))
                var connection = Connection(
                    input: input.ours.number, output: output.ours.number, capacity: capacity)
                try connection.pass(through: example)
                try connection.close()
                let found = String(decoding: output.peers.receiveAll(), as: UTF8.self)
                #expect(found == example.result(text), "\(capacity), \(cut)")
            }
        }
    }

    @Test("as a program, a filter sends its output before the next read", arguments: [Example.lowercase, .doubling])
    func sentAtOnce(example: Example) throws {
        let pair = SocketPair(SOCK_SEQPACKET)
        let output = SocketPair(SOCK_SEQPACKET)
        pair.peers.send(["Ab\n", "C", "dE\n"].map { Array($0.utf8) })
        shutdown(pair.peers.number, Int32(SHUT_WR))
        var connection = Connection(input: pair.ours.number, output: output.ours.number)
        try connection.pass(through: example)
        let packets = output.peers.receivePackets().map { String(decoding: $0, as: UTF8.self) }
        #expect(packets == ["Ab\n", "C", "dE\n"].map { example.result($0) })
    }

    @Test(
        "inside a handler, all that is written goes through the filter, however it is written",
        arguments: Example.allCases, texts)
    func output(example: Example, text: String) throws {
        for capacity in [16, 200] {
            for cut in Segmentation.all(of: Array(text.utf8)) {
                let pair = SocketPair(SOCK_STREAM)
                var connection = Connection(input: pair.ours.number, output: pair.ours.number, capacity: capacity)
                connection.filterOutput(through: example)
                for piece in cut.pieces(of: Array(text.utf8)) { try connection.write(piece.span) }
                try connection.finishWriting()
                let found = String(decoding: pair.peers.receiveAll(), as: UTF8.self)
                #expect(found == example.result(text), "\(capacity), \(cut)")
            }
        }
    }

    @Test(
        "inside a handler, all that is read comes out of the filter", arguments: Example.allCases, texts)
    func input(example: Example, text: String) throws {
        for capacity in [16, 200] {
            for cut in Segmentation.all(of: Array(text.utf8)) {
                let found = try reading(text, cut, capacity: capacity) { connection throws(ConnectionError) in
                    connection.filterInput(through: example)
                    var found = ""
                    while let chunk = try connection.nextChunk() { found += connection.text(chunk) }
                    #expect(try connection.nextChunk() == nil)
                    return found
                }
                #expect(found == example.result(text), "\(capacity), \(cut)")
            }
        }
    }

    @Test("lines are those of the filter's output, and keep their limit", arguments: [16, 64])
    func lines(capacity: Int) throws {
        let text = "cat\r\ncatcat\nc\n\ncat"
        for cut in Segmentation.all(of: Array(text.utf8)) {
            let found = try reading(text, cut, capacity: capacity) { connection throws(ConnectionError) in
                connection.filterInput(through: Replacing())
                var found: [String] = []
                while let event = try connection.nextLine(maximumLength: 10) {
                    guard case .line(let line) = event else {
                        found.append("too long")
                        continue
                    }
                    found.append(connection.text(line.bytes))
                }
                return found
            }
            #expect(found == ["elephant\r\n", "too long", "c\n", "\n", "elephant4"], "\(cut)")
        }
    }

    @Test("a blank line in the filter's output is a blank line, however the input is cut")
    func paragraphs() throws {
        let text = "cat\r\n\r\ncat\r"
        for cut in Segmentation.all(of: Array(text.utf8)) {
            let found = try reading(text, cut) { connection throws(ConnectionError) in
                connection.filterInput(through: HoldingLast())
                var found = ""
                while let paragraph = try connection.nextParagraph() {
                    found += paragraph.isBlankLine ? "|" : connection.text(paragraph.bytes)
                }
                return found
            }
            #expect(found == "cat\r\n|cat\r", "\(cut)")
        }
    }

    @Test("a filter that begins in the middle of the stream loses no byte")
    func later() throws {
        let text = "PLAIN\r\nFiltered\r\n"
        for cut in Segmentation.all(of: Array(text.utf8)) {
            let found = try reading(text, cut) { connection throws(ConnectionError) in
                var found: [String] = []
                while case .line(let line)? = try connection.nextLine(maximumLength: 20) {
                    found.append(connection.text(line.text))
                    if found.count == 1 { connection.filterInput(through: Lowercase()) }
                }
                return found
            }
            #expect(found == ["PLAIN", "filtered"], "\(cut)")
        }
    }

    @Test(
        "with filters in both directions, a reply is sent before the next read, and replies to a batch go out together")
    func dialogue() throws {
        let input = SocketPair(SOCK_SEQPACKET)
        let output = SocketPair(SOCK_SEQPACKET)
        input.peers.send(["A\nB\n", "C\n"].map { Array($0.utf8) })
        shutdown(input.peers.number, Int32(SHUT_WR))
        var connection = Connection(input: input.ours.number, output: output.ours.number)
        connection.filterInput(through: Lowercase())
        connection.filterOutput(through: Doubling())
        while case .line(let line)? = try connection.nextLine(maximumLength: 8) {
            try connection.write(line.text)
            try connection.write(";")
        }
        try connection.flush()
        let packets = output.peers.receivePackets().map { String(decoding: $0, as: UTF8.self) }
        #expect(packets == ["aa;;bb;;", "cc;;"])
    }

    @Test("a filter finishes once, whether the output ends alone or with the connection")
    func finishesOnce() throws {
        for endsFirst in [true, false] {
            let pair = SocketPair(SOCK_STREAM)
            shutdown(pair.peers.number, Int32(SHUT_WR))
            var connection = Connection(input: pair.ours.number, output: pair.ours.number)
            connection.filterOutput(through: Replacing())
            try connection.write("a cat, ca")
            if endsFirst { try connection.finishWriting() }
            try connection.close()
            #expect(String(decoding: pair.peers.receiveAll(), as: UTF8.self) == "a elephant, ca1")
        }
    }

    @Test("a peer that is gone is an error of the handler's write, also with a filter")
    func peerIsGone() throws {
        let pair = SocketPair(SOCK_STREAM)
        shutdown(pair.peers.number, Int32(SHUT_RDWR))
        var connection = Connection(input: pair.ours.number, output: pair.ours.number, capacity: 16)
        connection.filterOutput(through: Doubling())
        #expect(throws: ConnectionError.peerIsGone) { try connection.write("twenty bytes of text") }
        #expect(throws: ConnectionError.peerIsGone) {
            try connection.write("twenty bytes of text")
            try connection.flush()
        }
    }

    @Test("the limits apply to the bytes that the peer sends, also with a filter")
    func limits() throws {
        let pair = SocketPair(SOCK_STREAM)
        var connection = Connection(input: pair.ours.number, output: pair.ours.number)
        connection.filterInput(through: Dropping())
        connection.idleLimit = .milliseconds(1)
        pair.peers.send([Array("dropped".utf8)])
        #expect(throws: ConnectionError.idleLimitPassed) { try connection.nextChunk() }
        try connection.write("still said")
        try connection.close(lingering: LingerLimits(nanoseconds: 1_000_000))
        #expect(String(decoding: pair.peers.receiveAll(), as: UTF8.self) == "still said")
    }
}
