// The block list as a table: built once by the supervisor, looked up by every gate in shared read-only memory.
// A flat table of disjoint, sorted ranges, so that a lookup is one binary search whatever the list's size.
//
// Shape, in native byte order, every part aligned to its element:
//   UInt32 x 4               magic, ranges of IPv4, ranges of IPv6, zero
//   UInt128 x n6, x n6       first and last address of each IPv6 range
//   UInt32 x n6              the line of the list that each came from
//   UInt32 x n4, x n4, x n4  the same for IPv4
package import ServiceModel

package enum BlockList {
    static let magic: UInt32 = 0x31_4b_4c_42  // "BLK1"
    static let headerSize = 16

    /// A list that blocks nobody.
    package static let empty = table(of: [])

    /// A prefix and the line that it stands on.
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
        var v4: [Range<UInt32>] = []
        var v6: [Range<UInt128>] = []
        for entry in entries {
            switch entry.prefix.network {
            case .v4(let bits):
                let host = entry.prefix.length == 0 ? .max : UInt32.max >> UInt32(entry.prefix.length)
                v4.append(Range(first: bits, last: bits | (entry.prefix.length == 32 ? 0 : host), line: entry.line))
            case .v6(let bits):
                let host = entry.prefix.length == 0 ? .max : UInt128.max >> UInt128(entry.prefix.length)
                v6.append(Range(first: bits, last: bits | (entry.prefix.length == 128 ? 0 : host), line: entry.line))
            }
        }
        v4 = flattened(v4)
        v6 = flattened(v6)
        var bytes: [UInt8] = []
        bytes.append(native: magic)
        bytes.append(native: UInt32(v4.count))
        bytes.append(native: UInt32(v6.count))
        bytes.append(native: UInt32(0))
        for range in v6 { bytes.append(native: range.first) }
        for range in v6 { bytes.append(native: range.last) }
        for range in v6 { bytes.append(native: UInt32(range.line)) }
        for range in v4 { bytes.append(native: range.first) }
        for range in v4 { bytes.append(native: range.last) }
        for range in v4 { bytes.append(native: UInt32(range.line)) }
        return bytes
    }

    /// The line that blocks an address; nil when none does.
    ///
    /// - Parameter table: what ``table(of:)`` built; anything else is a bug, and traps.
    package static func line(matching address: IPAddress, in table: RawSpan) -> Int? {
        precondition(table.load(UInt32.self, at: 0) == magic, "a block list's table")
        let v4Count = Int(table.load(UInt32.self, at: 4))
        let v6Count = Int(table.load(UInt32.self, at: 8))
        switch address {
        case .v6(let bits): return search(bits, in: table, from: headerSize, count: v6Count)
        case .v4(let bits): return search(bits, in: table, from: headerSize + v6Count * 36, count: v4Count)
        }
    }

    private static func search<Number: FixedWidthInteger & BitwiseCopyable>(
        _ wanted: Number, in table: RawSpan, from start: Int, count: Int
    ) -> Int? {
        let width = Number.bitWidth / 8
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if table.load(Number.self, at: start + middle * width) <= wanted { low = middle + 1 } else { high = middle }
        }
        guard low > 0, wanted <= table.load(Number.self, at: start + (count + low - 1) * width) else { return nil }
        return Int(table.load(UInt32.self, at: start + 2 * count * width + (low - 1) * 4))
    }
}

private struct Range<Number: FixedWidthInteger> {
    var first: Number
    var last: Number
    var line: Int
}

/// Disjoint ranges in order. Prefixes either nest or do not touch, so a stack of the open ones is enough: an inner range
/// cuts a hole into the one around it.
private func flattened<Number: FixedWidthInteger>(_ ranges: [Range<Number>]) -> [Range<Number>] {
    let sorted = ranges.sorted {
        ($0.first, $1.last, $0.line) < ($1.first, $0.last, $1.line)
    }
    var result: [Range<Number>] = []
    var open: [Range<Number>] = []
    func emit(_ range: Range<Number>) { result.append(range) }
    func closeTop() {
        let top = open.removeLast()
        emit(top)
        // What is left of the range around it begins behind this one.
        while let outer = open.last {
            if top.last == outer.last {
                open.removeLast()
            } else {
                open[open.count - 1].first = top.last + 1
                break
            }
        }
    }
    var previous: Range<Number>?
    for range in sorted {
        // An equal prefix that comes later on in the list says nothing new. Compared with the prefix as it was written:
        // what is left open of one is as long as a part of it may be.
        if let previous, previous.first == range.first, previous.last == range.last { continue }
        previous = range
        while let top = open.last, top.last < range.first { closeTop() }
        if let top = open.last {
            if top.first < range.first { emit(Range(first: top.first, last: range.first - 1, line: top.line)) }
        }
        open.append(range)
    }
    while !open.isEmpty { closeTop() }
    return result
}

extension [UInt8] {
    fileprivate mutating func append<Number: FixedWidthInteger>(native number: Number) {
        for shift in stride(from: 0, to: Number.bitWidth, by: 8) {
            let index = Number(1).littleEndian == 1 ? shift : Number.bitWidth - 8 - shift
            append(UInt8(truncatingIfNeeded: number >> Number(index)))
        }
    }
}

extension RawSpan {
    fileprivate func load<Number: FixedWidthInteger & BitwiseCopyable>(_ type: Number.Type, at offset: Int) -> Number {
        // Sound: the offset is checked by the span; every bit pattern of an integer is a value.
        unsafe unsafeLoadUnaligned(fromByteOffset: offset, as: type)
    }
}
