// Lines, paragraphs and chunks, with the stream cut at every place.
import Glibc
import Testing

@testable import HandlerKit

@Suite("reading")
struct ReadingTests {
    /// The results of reading lines of at most 8 bytes, as text: `text|ending`.
    private func lines(_ connection: inout Connection) throws(ConnectionError) -> [String] {
        var events: [String] = []
        while let event = try connection.nextLine(maximumLength: 8) {
            switch event {
            case .line(let line): events.append(connection.text(line.text) + "|\(line.ending)")
            case .tooLong: events.append("tooLong")
            }
        }
        return events
    }

    @Test(
        "lines are the same however the stream is cut",
        arguments: [
            ("", []),
            ("a\n", ["a|lineFeed"]),
            ("a\r\nb\n", ["a|carriageReturnLineFeed", "b|lineFeed"]),
            ("\n\r\n\n", ["|lineFeed", "|carriageReturnLineFeed", "|lineFeed"]),
            ("a\rb\n\r\r\n", ["a\rb|lineFeed", "\r|carriageReturnLineFeed"]),
            ("a\nlast", ["a|lineFeed", "last|none"]),
            ("a\r", ["a\r|none"]),
            ("1234567\nx", ["1234567|lineFeed", "x|none"]),
            ("123456\r\nx", ["123456|carriageReturnLineFeed", "x|none"]),
            ("12345678", ["12345678|none"]),
            ("12345678\nx\n", ["tooLong", "x|lineFeed"]),
            ("1234567\r\nx\n", ["tooLong", "x|lineFeed"]),
            ("123456789", ["tooLong"]),
            ("a\n12345678901234567890\r\n\nb", ["a|lineFeed", "tooLong", "|lineFeed", "b|none"]),
            ("123456789\n123456789\nb\n", ["tooLong", "tooLong", "b|lineFeed"]),
            ("\0a\n", ["\0a|lineFeed"]),
        ])
    func linesHoweverCut(text: String, expected: [String]) throws {
        for cut in Segmentation.all(of: Array(text.utf8)) {
            #expect(try reading(text, cut, lines) == expected, "\(cut)")
        }
    }

    @Test("a paragraph ends before a blank line, however the stream is cut", arguments: paragraphs)
    func paragraphsHoweverCut(text: String, beforeBlank: String, blank: String) throws {
        for cut in Segmentation.all(of: Array(text.utf8)) {
            let found = try reading(text, cut) { connection throws(ConnectionError) in
                var before = ""
                while let paragraph = try connection.nextParagraph() {
                    let bytes = connection.text(paragraph.bytes)
                    if paragraph.isBlankLine { return [before, bytes] }
                    before += bytes
                }
                return [before, ""]
            }
            #expect(found == [beforeBlank, blank], "\(cut)")
        }
    }

    private static let paragraphs = [
        ("", "", ""), ("\n", "", "\n"), ("\r\n", "", "\r\n"), ("\r", "\r", ""), ("\r\r\n", "\r\r\n", ""),
        ("a\nb\r\n\r\nc", "a\nb\r\n", "\r\n"), ("a\n\nb", "a\n", "\n"), ("a\r\nb", "a\r\nb", ""),
        ("a\n\rb\n\n", "a\n\rb\n", "\n"), (" \n\n", " \n", "\n"), ("\n\n", "", "\n"),
    ]

    @Test("the border between two parts of a long line is not a blank line", arguments: 30..<36)
    func longLineBorder(length: Int) throws {
        let text = String(repeating: "x", count: length) + "\r\n.\n\n"
        for piece in 1..<length {
            let pair = SocketPair(SOCK_STREAM)
            pair.peers.send(Segmentation.after(piece).pieces(of: Array(text.utf8)))
            shutdown(pair.peers.number, Int32(SHUT_WR))
            var connection = Connection(input: pair.ours.number, output: pair.ours.number, capacity: 16)
            var blankLines = 0
            var all = ""
            while let paragraph = try connection.nextParagraph() {
                if paragraph.isBlankLine { blankLines += 1 }
                all += connection.text(paragraph.bytes)
            }
            #expect(all == text)
            #expect(blankLines == 1)
        }
    }

    @Test("switching between lines and chunks loses no byte")
    func switching() throws {
        let text = "DATA 5\r\n12345NEXT\n123456789012\nab"
        for cut in Segmentation.all(of: Array(text.utf8)) {
            let found = try reading(text, cut) { connection throws(ConnectionError) in
                var found: [String] = []
                if case .line(let line)? = try connection.nextLine(maximumLength: 32) {
                    found.append(connection.text(line.text))
                }
                var body = ""
                while body.utf8.count < 5, let chunk = try connection.nextChunk(maximumCount: 5 - body.utf8.count) {
                    body += connection.text(chunk)
                }
                found.append(body)
                if case .line(let line)? = try connection.nextLine(maximumLength: 32) {
                    found.append(connection.text(line.text))
                }
                if case .tooLong? = try connection.nextLine(maximumLength: 4) { found.append("tooLong") }
                var rest = ""
                while let chunk = try connection.nextChunk() { rest += connection.text(chunk) }
                return found + [rest]
            }
            #expect(found == ["DATA 5", "12345", "NEXT", "tooLong", "ab"], "\(cut)")
        }
    }

    @Test("parts of a slice stay inside it")
    func slicing() throws {
        let found = try reading("GET key\r\n", .whole) { connection throws(ConnectionError) in
            guard case .line(let line)? = try connection.nextLine(maximumLength: 32) else { return [""] }
            let parts = [line.text.dropFirst(4), line.text.prefix(3), line.text.dropFirst(99), line.text.prefix(99)]
            return parts.map { connection.text($0) }
        }
        #expect(found == ["key", "GET", "", "GET key"])
    }

    @Test("a descriptor that cannot be read is an error with its errno")
    func unreadable() throws {
        let pair = SocketPair(SOCK_STREAM)
        var connection = Connection(input: -1, output: pair.ours.number)
        #expect(throws: ConnectionError.reading(errno: EBADF)) { _ = try connection.nextChunk() }
    }
}
