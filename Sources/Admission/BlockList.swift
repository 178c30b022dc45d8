// The block list as a table: the supervisor builds it once, and every gate looks addresses up in shared read-only
// memory.
// It is a table of prefixes (PrefixTable) with line numbers as values. A million prefixes take 14 MB for IPv4, and for
// IPv6 23 MB in public lists, 32 MB if all are longer than /64.
package import Addresses

package enum BlockList {
    /// A list that blocks no address.
    package static let empty = table(of: [])

    /// A prefix and the number of its line.
    package struct Entry: Hashable, Sendable {
        package var prefix: IPPrefix
        package var line: Int

        package init(prefix: IPPrefix, line: Int) {
            self.prefix = prefix
            self.line = line
        }
    }

    /// The table of a list. Where prefixes overlap, the longest one names the line; of equal ones the first.
    package static func table(of entries: [Entry]) -> [UInt8] {
        var builder = PrefixTable.Builder()
        for entry in entries { builder.add(entry.prefix, entry.line) }
        return builder.table()
    }

    /// The line that blocks an address; nil when none does.
    ///
    /// - Parameter table: what ``table(of:)`` or ``table(ofText:file:)`` built; anything else is a bug, and traps.
    package static func line(matching address: IPAddress, in table: RawSpan) -> Int? {
        PrefixTable.value(matching: address, in: table)
    }
}
