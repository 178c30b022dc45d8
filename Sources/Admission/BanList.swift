// The bans as a gate sees them: a table like the block list's, with the end and the cause of each.
// The supervisor builds it anew when a ban comes or goes, and seals it; a ban that ends needs no new table, because the gate
// compares with its own clock. Made for some ten thousand bans: 16 384 of each family take 3 MB and some 20 ms to build.
//
// Shape, in native byte order:
//   UInt32 x 4      magic, bans, where the prefixes begin, where the texts begin
//   16 bytes x n    Int64 the end; UInt32 where the text begins; UInt16 x 2 bytes of the prefix's text, of the cause's
//   prefixes        a PrefixTable, whose values are the index of a ban; one more than the last: exempt
//   texts           PREFIX CAUSE PREFIX CAUSE ...
package import ServiceModel

package enum BanList {
    static let magic: UInt32 = 0x31_4e_41_42  // "BAN1"
    private static let headerSize = 16
    private static let entrySize = 16

    /// A list of nobody.
    package static let empty = table(of: [], exempt: [])

    /// A ban that an address is under.
    package struct Match: Hashable, Sendable {
        /// In the table.
        package let index: Int
        /// In nanoseconds of the monotonic clock; `Int64.max`: never.
        package let end: Int64
    }

    /// - Parameter bans: of which, where two overlap, the narrower must be the one that ends later.
    static func table(of bans: [Ban], exempt: [IPPrefix]) -> [UInt8] {
        var prefixes = PrefixTable.Builder()
        var texts: [UInt8] = []
        let prefixesStart = (headerSize + bans.count * entrySize + 63) / 64 * 64
        var entries: [UInt8] = []
        for (index, ban) in bans.enumerated() {
            prefixes.add(ban.prefix, index)
            let prefix = Array(ban.prefix.description.utf8)
            let cause = Array(ban.cause.text.utf8)
            entries.append(native: ban.end)
            entries.append(native: UInt32(texts.count))
            entries.append(native: UInt16(prefix.count))
            entries.append(native: UInt16(cause.count))
            texts += prefix + cause
        }
        for prefix in exempt { prefixes.add(prefix, bans.count) }
        let prefixBytes = prefixes.table()
        var bytes: [UInt8] = []
        let header = [magic, UInt32(bans.count), UInt32(prefixesStart), UInt32(prefixesStart + prefixBytes.count)]
        for number in header { bytes.append(native: number) }
        bytes += entries
        bytes += repeatElement(0, count: prefixesStart - bytes.count)
        return bytes + prefixBytes + texts
    }

    /// The ban that an address is under now; nil when it is under none.
    ///
    /// - Parameters:
    ///   - table: what ``BanTable/list(at:)`` built; anything else is a bug, and traps.
    ///   - now: nanoseconds of the monotonic clock.
    package static func match(_ address: IPAddress, at now: Int64, in table: RawSpan) -> Match? {
        let prefixes = table.extracting(position(8, in: table)..<position(12, in: table))
        guard let index = PrefixTable.value(matching: address, in: prefixes), index < count(of: table) else {
            return nil
        }
        let end = table.load(Int64.self, at: headerSize + index * entrySize)
        return end > now ? Match(index: index, end: end) : nil
    }

    package static func count(of table: RawSpan) -> Int {
        precondition(table.load(UInt32.self, at: 0) == magic, "a table of bans")
        return position(4, in: table)
    }

    /// Appends `192.0.2.0/24`.
    package static func appendPrefix(of index: Int, in table: RawSpan, to text: inout ByteText) {
        append(texts(of: index, in: table).prefix, of: table, to: &text)
    }

    /// Appends the text of a ``BanCause``.
    package static func appendCause(of index: Int, in table: RawSpan, to text: inout ByteText) {
        append(texts(of: index, in: table).cause, of: table, to: &text)
    }

    private static func texts(of index: Int, in table: RawSpan) -> (prefix: Range<Int>, cause: Range<Int>) {
        precondition(index >= 0 && index < count(of: table), "a ban of this table")
        let entry = headerSize + index * entrySize
        let start = position(12, in: table) + position(entry + 8, in: table)
        let middle = start + Int(table.load(UInt16.self, at: entry + 12))
        return (start..<middle, middle..<middle + Int(table.load(UInt16.self, at: entry + 14)))
    }

    private static func append(_ range: Range<Int>, of table: RawSpan, to text: inout ByteText) {
        for position in range { text.append(table.load(UInt8.self, at: position)) }
    }

    private static func position(_ offset: Int, in table: RawSpan) -> Int {
        Int(table.load(UInt32.self, at: offset))
    }
}
