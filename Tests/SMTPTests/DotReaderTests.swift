// The end of DATA, and the smuggling vectors, against an oracle that has the whole stream.
// Sources: RFC 5321 4.1.1.4, 4.5.2; CVE-2023-51764, -51765, -51766.
import HandlerKit
import TestSupport
import Testing

@testable import SMTP

/// The message that a reader reads from a stream.
private struct ReadMessage: Equatable {
    var content: [UInt8] = []
    var isBare = false
    /// The number of bytes of the message, with its end; nil: it did not end.
    var end: Int?
}

private func reading(_ pieces: [[UInt8]], _ bareLineEndings: BareLineEndingAction) -> ReadMessage {
    var reader = DotReader(bareLineEndings)
    var reading = ReadMessage()
    var taken = 0
    for piece in pieces where !reader.isAtEnd {
        let bytes = piece.span
        var position = 0
        while let part = reader.next(in: bytes, &position) {
            switch part {
            case .bytes(let range): reading.content += piece[range]
            case .text(let text): reading.content += text.bytes.indices.map { text.bytes[$0] }
            }
        }
        taken += position
    }
    reading.isBare = reader.hasBareLineEnding
    reading.end = reader.isAtEnd ? taken : nil
    return reading
}

/// The same in ten lines: the end is the first CR LF . CR LF. The bytes before it are lines, with LF between them; a
/// dot at the beginning of a line is removed, unless the line has no other byte.
private func oracle(_ stream: [UInt8]) -> ReadMessage {
    let whole = Array("\r\n".utf8) + stream
    guard let end = whole.indices.first(where: { whole[$0...].starts(with: "\r\n.\r\n".utf8) }) else {
        return ReadMessage()
    }
    var result = ReadMessage(end: end + 3)
    for line in whole[2..<end + 2].split(separator: 0x0a, omittingEmptySubsequences: false).dropLast() {
        let text = line.last == 0x0d ? line.dropLast() : line
        result.isBare = result.isBare || line.last != 0x0d || text.contains(0x0d)
        result.content += (text.first == 0x2e && text.count > 1 ? text.dropFirst() : text) + Array("\r\n".utf8)
    }
    return result
}

/// The pieces of a stream: not cut, cut after each byte, and in two at every place.
private func allCuts(_ bytes: [UInt8]) -> [[[UInt8]]] {
    [[bytes], bytes.map { [$0] }] + bytes.indices.map { [Array(bytes[..<$0]), Array(bytes[$0...])] }
}

/// The bytes that SEC Consult's scanner and github.com/hannob/smtpsmug send between two messages.
private let smugglingVectors = [
    "\n.\n", "\n.\r", "\r.\n", "\r.\r", "\n.\r\n", "\r.\r\n", "\r\n.\n", "\r\n.\r", "\r\n\0.\r\n", "\r\n.\0\r\n",
    "\r\n.\r\r\n", "\r\r\n.\r\r\n",
]

@Suite("DotReader")
struct DotReaderTests {
    @Test(
        "RFC 5321 4.5.2: lines, dots and the end",
        arguments: [
            (".\r\n", "", 3), ("a\r\n.\r\n", "a\r\n", 6), ("Hello world.\r\n.\r\n", "Hello world.\r\n", 17),
            ("A: b\r\n.\r\nMAIL", "A: b\r\n", 9), ("..\r\n.\r\n", ".\r\n", 7),
            ("..x\r\n.y\r\n.\r\n", ".x\r\ny\r\n", 12),
            ("...\r\n.\r\n", "..\r\n", 8), ("\r\n.\r\n", "\r\n", 5), ("a.\r\n.\r\n", "a.\r\n", 7),
        ])
    func lines(row: (String, String, Int)) {
        for pieces in allCuts(Array(row.0.utf8)) {
            let expected = ReadMessage(content: Array(row.1.utf8), isBare: false, end: row.2)
            #expect(reading(pieces, .refuse) == expected)
            #expect(reading(pieces, .repair) == expected)
        }
    }

    @Test("every stream of six of CR, LF, dot and a letter is read as the oracle reads it, cut at every place")
    func allShortStreams() {
        let alphabet = Array("\r\n.a".utf8)
        var differences = 0
        for number in 0..<4096 {
            let stream = (0..<6).map { alphabet[number >> (2 * $0) & 3] } + Array("\r\n.\r\n".utf8)
            let expected = oracle(stream)
            for pieces in allCuts(stream) where reading(pieces, .repair) != expected { differences += 1 }
            let strict = reading([stream], .refuse)
            if strict.isBare != expected.isBare || strict.end != expected.end { differences += 1 }
            if !strict.isBare && strict != expected { differences += 1 }
        }
        #expect(differences == 0)
    }

    @Test("random streams in random pieces are read as the oracle reads them", arguments: 0..<50 as Range<UInt64>)
    func randomStreams(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let words = ["\r\n", "\n", "\r", ".", "..", "word", String(repeating: "x", count: 70), "\0", "\r\n."]
        for _ in 0..<40 {
            var stream: [UInt8] = []
            for _ in 0..<Int.random(in: 0..<30, using: &generator) {
                stream += Array(words.randomElement(using: &generator)!.utf8)
            }
            stream += Array("\r\n.\r\n".utf8)
            var pieces: [[UInt8]] = []
            var rest = stream[...]
            while !rest.isEmpty {
                let count = Int.random(in: 1...40, using: &generator)
                pieces.append(Array(rest.prefix(count)))
                rest = rest.dropFirst(count)
            }
            #expect(reading(pieces, .repair) == oracle(stream))
        }
    }

    @Test("no smuggling vector ends a message, and each is noted", arguments: smugglingVectors)
    func smuggling(vector: String) {
        let stream = Array("a\(vector)MAIL FROM:<b@c>\r\n.\r\n".utf8)
        for pieces in allCuts(stream) {
            let strict = reading(pieces, .refuse)
            #expect(strict.end == stream.count)
            // A NUL is a byte of the text like any other.
            #expect(strict.isBare != vector.contains("\0"))
            #expect(reading(pieces, .repair).end == stream.count)
        }
    }

    @Test("the bytes after the end are not read")
    func rest() {
        let piece = Array("a\r\n.\r\nRSET\r\n.\r\n".utf8)
        var reader = DotReader(.refuse)
        var position = 0
        _ = reader.next(in: piece.span, &position)
        let end = reader.next(in: piece.span, &position)
        #expect(end == nil && reader.isAtEnd && position == 6)
        let after = reader.next(in: piece.span, &position)
        #expect(after == nil && position == 6)
    }

    @Test(
        "BDAT: bare line endings are found across chunks",
        arguments: ["a\rb", "a\nb", "\r", "\n", "a\r\r\n", "\r\n\n", "\n\r\n"])
    func finder(text: String) {
        for pieces in allCuts(Array(text.utf8)) {
            var finder = BareLineEndingFinder()
            for piece in pieces { finder.scan(piece.span) }
            finder.finish()
            #expect(finder.hasFound)
        }
    }

    @Test("BDAT: a CR LF is not a bare line ending", arguments: ["", "a", "\r\n", "a\r\n\r\nb\r\n"])
    func finderOfNothing(text: String) {
        for pieces in allCuts(Array(text.utf8)) {
            var finder = BareLineEndingFinder()
            for piece in pieces { finder.scan(piece.span) }
            finder.finish()
            #expect(!finder.hasFound)
        }
    }
}
