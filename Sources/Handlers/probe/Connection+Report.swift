// The output of probe: one `key=value` in each line, and each value is one word.
import HandlerKit

extension Connection {
    /// Writes a number, or the errno if it is negative.
    mutating func report(_ key: StaticBytes, _ number: Int32) throws(ConnectionError) {
        if number < 0 { return try reportFailure(key, number) }
        var line = ShortText(key: key)
        line.append(Int(number))
        try end(&line)
    }

    /// Writes the errno of a value that the kernel refused.
    mutating func reportFailure(_ key: StaticBytes, _ negativeErrno: Int32) throws(ConnectionError) {
        var line = ShortText(key: key)
        line.append("unknown,errno:")
        line.append(-Int(negativeErrno))
        try end(&line)
    }

    /// Writes a set of bits, in 16 digits.
    mutating func report(_ key: StaticBytes, hexadecimal number: UInt64) throws(ConnectionError) {
        var line = ShortText(key: key)
        line.append(hexadecimal: number, minimumWidth: 16)
        try end(&line)
    }

    /// Writes words with commas between them.
    mutating func report(_ key: StaticBytes, _ words: StaticBytes...) throws(ConnectionError) {
        var line = ShortText(key: key)
        for index in words.indices {
            if index > 0 { line.append(",") }
            line.append(words[index])
        }
        try end(&line)
    }

    /// Writes any bytes, of any number, escaped.
    mutating func report(_ key: StaticBytes, escaping bytes: borrowing Span<UInt8>) throws(ConnectionError) {
        try write(ShortText(key: key))
        for start in stride(from: 0, to: bytes.count, by: 200) {
            var piece = ShortText()
            piece.append(escaping: bytes.extracting(start..<min(start + 200, bytes.count)))
            try write(piece)
        }
        try write("\n")
    }

    /// Ends a line and writes it.
    mutating func end(_ line: inout ShortText) throws(ConnectionError) {
        line.append("\n")
        try write(line)
    }
}

extension ShortText {
    /// A line that begins with `key=`.
    init(key: StaticBytes) {
        self.init()
        append(key)
        append("=")
    }
}
