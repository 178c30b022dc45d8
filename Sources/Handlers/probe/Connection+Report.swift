// How probe writes: one `key=value` per line, every value one word.
import HandlerKit

extension Connection {
    /// A number, or -errno.
    mutating func report(_ key: StaticBytes, _ number: Int32) throws(ConnectionError) {
        if number < 0 { return try reportFailure(key, number) }
        var line = ShortText(key: key)
        line.append(Int(number))
        try end(&line)
    }

    /// The errno of a question that the kernel refused to answer.
    mutating func reportFailure(_ key: StaticBytes, _ negativeErrno: Int32) throws(ConnectionError) {
        var line = ShortText(key: key)
        line.append("unknown,errno:")
        line.append(-Int(negativeErrno))
        try end(&line)
    }

    /// A set of bits, in 16 digits.
    mutating func report(_ key: StaticBytes, hexadecimal number: UInt64) throws(ConnectionError) {
        var line = ShortText(key: key)
        line.append(hexadecimal: number, minimumWidth: 16)
        try end(&line)
    }

    /// Words, joined by commas.
    mutating func report(_ key: StaticBytes, _ words: StaticBytes...) throws(ConnectionError) {
        var line = ShortText(key: key)
        for index in words.indices {
            if index > 0 { line.append(",") }
            line.append(words[index])
        }
        try end(&line)
    }

    /// Bytes of any kind and any number, escaped.
    mutating func report(_ key: StaticBytes, escaping bytes: borrowing Span<UInt8>) throws(ConnectionError) {
        try write(ShortText(key: key))
        for start in stride(from: 0, to: bytes.count, by: 200) {
            var piece = ShortText()
            piece.append(escaping: bytes.extracting(start..<min(start + 200, bytes.count)))
            try write(piece)
        }
        try write("\n")
    }

    /// Ends a line and sends it.
    mutating func end(_ line: inout ShortText) throws(ConnectionError) {
        line.append("\n")
        try write(line)
    }
}

extension ShortText {
    /// A line that begins `key=`.
    init(key: StaticBytes) {
        self.init()
        append(key)
        append("=")
    }
}
