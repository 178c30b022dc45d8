// A place in a TOML text and the smallest things that can be taken there: blanks, keys, strings, bare values.
// Promises never to leave the text, whatever it holds. Source: TOML 1.0.0.

/// A cursor over the bytes of a TOML text.
struct TOMLCursor {
    typealias Ending = PositionIndex.Ending

    private let bytes: [UInt8]
    private(set) var offset = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// The byte here; nil at the end.
    var byte: UInt8? { self[0] }

    /// The byte `distance` ahead; nil behind the end.
    private subscript(distance: Int) -> UInt8? {
        offset + distance < bytes.count ? bytes[offset + distance] : nil
    }

    /// Takes the byte if it is the one here.
    mutating func take(_ expected: UInt8) -> Bool {
        guard byte == expected else { return false }
        offset += 1
        return true
    }

    /// Takes the byte, which must be the one here.
    mutating func expect(_ expected: UInt8) throws(Ending) {
        guard take(expected) else { throw stop(expected: "'\(Character(Unicode.Scalar(expected)))'") }
    }

    /// What to throw where something else should be.
    func stop(expected: String) -> Ending {
        let ahead = String(decoding: bytes[offset..<min(offset + 4, bytes.count)], as: UTF8.self).unicodeScalars.first
        let found =
            switch ahead {
            case nil: "the end of the file"
            case "\n": "the end of the line"
            case let scalar?: "'\(Character(scalar))'"
            }
        return .stopped(at: offset, message: "found \(found); expected \(expected)")
    }

    mutating func skipByteOrderMark() {
        if bytes.starts(with: [0xef, 0xbb, 0xbf]) { offset = 3 }
    }

    /// Skips blanks, and the carriage return in front of a line's end.
    mutating func skipBlanks() {
        skip { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
        if byte == UInt8(ascii: "\r"), self[1] == UInt8(ascii: "\n") { offset += 1 }
    }

    /// Skips a comment up to the end of its line.
    mutating func skipComment() {
        if byte == UInt8(ascii: "#") { skip { $0 != UInt8(ascii: "\n") } }
    }

    /// Skips blanks, comments and ends of lines.
    mutating func skipBlankLines() {
        repeat {
            skipBlanks()
            skipComment()
        } while take(UInt8(ascii: "\n"))
    }

    /// Takes a number, a boolean or a date, which may have a blank in front of its time.
    mutating func scalar() throws(Ending) {
        let start = offset
        skip(while: isScalarByte)
        if offset == start { throw stop(expected: "a value") }
        let isDateLong = offset - start == 10
        if isDateLong, byte == UInt8(ascii: " "), let next = self[1], isDigit(next) {
            offset += 1
            skip(while: isScalarByte)
        }
    }

    /// Takes one part of a key, bare or quoted, and returns its name.
    mutating func keyPart() throws(Ending) -> String {
        let start = offset
        guard let quote = byte, quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") else {
            skip(while: isBareKeyByte)
            if offset == start { throw stop(expected: "a key") }
            return String(decoding: bytes[start..<offset], as: UTF8.self)
        }
        let isPlain = try singleLine(quote) != nil
        let inner = bytes[(start + 1)..<(offset - 1)]
        if isPlain { return String(decoding: inner, as: UTF8.self) }
        guard let name = unescaped(inner) else {
            throw .stopped(at: start, message: "a key with an escape that means nothing; expected one of TOML 1.0")
        }
        return name
    }

    /// Takes a string of any of the four kinds.
    ///
    /// Returns the offset of its first byte inside the quotes, if each of its bytes stands for itself.
    mutating func string() throws(Ending) -> Int? {
        guard let quote = byte else { throw stop(expected: "a string") }
        if self[1] == quote, self[2] == quote {
            try multiLine(quote)
            return nil
        }
        return try singleLine(quote)
    }

    private mutating func singleLine(_ quote: UInt8) throws(Ending) -> Int? {
        var text: Int? = offset + 1
        offset += 1
        while true {
            switch byte {
            case nil, UInt8(ascii: "\n"): throw stop(expected: "the string's closing quote")
            case quote:
                offset += 1
                return text
            case UInt8(ascii: "\\") where quote == UInt8(ascii: "\""):
                text = nil
                try escape()
            default: offset += 1
            }
        }
    }

    private mutating func multiLine(_ quote: UInt8) throws(Ending) {
        offset += 3
        while true {
            guard let byte else { throw stop(expected: "the three closing quotes of a string") }
            if byte == UInt8(ascii: "\\"), quote == UInt8(ascii: "\"") {
                try escape()
            } else if byte == quote, self[1] == quote, self[2] == quote {
                offset += 3
                // Up to two quotes may stand right before the closing three.
                if take(quote) { _ = take(quote) }
                return
            } else {
                offset += 1
            }
        }
    }

    /// Takes the backslash and the byte behind it; the digits of a code point are ordinary text to a lexer.
    private mutating func escape() throws(Ending) {
        let digits = escapeDigits(self[1])
        if digits > 0, (0..<digits).allSatisfy({ self[2 + $0] == UInt8(ascii: "0") }) {
            throw .stopped(at: offset, message: "a NUL character; expected text without one")
        }
        offset = min(offset + 2, bytes.count)
    }

    private mutating func skip(while isSkipped: (UInt8) -> Bool) {
        while let byte, isSkipped(byte) { offset += 1 }
    }
}

private func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")) ~= byte }

private func isBareKeyByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"): true
    case UInt8(ascii: "_"), UInt8(ascii: "-"): true
    default: isDigit(byte)
    }
}

private func isScalarByte(_ byte: UInt8) -> Bool {
    isBareKeyByte(byte) || "+.:".utf8.contains(byte)
}

/// How many hexadecimal digits follow the letter of an escape; 0 when it is not of that kind.
private func escapeDigits(_ letter: UInt8?) -> Int {
    switch letter {
    case UInt8(ascii: "x"): 2
    case UInt8(ascii: "u"): 4
    case UInt8(ascii: "U"): 8
    default: 0
    }
}

/// What a basic string's bytes mean; nil when an escape means nothing.
private func unescaped(_ bytes: ArraySlice<UInt8>) -> String? {
    let simple: [UInt8: UInt8] = [
        UInt8(ascii: "b"): 8, UInt8(ascii: "t"): 9, UInt8(ascii: "n"): 10, UInt8(ascii: "f"): 12,
        UInt8(ascii: "r"): 13, UInt8(ascii: "e"): 27, UInt8(ascii: "\""): 34, UInt8(ascii: "\\"): 92,
    ]
    var result: [UInt8] = []
    var rest = bytes
    while let byte = rest.popFirst() {
        guard byte == UInt8(ascii: "\\") else {
            result.append(byte)
            continue
        }
        guard let letter = rest.popFirst() else { return nil }
        if let meant = simple[letter] {
            result.append(meant)
            continue
        }
        let digits = rest.prefix(escapeDigits(letter))
        rest = rest.dropFirst(digits.count)
        guard digits.count == escapeDigits(letter),
            let code = UInt32(String(decoding: digits, as: UTF8.self), radix: 16),
            let scalar = Unicode.Scalar(code)
        else { return nil }
        result.append(contentsOf: Array(String(Character(scalar)).utf8))
    }
    return String(decoding: result, as: UTF8.self)
}
