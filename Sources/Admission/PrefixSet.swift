// The prefixes of one length, in a table of prefixes: is the network of an address among them, and with which value?
// A filter says nearly always at once that it is not: 16 bits of it for each prefix, so that those of a million lie in 2 MB and
// stay in the processor's cache, where the slots of a million do not. In the filter a network has four bits of one word (a
// blocked Bloom filter: Putze, Sanders, Singler, 2007); of networks that are not there less than one in 100 passes.
// In the slots the networks stand in order of their hash, each at its home or behind the one before it (linear probing). A
// slot that is nobody's holds what the next one holds, so a search ends where a home is behind its own, and every slot is true.
//
// Shape of a record:
//   number          the mask of the length
//   UInt32 x 5      words of the filter, where they begin, homes, slots, where these begin
// Shape of a set:
//   UInt64          each word of the filter; zeros up to a multiple of 64 bytes
//   number, UInt32  each slot: the network, its value; zeros up to a multiple of 64 bytes

/// What can be read of the prefixes of one length.
struct PrefixSet<Number: FixedWidthInteger & UnsignedInteger & BitwiseCopyable> {
    /// Where it begins in the table. In bytes.
    var record: Int

    /// In bytes.
    @inline(__always) static var recordSize: Int { MemoryLayout<Number>.size + 5 * 4 }
    /// In bytes.
    @inline(__always) static var slotSize: Int { MemoryLayout<Number>.size + 4 }

    /// The value of the network that an address is in; nil when it is in none of these.
    @inline(__always)
    func value(matching address: Number, _ hash: PrefixHash, in table: RawSpan) -> Int? {
        let network = address & table.load(Number.self, at: record)
        let hashed = hash(network)
        return mayContain(hashed, in: table) ? value(of: network, hashed, hash, in: table) : nil
    }

    /// Whether the filter lets a network pass: always when it is there, seldom when it is not.
    @inline(__always)
    func mayContain(_ hashed: UInt64, in table: RawSpan) -> Bool {
        let word = PrefixHash.place(of: hashed, among: field(0, in: table))
        let bits = PrefixHash.bits(of: hashed)
        return table.load(UInt64.self, at: Int(field(1, in: table)) + word * 8) & bits == bits
    }

    @inline(__always)
    private func value(of network: Number, _ hashed: UInt64, _ hash: PrefixHash, in table: RawSpan) -> Int? {
        let homes = field(2, in: table)
        let home = PrefixHash.place(of: hashed, among: homes)
        let slots = Int(field(4, in: table))
        // Homes there are also behind the last slot that is in use.
        for index in home..<max(home, Int(field(3, in: table))) {
            let slot = slots + index * Self.slotSize
            let found = table.load(Number.self, at: slot)
            if found == network { return Int(table.load(UInt32.self, at: slot + MemoryLayout<Number>.size)) }
            if PrefixHash.place(of: hash(found), among: homes) > home { return nil }
        }
        return nil
    }

    @inline(__always)
    private func field(_ index: Int, in table: RawSpan) -> UInt32 {
        table.load(UInt32.self, at: record + MemoryLayout<Number>.size + index * 4)
    }
}
