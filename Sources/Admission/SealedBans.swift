// The bans in the form that gates read: a table like the block list's, with the end and the cause of each ban.
// The supervisor builds and seals a new table when a ban is added or removed. A ban that ends needs no new table,
// because the gate compares with its own clock. A lookup is one in a PrefixTable and one read; it makes no system call.
// 16 384 bans of each family take 1.6 MB, and some 60 ms to build (Benchmarks/blocklist prints both).
//
// Shape, in native byte order:
//   UInt32 x 4      magic, bans, where the prefixes begin, where the causes begin
//   32 bytes x n    UInt128 the network; Int64 the end; UInt32 where the cause begins; UInt8 its length; UInt8 the
//                   length of the prefix; UInt8 4 or 6; zero
//   prefixes        a PrefixTable with the index of a ban as value; one more than the last index: exempt
//   causes          texts of BanCause, each once
package import Addresses
package import Text

package enum SealedBans {
    static let magic: UInt32 = 0x31_4e_41_42  // "BAN1"
    private static let headerSize = 16
    private static let entrySize = 32

    /// A table without bans.
    package static let empty = table(of: [], exempt: [])

    /// The ban that an address is under.
    package struct Match: Hashable, Sendable {
        /// The index of the ban in this table.
        package let index: Int
        /// In nanoseconds of the monotonic clock; `Int64.max`: never.
        package let end: Int64
    }

    /// - Parameter bans: where two of them overlap, the narrower one must end later.
    static func table(of bans: [Ban], exempt: [IPPrefix]) -> [UInt8] {
        var prefixes = PrefixTable.Builder()
        var causes: [UInt8] = []
        var placeOfCause: [BanCause: (start: Int, length: Int)] = [:]
        var entries: [UInt8] = []
        entries.reserveCapacity(bans.count * entrySize)
        for (index, ban) in bans.enumerated() {
            prefixes.add(ban.prefix, index)
            let start = causes.count
            if placeOfCause[ban.cause] == nil {
                causes += Array(ban.cause.text.utf8)
                placeOfCause[ban.cause] = (start, causes.count - start)
            }
            let cause = placeOfCause[ban.cause] ?? (start, 0)
            switch ban.prefix.network {
            case .v4(let bits): entries.append(native: UInt128(bits))
            case .v6(let bits): entries.append(native: bits)
            }
            entries.append(native: ban.end)
            entries.append(native: UInt32(cause.start))
            entries += [UInt8(cause.length), UInt8(ban.prefix.length), ban.prefix.network.bitWidth == 32 ? 4 : 6, 0]
        }
        for prefix in exempt { prefixes.add(prefix, bans.count) }
        let prefixBytes = prefixes.table()
        let prefixesStart = (headerSize + entries.count + 63) / 64 * 64
        var bytes: [UInt8] = []
        bytes.reserveCapacity(prefixesStart + prefixBytes.count + causes.count)
        let header = [magic, UInt32(bans.count), UInt32(prefixesStart), UInt32(prefixesStart + prefixBytes.count)]
        for number in header { bytes.append(native: number) }
        bytes += entries
        bytes += repeatElement(0, count: prefixesStart - bytes.count)
        return bytes + prefixBytes + causes
    }

    /// The ban that an address is under now; nil if it is under none, or exempt.
    ///
    /// - Parameters:
    ///   - table: what ``BanTable/list(at:)`` built; anything else is a bug, and traps.
    ///   - now: nanoseconds of the monotonic clock.
    package static func match(_ address: IPAddress, at now: Int64, in table: RawSpan) -> Match? {
        let prefixes = table.extracting(position(8, in: table)..<position(12, in: table))
        guard let index = PrefixTable.value(matching: address, in: prefixes), index < count(of: table) else {
            return nil
        }
        let end = table.load(Int64.self, at: entry(index, of: table) + 16)
        return end > now ? Match(index: index, end: end) : nil
    }

    /// The number of bans in the table, also those that have ended since.
    package static func count(of table: RawSpan) -> Int {
        precondition(table.load(UInt32.self, at: 0) == magic, "a table of bans")
        return position(4, in: table)
    }

    /// The prefix that a ban is for.
    package static func prefix(of index: Int, in table: RawSpan) -> IPPrefix {
        let entry = entry(index, of: table)
        let bits = table.load(UInt128.self, at: entry)
        let isV4 = table.load(UInt8.self, at: entry + 30) == 4
        let network: IPAddress = isV4 ? .v4(UInt32(truncatingIfNeeded: bits)) : .v6(bits)
        return IPPrefix(of: network, length: Int(table.load(UInt8.self, at: entry + 29)))
    }

    /// Appends the text of a ban's ``BanCause``: one word.
    package static func appendCause(of index: Int, in table: RawSpan, to text: inout ByteText) {
        let entry = entry(index, of: table)
        let start = position(12, in: table) + position(entry + 24, in: table)
        let length = Int(table.load(UInt8.self, at: entry + 28))
        for position in start..<start + length { text.append(table.load(UInt8.self, at: position)) }
    }

    private static func entry(_ index: Int, of table: RawSpan) -> Int {
        precondition(index >= 0 && index < count(of: table), "a ban of this table")
        return headerSize + index * entrySize
    }

    private static func position(_ offset: Int, in table: RawSpan) -> Int {
        Int(table.load(UInt32.self, at: offset))
    }
}
