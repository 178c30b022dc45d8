// Address literals, which may stand in place of a domain: [192.0.2.1], [IPv6:2001:db8::1], [tag:content].
// Source: RFC 5321 4.1.3.
import HandlerKit

extension AddressParser {
    /// Takes an address literal with its brackets.
    mutating func addressLiteral() -> Bool {
        guard take(.leftBracket) else { return false }
        let start = position
        guard takeAll({ $0 > 0x20 && $0 < 0x7f && $0 != .leftBracket && $0 != .backslash && $0 != .rightBracket })
        else {
            return false
        }
        let content = bytes.extracting(start..<position)
        return take(.rightBracket) && content.isAddressLiteral
    }
}

extension Span<UInt8> {
    /// Whether this is a domain name or an address literal, as HELO and a Received line should have.
    public var isDomainOrAddressLiteral: Bool {
        var parser = AddressParser(self)
        let isOne = count > 0 && self[0] == .leftBracket ? parser.addressLiteral() : parser.domain()
        return isOne && parser.isAtEnd && !parser.isInternational && count <= 255
    }

    /// Whether these bytes may stand between the brackets.
    fileprivate var isAddressLiteral: Bool {
        guard let colon = firstIndex(of: .colon) else { return isIPv4 }
        let tag = extracting(0..<colon)
        let content = extracting(colon + 1..<count)
        if tag.equalsIgnoringCase("IPv6") { return content.isIPv6 }
        // Standardized-tag = Ldh-str
        guard let last = tag.lastByte, last.isLetterOrDigitOfASCII, content.count > 0 else { return false }
        for index in tag.indices where !tag[index].isLetterOrDigitOfASCII && tag[index] != .hyphen { return false }
        return true
    }

    /// Whether this is Snum 3("." Snum).
    private var isIPv4: Bool {
        var numbers = 0
        var start = 0
        for end in 0...count where end == count || self[end] == .dot {
            let digits = extracting(start..<end)
            guard digits.count <= 3, let number = digits.decimalNumber, number <= 255 else { return false }
            numbers += 1
            start = end + 1
        }
        return numbers == 4
    }

    /// Whether this is eight groups, or at most six and one `::`; an IPv4 address may stand for the last two groups.
    private var isIPv6: Bool {
        var (groups, position, hasGap) = (0, 0, false)
        if starts(with: "::") { (position, hasGap) = (2, true) }
        while position < count {
            if extracting(position..<count).isIPv4 {
                (groups, position) = (groups + 2, count)
                break
            }
            let start = position
            while position < count, self[position].isHexadecimalDigit { position += 1 }
            guard (1...4).contains(position - start) else { return false }
            groups += 1
            if position == count { break }
            guard self[position] == .colon, position + 1 < count else { return false }
            position += 1
            if self[position] == .colon {
                if hasGap { return false }
                (position, hasGap) = (position + 1, true)
            }
        }
        return hasGap ? groups <= 6 : groups == 8
    }
}
