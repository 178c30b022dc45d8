// Bodies of a fixed length, and bodies with a delimiter, with the stream cut at every place.
import Glibc
import Testing

@testable import HandlerKit

@Suite("pieces")
struct PieceTests {
    @Test(
        "blocks have the chosen size, except the last one",
        arguments: [
            ("", 3, []), ("ab", 3, ["ab"]), ("abc", 3, ["abc"]), ("abcdefgh", 3, ["abc", "def", "gh"]),
            ("a\nb\r\n", 1, ["a", "\n", "b", "\r", "\n"]), ("0123456789abcdef0", 16, ["0123456789abcdef", "0"]),
        ])
    func blocks(text: String, size: Int, expected: [String]) throws {
        for cut in Segmentation.all(of: Array(text.utf8)) {
            let found = try reading(text, cut, capacity: 16) { connection throws(ConnectionError) in
                var blocks: [String] = []
                while let block = try connection.nextBlock(size: size) { blocks.append(connection.text(block)) }
                return blocks
            }
            #expect(found == expected, "\(cut)")
        }
    }

    @Test("an exact number of bytes is one piece, or an error, or nil at the end", arguments: 0..<8)
    func exactBytes(length: Int) throws {
        let text = String("abcdefgh".prefix(length))
        for cut in Segmentation.all(of: Array(text.utf8)) {
            var found: [String] = []
            var failure: ConnectionError?
            do throws(ConnectionError) {
                found = try reading(text, cut) { connection throws(ConnectionError) in
                    var found: [String] = []
                    while let bytes = try connection.nextBytes(count: 3) { found.append(connection.text(bytes)) }
                    return found
                }
            } catch { failure = error }
            #expect(failure == (length % 3 == 0 ? nil : .endedEarly), "\(cut)")
            if failure == nil { #expect(found == ["abc", "def"].prefix(length / 3).map { $0 }, "\(cut)") }
        }
    }

    @Test(
        "a body of fixed length, also one larger than the buffer, is read whole, and a line follows it",
        arguments: [0, 1, 15, 16, 17, 40])
    func fixedLength(count: Int) throws {
        for capacity in [16, 64] { try fixedLength(count, capacity: capacity) }
    }

    private func fixedLength(_ count: Int, capacity: Int) throws {
        let body = String(decoding: (0..<count).map { UInt8($0 % 3 == 0 ? 0x0a : 0x61) }, as: UTF8.self)
        let text = body + "QUIT\r\n"
        for cut in Segmentation.all(of: Array(text.utf8)) {
            let found = try reading(text, cut, capacity: capacity) { connection throws(ConnectionError) in
                var fixedBody = FixedLengthBody(count)
                var read = ""
                while let piece = try connection.nextPiece(of: &fixedBody, maximumCount: 7) {
                    #expect(piece.count <= 7)
                    read += connection.text(piece)
                }
                #expect(fixedBody.remaining == 0)
                guard case .line(let line)? = try connection.nextLine(maximumLength: 10) else { return [read] }
                return [read, connection.text(line.text)]
            }
            #expect(found == [body, "QUIT"], "\(cut)")
        }
    }

    @Test("a client that closes inside a body of fixed length is an error at any point, after every byte was read")
    func fixedLengthEndsEarly() {
        for length in 0..<20 {
            var read = 0
            #expect(throws: ConnectionError.endedEarly) {
                try reading(String(repeating: "x", count: length), .whole) { connection throws(ConnectionError) in
                    var fixedBody = FixedLengthBody(20)
                    while let piece = try connection.nextPiece(of: &fixedBody) { read += piece.count }
                }
            }
            #expect(read == length)
        }
    }

    /// A delimiter, how much of it came before the body, the stream, and the body; nil: the delimiter does not come.
    static let marked: [(StaticBytes, Int, String, String?)] = [
        ("\r\n.\r\n", 0, "a\r\nb\r\n.\r\nQUIT\n", "a\r\nb"), ("\r\n.\r\n", 0, "\r\n.\r\nQUIT\n", ""),
        ("\r\n.\r\n", 0, "\r\n.\r\r\n.\r\nQUIT\n", "\r\n.\r"), ("\r\n.\r\n", 0, "a\n.\nb\n.\r\n\r\n.\nc\r\n.\r", nil),
        ("\r\n.\r\n", 0, ".\r\n\r\n.\r\nQUIT\n", ".\r\n"), ("\r\n.\r\n", 2, ".\r\nQUIT\n", ""),
        ("\r\n.\r\n", 2, ".\r\r\n.\r\nQUIT\n", ".\r"), ("\r\n.\r\n", 2, ".", nil), ("\r\n.\r\n", 2, "", nil),
        ("\r\n.\r\n", 2, "..\r\n.\r\nQUIT\n", ".."), ("\r\n.\r\n", 2, "\r\n.\r\nQUIT\n", ""),
        ("aab", 0, "aaabQUIT\n", "a"),
        ("aab", 0, "aaaaQUIT\n", nil), ("abab", 0, "abaababQUIT\n", "aba"), ("\n", 0, "abc\nQUIT\n", "abc"),
        ("\0\0", 0, "a\0b\0\0QUIT\n", "a\0b"), ("--end", 0, String(repeating: "-", count: 40) + "endQUIT\n", dashes),
    ]
    private static let dashes = String(repeating: "-", count: 38)

    @Test("a body ends at its delimiter, however the stream is cut, and the next line follows", arguments: marked)
    func delimited(mark: StaticBytes, matched: Int, text: String, expected: String?) {
        for capacity in [12, 64] { delimited(mark, matched, text, expected, capacity) }
    }

    private func delimited(_ mark: StaticBytes, _ matched: Int, _ text: String, _ expected: String?, _ capacity: Int) {
        for cut in Segmentation.all(of: Array(text.utf8)) {
            var body = ""
            var next: String?
            var failure: ConnectionError?
            do throws(ConnectionError) {
                try reading(text, cut, capacity: capacity) { connection throws(ConnectionError) in
                    var stream = DelimitedBody(endingWith: mark, alreadyMatched: matched)
                    while let piece = try connection.nextPiece(of: &stream) { body += connection.text(piece) }
                    #expect(stream.isComplete)
                    #expect(try connection.nextPiece(of: &stream) == nil)
                    if case .line(let line)? = try connection.nextLine(maximumLength: 8) {
                        next = connection.text(line.text)
                    }
                }
            } catch { failure = error }
            // If the delimiter never comes, every byte is returned before the error.
            #expect(body == expected ?? text, "\(cut)")
            #expect(failure == (expected == nil ? .endedEarly : nil), "\(cut)")
            #expect(next == (expected == nil ? nil : "QUIT"), "\(cut)")
        }
    }

    @Test("bytes that cannot be the delimiter are returned at once")
    func holdsBackLittle() throws {
        let pair = SocketPair(SOCK_SEQPACKET)
        pair.peers.send([Array("abc\r\n".utf8), Array(".x".utf8)])
        var connection = Connection(input: pair.ours.number, output: pair.ours.number, capacity: 64)
        var stream = DelimitedBody(endingWith: "\r\n.\r\n")
        #expect(try connection.nextPiece(of: &stream).map { connection.text($0) } == "abc")
        #expect(try connection.nextPiece(of: &stream).map { connection.text($0) } == "\r\n.x")
    }
}
