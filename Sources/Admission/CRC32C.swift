// The checksum of a PROXY header: CRC-32 with Castagnoli's polynomial, bit by bit, because headers are short and few.
// Source: RFC 9260 appendix A (that of RFC 4960 appendix B).

/// A checksum that grows with each byte.
struct CRC32C {
    private var remainder: UInt32 = .max
    /// x^32 + x^28 + x^27 + ... + 1, mirrored.
    private static let polynomial: UInt32 = 0x82f6_3b78

    mutating func add(_ byte: UInt8) {
        remainder ^= UInt32(byte)
        for _ in 0..<8 { remainder = remainder >> 1 ^ (remainder & 1 == 0 ? 0 : CRC32C.polynomial) }
    }

    var value: UInt32 { ~remainder }
}
