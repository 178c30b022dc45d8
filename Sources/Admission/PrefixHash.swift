// The hash of a network: it gives the network's slot in a table of prefixes, and its bits in a filter.
// Keyed with the secret of the process that builds the table, as every hash of Swift's is. So an attacker that chooses
// the addresses that get banned or listed cannot choose them with the same slot.
// The product of two keyed halves, folded (the step of wyhash and of its kin): a multiplication for any width.

/// A keyed hash of networks.
struct PrefixHash {
    let keys: (UInt64, UInt64)

    init(keys: (UInt64, UInt64)) { self.keys = keys }

    /// With the secret of this process, for a new table.
    init() {
        // Odd, and so not zero, because a zero key would hash all networks alike.
        func key(_ number: Int) -> UInt64 { UInt64(bitPattern: Int64(number.hashValue)) | 1 }
        keys = (key(1), key(2))
    }

    /// The hash that a table was built with.
    @inline(__always)
    init(in table: RawSpan, at offset: Int) {
        keys = (table.load(UInt64.self, at: offset), table.load(UInt64.self, at: offset + 8))
    }

    /// The hash of a network.
    @inline(__always)
    func callAsFunction<Number: FixedWidthInteger & UnsignedInteger>(_ network: Number) -> UInt64 {
        let wide = UInt128(truncatingIfNeeded: network)
        let low = UInt64(truncatingIfNeeded: wide) ^ keys.0
        let high = UInt64(truncatingIfNeeded: wide >> 64) ^ keys.1
        let product = low.multipliedFullWidth(by: high)
        return product.high ^ product.low
    }

    /// The slot of a hash among `count` slots. A greater hash never has a lower slot.
    @inline(__always)
    static func place(of hash: UInt64, among count: UInt32) -> Int {
        Int(truncatingIfNeeded: hash.multipliedFullWidth(by: UInt64(count)).high)
    }

    /// Up to four bits of a word, from the low end of the hash; ``place(of:among:)`` uses the high end.
    @inline(__always)
    static func bits(of hash: UInt64) -> UInt64 {
        1 &<< hash | 1 &<< (hash &>> 6) | 1 &<< (hash &>> 12) | 1 &<< (hash &>> 18)
    }
}
