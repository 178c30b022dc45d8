// The four ways to read a body that is not a line, each in constant memory.
import HandlerKit

extension Connection {
    /// Reads the body that follows a command.
    mutating func readBody(of command: Command) throws(ConnectionError) -> Sum {
        var sum = Sum()
        switch command {
        case .counted(let count):
            // A fixed number of bytes, in pieces as they come.
            var body = FixedLengthBody(count)
            while let piece = try nextPiece(of: &body) { sum.add(bytes(of: piece)) }
        case .text:
            // All bytes up to a delimiter, which begins with the CR LF that ended the line of the command.
            var body = DelimitedBody(endingWith: "\r\n.\r\n", alreadyMatched: 2)
            while let piece = try nextPiece(of: &body) { sum.add(bytes(of: piece)) }
        case .record:
            // A record of a fixed size in one piece, at most 16384 bytes.
            if let record = try nextBytes(count: 8) { sum.add(bytes(of: record)) }
        case .rest:
            // Any bytes, as soon as they come, up to the end of input. Writing still works after that.
            while let chunk = try nextChunk() { sum.add(bytes(of: chunk)) }
        }
        return sum
    }
}

/// The bytes that were counted.
struct Sum {
    private var byteCount = 0
    private var lineFeeds = 0

    mutating func add(_ bytes: borrowing Span<UInt8>) {
        byteCount += bytes.count
        for index in bytes.indices where bytes[index] == 0x0a { lineFeeds += 1 }
    }

    func reply() -> ShortText {
        var text = ShortText()
        text.append("250 bytes: ")
        text.append(byteCount)
        text.append(", LF: ")
        text.append(lineFeeds)
        text.append("\r\n")
        return text
    }
}
