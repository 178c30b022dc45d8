// The text form of addresses: dotted decimal (RFC 6943 3.1.1, only the strict form) and RFC 4291 2.2 for IPv6, written
// in RFC 5952's canonical form. Total and bounded: any bytes give an address or nil.
// Never accepts leading zeros, octal, hexadecimal or short IPv4 forms, nor IPv6 zones: programs disagree about the
// meaning of each.

extension IPAddress {
    /// Reads one whole address; nil when the text is not one.
    ///
    /// Source: RFC 4291 2.2, RFC 6943 3.1.1.
    package init?(_ text: some StringProtocol) {
        let bytes = Array(text.utf8)
        if let bits = readIPv4(bytes[...]) {
            self = .v4(bits)
        } else if let bits = readIPv6(bytes) {
            self.init(v6Bits: bits)
        } else {
            return nil
        }
    }
}

extension IPAddress: CustomStringConvertible {
    /// The canonical text, without brackets.
    package var description: String { text.description }

    /// The canonical text, without brackets.
    ///
    /// Source: RFC 5952 4.
    package var text: AddressText {
        var text = AddressText()
        text.append(self)
        return text
    }

    /// `ADDRESS:PORT`, an IPv6 address in brackets (RFC 3986 3.2.2).
    package func text(port: UInt16) -> AddressText {
        var text = AddressText()
        text.append(self, port: port)
        return text
    }

    /// The length of the longest text of an address: eight groups of four digits and seven colons.
    package static let longestText = 39
}

extension AddressText {
    fileprivate mutating func append(_ address: IPAddress) {
        switch address {
        case .v4(let bits):
            for shift: UInt32 in [24, 16, 8, 0] {
                append(decimal: Int64(bits >> shift & 0xff))
                if shift > 0 { append(UInt8(ascii: ".")) }
            }
        case .v6(let bits):
            appendIPv6(bits)
        }
    }

    mutating func append(_ address: IPAddress, port: UInt16) {
        if case .v6 = address {
            append(UInt8(ascii: "["))
            append(address)
            append(UInt8(ascii: "]"))
        } else {
            append(address)
        }
        append(UInt8(ascii: ":"))
        append(decimal: Int64(port))
    }

    /// The longest run of two or more zero groups becomes `::`; the first one when two are equally long.
    private mutating func appendIPv6(_ bits: UInt128) {
        var longest = 0..<0
        var start = 0
        for index in 0...8 where index == 8 || group(index, of: bits) != 0 {
            if index - start > max(longest.count, 1) { longest = start..<index }
            start = index + 1
        }
        for index in 0..<8 {
            if longest.contains(index) {
                if index == longest.lowerBound { append(UInt8(ascii: ":")) }
                if index == 7 { append(UInt8(ascii: ":")) }
                continue
            }
            if index > 0 { append(UInt8(ascii: ":")) }
            append(hexadecimal: group(index, of: bits))
        }
    }
}

private func group(_ index: Int, of bits: UInt128) -> UInt16 {
    UInt16(truncatingIfNeeded: bits >> UInt128((7 - index) * 16))
}

private func readIPv4(_ bytes: ArraySlice<UInt8>) -> UInt32? {
    guard bytes.count >= 7, bytes.count <= 15 else { return nil }
    var result: UInt32 = 0
    var octets = 0
    for part in bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false) {
        guard octets < 4, let value = readDecimal(part, atMost: 255) else { return nil }
        result = result << 8 | UInt32(value)
        octets += 1
    }
    return octets == 4 ? result : nil
}

/// A decimal number without leading zeros.
func readDecimal(_ digits: ArraySlice<UInt8>, atMost limit: Int) -> Int? {
    guard let first = digits.first, digits.count <= 10, digits.count == 1 || first != UInt8(ascii: "0") else {
        return nil
    }
    var value = 0
    for digit in digits {
        guard digit >= UInt8(ascii: "0"), digit <= UInt8(ascii: "9") else { return nil }
        value = value * 10 + Int(digit - UInt8(ascii: "0"))
    }
    return value <= limit ? value : nil
}

private func readHexadecimal(_ digits: ArraySlice<UInt8>) -> UInt16? {
    guard !digits.isEmpty, digits.count <= 4 else { return nil }
    var value: UInt16 = 0
    for digit in digits {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): value = value << 4 | UInt16(digit - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): value = value << 4 | UInt16(digit - UInt8(ascii: "a") + 10)
        case UInt8(ascii: "A")...UInt8(ascii: "F"): value = value << 4 | UInt16(digit - UInt8(ascii: "A") + 10)
        default: return nil
        }
    }
    return value
}

private func readIPv6(_ bytes: [UInt8]) -> UInt128? {
    guard bytes.count >= 2, bytes.count <= 45 else { return nil }
    var head: [UInt16] = []
    var tail: [UInt16] = []
    var hasGap = false
    let colon = UInt8(ascii: ":")
    var rest = bytes[...]
    if rest.starts(with: [colon, colon]) {
        hasGap = true
        rest = rest.dropFirst(2)
    }
    while !rest.isEmpty {
        let part = rest.prefix { $0 != colon }
        var groups: [UInt16] = []
        if part.contains(UInt8(ascii: ".")) {
            guard part.count == rest.count, let bits = readIPv4(part) else { return nil }
            groups = [UInt16(bits >> 16), UInt16(truncatingIfNeeded: bits)]
        } else {
            guard let value = readHexadecimal(part) else { return nil }
            groups = [value]
        }
        if hasGap { tail += groups } else { head += groups }
        rest = rest.dropFirst(part.count)
        if rest.isEmpty { break }
        rest = rest.dropFirst()
        if rest.first == colon {
            guard !hasGap else { return nil }
            hasGap = true
            rest = rest.dropFirst()
        } else if rest.isEmpty {
            return nil
        }
    }
    let written = head.count + tail.count
    guard hasGap ? written <= 7 : written == 8 else { return nil }
    let groups = head + Array(repeating: 0, count: 8 - written) + tail
    return groups.reduce(UInt128(0)) { $0 << 16 | UInt128($1) }
}
