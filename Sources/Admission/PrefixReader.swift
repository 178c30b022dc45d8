// Reads an address or prefix from bytes without allocating, for a block list of a million lines and for PROXY headers.
// Accepts exactly what IPAddress and IPPrefix accept (the tests compare them), and gives no reason when it does not: a
// caller that needs the reason asks those types. Total and bounded.
// Source: RFC 4291 2.2 and 2.3, RFC 4632 3.1, RFC 6943 3.1.1 (the strict form only).
package import Addresses

/// Reads forward through bytes.
package struct PrefixReader: ~Escapable {
    private let bytes: Span<UInt8>
    private var position: Int
    private let end: Int

    /// - Parameter range: the bytes to read.
    @_lifetime(copy bytes)
    private init(_ bytes: Span<UInt8>, _ range: Range<Int>) {
        self.bytes = bytes
        position = range.lowerBound
        end = range.upperBound
    }

    /// The address that all of these bytes spell; nil if they spell none.
    package static func address(_ bytes: Span<UInt8>, _ range: Range<Int>) -> IPAddress? {
        var reader = PrefixReader(bytes, range)
        guard let address = reader.address(), reader.position == reader.end else { return nil }
        return address.value
    }

    /// The decimal number without leading zeros that all of these bytes spell; nil if they spell none.
    package static func decimal(_ bytes: Span<UInt8>, _ range: Range<Int>, atMost limit: Int) -> Int? {
        var reader = PrefixReader(bytes, range)
        guard let value = reader.decimal(atMost: limit), reader.position == reader.end else { return nil }
        return value
    }

    /// The prefix that all of these bytes spell; nil if they spell none.
    package static func prefix(_ bytes: Span<UInt8>, _ range: Range<Int>) -> IPPrefix? {
        var reader = PrefixReader(bytes, range)
        guard let (address, isMapped) = reader.address() else { return nil }
        guard reader.next == UInt8(ascii: "/") else {
            return reader.position == reader.end ? IPPrefix(of: address, length: address.bitWidth) : nil
        }
        reader.position += 1
        guard let written = reader.decimal(atMost: isMapped ? 128 : address.bitWidth), reader.position == reader.end,
            !isMapped || written >= 96
        else { return nil }
        let prefix = IPPrefix(of: address, length: isMapped ? written - 96 : written)
        return prefix.network == address ? prefix : nil
    }

    private var next: UInt8? { position < end ? bytes[position] : nil }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard next == byte else { return false }
        position += 1
        return true
    }

    /// A decimal number without leading zeros.
    private mutating func decimal(atMost limit: Int) -> Int? {
        let start = position
        var value = 0
        while let byte = next, byte &- UInt8(ascii: "0") < 10 {
            value = value * 10 + Int(byte - UInt8(ascii: "0"))
            position += 1
            guard value <= limit else { return nil }
        }
        guard position > start, position == start + 1 || bytes[start] != UInt8(ascii: "0") else { return nil }
        return value
    }

    /// One to four hexadecimal digits.
    private mutating func group() -> UInt128? {
        let start = position
        var value: UInt128 = 0
        while position - start < 4, let byte = next, let digit = PrefixReader.hexadecimal(byte) {
            value = value << 4 | UInt128(digit)
            position += 1
        }
        return position > start ? value : nil
    }

    private static func hexadecimal(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }

    private mutating func v4() -> UInt32? {
        var bits: UInt32 = 0
        for index in 0..<4 {
            guard index == 0 || take(UInt8(ascii: ".")), let octet = decimal(atMost: 255) else { return nil }
            bits = bits << 8 | UInt32(octet)
        }
        return bits
    }

    /// An address, and whether it is IPv4 in the form of IPv6.
    private mutating func address() -> (value: IPAddress, isMapped: Bool)? {
        let start = position
        if let bits = v4() { return (.v4(bits), false) }
        position = start
        guard let bits = v6() else { return nil }
        let address = IPAddress(v6Bits: bits)
        return (address, address.bitWidth == 32)
    }

    /// Reads groups until the address ends. Groups before a gap and groups after it are kept apart.
    private mutating func v6() -> UInt128? {
        var head: UInt128 = 0
        var tail: UInt128 = 0
        var groups = 0
        var behindGap = 0
        var hasGap = false
        if take(UInt8(ascii: ":")) {
            guard take(UInt8(ascii: ":")) else { return nil }
            hasGap = true
        }
        while groups < 8, next != UInt8(ascii: "/"), position < end {
            let start = position
            var width = 1
            guard var value = group() else { return nil }
            if next == UInt8(ascii: ".") {
                position = start
                guard let bits = v4() else { return nil }
                (value, width) = (UInt128(bits), 2)
            }
            groups += width
            if hasGap {
                tail = tail << UInt128(16 * width) | value
                behindGap += width
            } else {
                head = head << UInt128(16 * width) | value
            }
            guard width == 1, take(UInt8(ascii: ":")) else { break }
            if take(UInt8(ascii: ":")) {
                guard !hasGap else { return nil }
                hasGap = true
            } else if position == end || next == UInt8(ascii: "/") {
                return nil
            }
        }
        guard hasGap ? groups <= 7 : groups == 8 else { return nil }
        return hasGap ? head << UInt128(16 * (8 - groups + behindGap)) | tail : head
    }
}
