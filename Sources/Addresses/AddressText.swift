// The text of an address or a peer, written without allocating: for log lines and environment entries.
// Every text that this target writes fits: the longest is an IPv6 address in brackets with its port, 47 bytes.

/// Up to ``capacity`` bytes of ASCII.
package struct AddressText: Sendable {
    private var storage = InlineArray<64, UInt8>(repeating: 0)
    /// Bytes in use.
    package private(set) var count = 0

    /// In bytes.
    package static var capacity: Int { 64 }

    init() {}

    mutating func append(_ byte: UInt8) {
        storage[count] = byte
        count += 1
    }

    mutating func append(_ text: StaticString) {
        // Sound: the pointer of a static string lives as long as the program.
        for index in 0..<text.utf8CodeUnitCount { append(unsafe text.utf8Start[index]) }
    }

    mutating func append(decimal value: Int64) {
        if value < 0 { append(UInt8(ascii: "-")) }
        var divisor: UInt64 = 1
        while value.magnitude / divisor >= 10 { divisor *= 10 }
        while divisor > 0 {
            append(UInt8(ascii: "0") + UInt8(value.magnitude / divisor % 10))
            divisor /= 10
        }
    }

    /// Lower case, without leading zeros.
    mutating func append(hexadecimal value: UInt16) {
        var isLeading = true
        for shift: UInt16 in [12, 8, 4, 0] {
            let digit = UInt8(value >> shift & 0xf)
            if digit == 0, isLeading, shift > 0 { continue }
            isLeading = false
            append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
        }
    }

    /// The bytes in use.
    package var bytes: Span<UInt8> {
        @_lifetime(borrow self)
        borrowing get { storage.span.extracting(first: count) }
    }
}

extension AddressText: CustomStringConvertible {
    /// A copy as a string; allocates, so never for a connection.
    package var description: String {
        var text = ""
        for index in 0..<count { text.unicodeScalars.append(Unicode.Scalar(storage[index])) }
        return text
    }
}
