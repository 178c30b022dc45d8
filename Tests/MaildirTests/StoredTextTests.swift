// Line endings, with the text cut at every place.
import Testing

@testable import Maildir

@Suite("stored text")
struct StoredTextTests {
    /// The stored bytes of a text that comes in these pieces.
    private func stored(_ pieces: [ArraySlice<UInt8>]) -> [UInt8] {
        var text = StoredText()
        var all: [UInt8] = []
        for piece in pieces {
            var done = 0
            while done < piece.count {
                let bytes = Array(piece.dropFirst(done))
                done += text.append(bytes.span)
                if done < piece.count { all += text.takeAll() }
            }
        }
        all += text.takeAll()
        text.finish()
        return all + text.takeAll()
    }

    @Test(
        "CR LF becomes LF, and nothing else changes, wherever the network cut the text",
        arguments: [
            ("", ""), ("a\r\nb\r\n", "a\nb\n"), ("\r\n\r\n", "\n\n"), ("no end", "no end"), ("\r", "\r"),
            ("a\rb", "a\rb"), ("a\r\r\nb", "a\r\nb"), ("\r\r\r\n", "\r\r\n"), ("a\r\n\r", "a\n\r"), ("\n\r\n", "\n\n"),
        ])
    func lineEndings(network: String, file: String) {
        let bytes = Array(network.utf8)
        for first in 0...bytes.count {
            for second in first...bytes.count {
                let pieces = [bytes[..<first], bytes[first..<second], bytes[second...]]
                #expect(stored(pieces) == Array(file.utf8), "cut at \(first) and \(second)")
            }
        }
    }

    @Test(
        "a text that is larger than the buffer is stored whole, with a CR at each border of the buffer",
        arguments: -3...3)
    func large(offset: Int) {
        let line = [UInt8](repeating: 0x78, count: StoredText.capacity + offset)
        let network = line + [0x0d, 0x0a] + line + [0x0d] + line + [0x0d]
        let file = line + [0x0a] + line + [0x0d] + line + [0x0d]
        #expect(stored([network[...]]) == file)
    }

    @Test("a CR at the end of a message is not stored in the next one")
    func reset() {
        var text = StoredText()
        _ = text.append([0x61, 0x0d].span)
        text.reset()
        _ = text.append([0x62].span)
        #expect(MaildirTests.text(text.bytes) == "b")
    }
}

extension StoredText {
    fileprivate mutating func takeAll() -> [UInt8] {
        let all = bytes.indices.map { bytes[$0] }
        removeAll()
        return all
    }
}
