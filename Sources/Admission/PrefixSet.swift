// The prefixes of one length, in a table of prefixes: is the network of an address among them, and with which value?
// A filter answers first, and nearly always that the network is not there. It has 16 bits for each prefix, so that the
// filters of a million prefixes take 2 MB and stay in the processor's cache, where a million slots do not. A network
// has four bits of one word in the filter (a blocked Bloom filter: Putze, Sanders, Singler, 2007); of networks that are
// not there, less than one in 100 passes.
// The slots hold the networks in order of their hash, each in its home slot or the next free one after it (linear
// probing). An unused slot repeats the content of the next one in use, so a search ends at the first slot with a later
// home, and no slot needs a mark for "unused".
//
// Shape of a record:
//   number          the mask of the length
//   UInt32 x 5      words of the filter, where they begin, homes, slots, where these begin
// Shape of a set:
//   UInt64          each word of the filter; zeros up to a multiple of 64 bytes
//   number, UInt32  each slot: the network, its value; zeros up to a multiple of 64 bytes

/// What can be read of the prefixes of one length.
struct PrefixSet<Number: FixedWidthInteger & UnsignedInteger & BitwiseCopyable> {
    /// The offset of its record in the table. In bytes.
    var record: Int

    /// In bytes.
    @inline(__always) static var recordSize: Int { MemoryLayout<Number>.size + 5 * 4 }
    /// In bytes.
    @inline(__always) static var slotSize: Int { MemoryLayout<Number>.size + 4 }

    /// The value of the network that contains an address; nil if the set has none.
    @inline(__always)
    func value(matching address: Number, _ hash: PrefixHash, in table: RawSpan) -> Int? {
        let network = address & table.load(Number.self, at: record)
        let hashed = hash(network)
        return mayContain(hashed, in: table) ? value(of: network, hashed, hash, in: table) : nil
    }

    /// Whether the filter lets a network pass: always if the set has it, seldom if not.
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
        // A home may lie after the last slot in use.
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
