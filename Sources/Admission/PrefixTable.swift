// Prefixes as one piece of memory that several processes may read: which is the longest that an address is in?
// The block list is one, with a million entries; so are the bans. Built once (PrefixTable+Build.swift), never changed.
//
// The prefixes of a family stand in order of their first address. A lookup finds the last one that begins at or before
// the address, and when the address is behind its end goes on with the one around it, for prefixes nest or do not touch.
// They stand in leaves of 16: the first addresses, then what belongs to each. Above the leaves stands the first address of
// every leaf, in runs of 16, above these that of every run, and so on, up to a single run. So a search reads one run a
// level; what is read most is little and stays in the processor's cache; and only the leaf is likely not to be there.
//
// Shape, in native byte order; every run and leaf begins at a multiple of 64 bytes:
//   UInt32 x 16       magic, entries of IPv4, entries of IPv6, where IPv4 begins, zeros
//   for IPv6, then for IPv4:
//     numbers x 16    the runs of the highest level, then those of each lower one; what a last run lacks is all ones
//     leaves          numbers x 16, and 16 times UInt32 x 3: what is around the entry (its index plus 1; 0: nothing), its
//                     length in bits, its value
package import ServiceModel

package enum PrefixTable {
    static let magic: UInt32 = 0x33_46_58_50  // "PXF3"
    static let headerSize = 64
    static let recordSize = 12
    /// Keys of a run.
    static let fanOut = 16
    static let fanOutBits = 4

    /// The value of the longest prefix that an address is in; nil when it is in none.
    ///
    /// - Parameter table: what ``Builder`` built; anything else is a bug, and traps.
    package static func value(matching address: IPAddress, in table: RawSpan) -> Int? {
        precondition(table.load(UInt32.self, at: 0) == magic, "a table of prefixes")
        switch address {
        case .v6(let bits):
            return search(bits, in: table, from: headerSize, count: Int(table.load(UInt32.self, at: 8)))
        case .v4(let bits):
            let start = Int(table.load(UInt32.self, at: 12))
            return search(bits, in: table, from: start, count: Int(table.load(UInt32.self, at: 4)))
        }
    }

    /// Entries of both families.
    package static func count(of table: RawSpan) -> Int {
        Int(table.load(UInt32.self, at: 4)) + Int(table.load(UInt32.self, at: 8))
    }

    /// Levels of runs, the leaves included, for at least one entry.
    @inline(__always)
    static func levels(_ count: Int) -> Int {
        max(1, (Int.bitWidth - (count - 1).leadingZeroBitCount + fanOutBits - 1) / fanOutBits)
    }

    /// Runs of a level; level 0 is that of the leaves.
    @inline(__always)
    static func runs(of level: Int, count: Int) -> Int {
        let bits = (level + 1) * fanOutBits
        return (count + (1 << bits) - 1) >> bits
    }

    private static func search<Number: FixedWidthInteger & BitwiseCopyable>(
        _ wanted: Number, in table: RawSpan, from start: Int, count: Int
    ) -> Int? {
        guard count > 0 else { return nil }
        let runSize = fanOut * MemoryLayout<Number>.size
        let leafSize = runSize + fanOut * recordSize
        var start = start
        var index = 0
        for level in stride(from: levels(count) - 1, through: 0, by: -1) {
            if level == 0 { table.touchRecords(at: start + index * leafSize + runSize) }
            let atMost = table.keys(atMost: wanted, at: start + index * (level == 0 ? leafSize : runSize))
            // Only on the highest level, and then there is none at all: a lower run begins with the key above it.
            guard atMost > 0 else { return nil }
            let runs = runs(of: level, count: count)
            // The last address there is counts what a last run lacks.
            let below = level == 0 ? count : self.runs(of: level - 1, count: count)
            index = min(index * fanOut + atMost, below) - 1
            if level > 0 { start += runs * runSize }
        }
        while true {
            let leaf = start + index / fanOut * leafSize
            let record = leaf + runSize + index % fanOut * recordSize
            let first = table.load(Number.self, at: leaf + index % fanOut * MemoryLayout<Number>.size)
            let length = Int(table.load(UInt32.self, at: record + 4))
            // A shift by the whole width, for the prefix that is everything, gives zero.
            if (wanted ^ first) >> (Number.bitWidth - length) == 0 {
                return Int(table.load(UInt32.self, at: record + 8))
            }
            let around = Int(table.load(UInt32.self, at: record))
            if around == 0 { return nil }
            index = around - 1
        }
    }
}

extension RawSpan {
    func load<Number: FixedWidthInteger & BitwiseCopyable>(_ type: Number.Type, at offset: Int) -> Number {
        // Sound: the offset is checked by the span; every bit pattern of an integer is a value.
        unsafe unsafeLoadUnaligned(fromByteOffset: offset, as: type)
    }

    /// Reads from each line of memory of a leaf's records, so that they are on their way while the keys are still waited for:
    /// in a table of a million entries neither is in a cache. What is read is only held against what it must be.
    @inline(__always)
    fileprivate func touchRecords(at start: Int) {
        for record in stride(from: 0, to: PrefixTable.fanOut, by: 5) {
            precondition(load(UInt32.self, at: start + record * PrefixTable.recordSize + 4) <= 128, "a length")
        }
    }

    /// How many of the 16 numbers at an offset are not greater than another.
    @inline(__always)
    fileprivate func keys<Number: FixedWidthInteger & BitwiseCopyable>(atMost wanted: Number, at offset: Int) -> Int {
        let width = MemoryLayout<Number>.size
        let run = extracting(offset..<offset + PrefixTable.fanOut * width)
        var count: UInt8 = 0
        for index in 0..<PrefixTable.fanOut {
            // Sound: `extracting` has checked the whole run; every bit pattern of an integer is a value.
            let key = unsafe run.unsafeLoadUnaligned(fromUncheckedByteOffset: index &* width, as: Number.self)
            // Sound: a Bool is the byte 0 or 1. Without a branch, which would be guessed wrong once a level.
            count &+= unsafe unsafeBitCast(key <= wanted, to: UInt8.self)
        }
        return Int(count)
    }
}
