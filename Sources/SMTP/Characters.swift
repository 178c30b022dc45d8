// The characters of SMTP's grammar, and its sets of them. Source: RFC 5321 4.1.2, RFC 5322 3.2.3, RFC 3629 4.
public import HandlerKit

extension UInt8 {
    static let space: UInt8 = 0x20
    static let tab: UInt8 = 0x09
    static let lineFeed: UInt8 = 0x0a
    static let carriageReturn: UInt8 = 0x0d
    static let quote: UInt8 = 0x22
    static let comma: UInt8 = 0x2c
    static let hyphen: UInt8 = 0x2d
    static let dot: UInt8 = 0x2e
    static let colon: UInt8 = 0x3a
    static let lessThan: UInt8 = 0x3c
    static let equals: UInt8 = 0x3d
    static let greaterThan: UInt8 = 0x3e
    static let at: UInt8 = 0x40
    static let leftBracket: UInt8 = 0x5b
    static let backslash: UInt8 = 0x5c
    static let rightBracket: UInt8 = 0x5d

    /// The byte, or the upper case of it if it is an ASCII letter.
    var uppered: UInt8 { self >= 0x61 && self <= 0x7a ? self & 0xdf : self }
    /// Whether it is an ASCII digit.
    var isDigitOfASCII: Bool { self >= 0x30 && self <= 0x39 }
    /// Whether it is an ASCII letter or digit.
    var isLetterOrDigitOfASCII: Bool { isDigitOfASCII || uppered >= 0x41 && uppered <= 0x5a }
    /// Whether it is a hexadecimal digit.
    var isHexadecimalDigit: Bool { isDigitOfASCII || uppered >= 0x41 && uppered <= 0x46 }
    /// Whether it is a space or a tab.
    var isWhiteSpace: Bool { self == .space || self == .tab }
    /// Whether it is ftext, a byte of a header field's name (RFC 5322 3.6.8).
    var isFieldNameText: Bool { self > 0x20 && self < 0x7f && self != .colon }

    /// Whether it is atext (RFC 5322 3.2.3).
    var isAtomText: Bool {
        switch self {
        case 0x21, 0x23...0x27, 0x2a, 0x2b, 0x2d, 0x2f, 0x3d, 0x3f, 0x5e...0x60, 0x7b...0x7e: true
        default: isLetterOrDigitOfASCII
        }
    }
}

extension Span<UInt8> {
    /// The last byte, if there is one.
    var lastByte: UInt8? { isEmpty ? nil : self[count - 1] }

    /// Whether all bytes are digits.
    var isDigitsAlone: Bool {
        for index in indices where !self[index].isDigitOfASCII { return false }
        return true
    }

    /// Whether these bytes are the same as the others, without regard to case.
    public func equalsIgnoringCase(_ other: StaticBytes) -> Bool {
        count == other.count && startsIgnoringCase(with: other)
    }

    /// Whether these bytes begin with the prefix, without regard to case.
    func startsIgnoringCase(with prefix: StaticBytes) -> Bool {
        guard count >= prefix.count else { return false }
        let expected = prefix.bytes
        for index in expected.indices where self[index].uppered != expected[index].uppered { return false }
        return true
    }

    /// The length of the well-formed UTF-8 character of more than one byte at this place; 0 if there is none.
    public func lengthOfMultibyteCharacter(at position: Int) -> Int {
        guard position < count else { return 0 }
        let (length, second): (Int, ClosedRange<UInt8>)
        switch self[position] {
        case 0xc2...0xdf: (length, second) = (2, 0x80...0xbf)
        case 0xe0: (length, second) = (3, 0xa0...0xbf)
        case 0xed: (length, second) = (3, 0x80...0x9f)
        case 0xe1...0xef: (length, second) = (3, 0x80...0xbf)
        case 0xf0: (length, second) = (4, 0x90...0xbf)
        case 0xf1...0xf3: (length, second) = (4, 0x80...0xbf)
        case 0xf4: (length, second) = (4, 0x80...0x8f)
        default: return 0
        }
        guard position + length <= count, second.contains(self[position + 1]) else { return 0 }
        for index in position + 2..<position + length where !(0x80...0xbf).contains(self[index]) { return 0 }
        return length
    }
}
