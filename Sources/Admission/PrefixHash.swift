// Where in a table of prefixes a network has its place, and which bits of a filter stand for it.
// Keyed with the secret of the process that builds the table, as every hash of Swift's is: who chooses the addresses that get
// banned or listed cannot choose them so that they fall onto one place.
// The product of two keyed halves, folded (the step of wyhash and of its kin): a multiplication for any width.

/// A keyed hash of networks.
struct PrefixHash {
    let keys: (UInt64, UInt64)

    init(keys: (UInt64, UInt64)) { self.keys = keys }

    /// With the secret of this process, for a table that is going to be built.
    init() {
        // Odd, and so not zero, which would hash all alike.
        func key(_ number: Int) -> UInt64 { UInt64(bitPattern: Int64(number.hashValue)) | 1 }
        keys = (key(1), key(2))
    }

    /// The one that a table was built with.
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

    /// One of `count` places. A greater hash never has a lower place.
    @inline(__always)
    static func place(of hash: UInt64, among count: UInt32) -> Int {
        Int(truncatingIfNeeded: hash.multipliedFullWidth(by: UInt64(count)).high)
    }

    /// Up to four bits of a word, taken from the end of the hash: ``place(of:among:)`` takes the beginning.
    @inline(__always)
    static func bits(of hash: UInt64) -> UInt64 {
        1 &<< hash | 1 &<< (hash &>> 6) | 1 &<< (hash &>> 12) | 1 &<< (hash &>> 18)
    }
}
