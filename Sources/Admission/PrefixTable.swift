// Prefixes in one piece of memory that several processes may read: which is the longest prefix that contains an
// address?
// The block list is such a table, with a million entries, and so are the bans. It is built once
// (PrefixTable+Build.swift), and never changed.
//
// The prefixes of each length are a set of their own (PrefixSet.swift): a hash table with a small filter before it. A
// lookup asks the sets from the longest length to the shortest (tuple space search: Srinivasan, Suri, Varghese, SIGCOMM
// 1999, with filters: Dharmapurikar, Krishnamurthy, Taylor, SIGCOMM 2003). For an address in no prefix, which is the
// usual case, it reads each filter once, and the filters are small enough for the processor's cache. For an address in
// a prefix, it reads one slot more. Both costs grow with the number of lengths in the table, and not with the number of
// prefixes.
//
// Shape, in native byte order:
//   UInt32 x 4      magic, entries of IPv4, entries of IPv6, zero
//   UInt64 x 2      what the hash is keyed with (PrefixHash.swift)
//   UInt32 x 6      for each family (PrefixFamily): where the records of its sets begin, how many there are
//   zeros           up to 64 bytes
//   records         of each family, the longest length first
//   sets
package import Addresses

package enum PrefixTable {
    static let magic: UInt32 = 0x34_46_58_50  // "PXF4"
    static let headerSize = 64
    static let familiesStart = 32

    /// The value of the longest prefix that contains an address; nil if none does.
    ///
    /// - Parameter table: what ``Builder`` built; anything else is a bug, and traps.
    package static func value(matching address: IPAddress, in table: RawSpan) -> Int? {
        precondition(table.load(UInt32.self, at: 0) == magic, "a table of prefixes")
        switch address {
        case .v4(let bits): return value(matching: bits, of: .v4, in: table)
        case .v6(let bits):
            return value(matching: bits, of: .v6Long, in: table)
                ?? value(matching: UInt64(truncatingIfNeeded: bits >> 64), of: .v6, in: table)
        }
    }

    /// Entries of both families.
    package static func count(of table: RawSpan) -> Int {
        Int(table.load(UInt32.self, at: 4)) + Int(table.load(UInt32.self, at: 8))
    }

    private static func value<Number: FixedWidthInteger & UnsignedInteger & BitwiseCopyable>(
        matching wanted: Number, of family: PrefixFamily, in table: RawSpan
    ) -> Int? {
        let header = familiesStart + family.rawValue * 8
        let hash = PrefixHash(in: table, at: 16)
        var set = PrefixSet<Number>(record: Int(table.load(UInt32.self, at: header)))
        for _ in 0..<table.load(UInt32.self, at: header + 4) {
            if let value = set.value(matching: wanted, hash, in: table) { return value }
            set.record += PrefixSet<Number>.recordSize
        }
        return nil
    }
}

/// Prefixes with the same width of their stored networks.
enum PrefixFamily: Int {
    /// IPv4: in 32 bits.
    case v4
    /// IPv6, longer than 64 bits: in 128 bits.
    case v6Long
    /// IPv6, up to 64 bits: in 64 bits, the first ones.
    case v6
}

extension RawSpan {
    @inline(__always)
    func load<Number: FixedWidthInteger & BitwiseCopyable>(_ type: Number.Type, at offset: Int) -> Number {
        // Sound: the offset is checked by the span; every bit pattern of an integer is a value.
        unsafe unsafeLoadUnaligned(fromByteOffset: offset, as: type)
    }
}
