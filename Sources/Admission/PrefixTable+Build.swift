// Building a table of prefixes: collect, sort, find out what is around what, write.
// Promises at most one entry for each prefix added: prefixes that nest take no more room than others.
package import ServiceModel

extension PrefixTable {
    /// Collects what a table is made of.
    package struct Builder {
        private var v4: [Item<UInt32>] = []
        private var v6: [Item<UInt128>] = []

        package init() {}

        /// - Parameter value: 0 to 2^32 - 1. Of equal prefixes the one with the smallest value counts.
        package mutating func add(_ prefix: IPPrefix, _ value: Int) {
            let key = UInt64(prefix.length) << 32 | UInt64(UInt32(value))
            switch prefix.network {
            case .v4(let bits): v4.append(Item(first: bits, key: key))
            case .v6(let bits): v6.append(Item(first: bits, key: key))
            }
        }

        /// Prefixes added, equal ones counted each.
        package var count: Int { v4.count + v6.count }

        /// The table of what was added.
        package consuming func table() -> [UInt8] {
            arrange(&v4)
            arrange(&v6)
            let v6Size = size(of: UInt128.self, count: v6.count)
            var bytes: [UInt8] = []
            bytes.reserveCapacity(PrefixTable.headerSize + v6Size + size(of: UInt32.self, count: v4.count))
            let header = [
                PrefixTable.magic, UInt32(v4.count), UInt32(v6.count), UInt32(PrefixTable.headerSize + v6Size),
            ]
            for number in header { bytes.append(native: number) }
            bytes.append(contentsOf: repeatElement(0, count: PrefixTable.headerSize - bytes.count))
            write(v6, to: &bytes)
            write(v4, to: &bytes)
            return bytes
        }
    }
}

/// A prefix on its way into a table.
private struct Item<Number: FixedWidthInteger> {
    /// The first address.
    let first: Number
    /// The length in bits, and in the lower 32 the value.
    let key: UInt64

    var length: UInt32 { UInt32(key >> 32) }
    var value: UInt32 { UInt32(truncatingIfNeeded: key) }
}

/// Puts the wider of two that begin alike first, and leaves one of those that are equal.
private func arrange<Number: FixedWidthInteger>(_ items: inout [Item<Number>]) {
    func isInOrder(_ a: Item<Number>, _ b: Item<Number>) -> Bool {
        a.first < b.first || (a.first == b.first && a.key < b.key)
    }
    items.sort(by: isInOrder)
    var kept = 0
    for index in items.indices {
        if kept > 0, items[kept - 1].first == items[index].first, items[kept - 1].length == items[index].length {
            continue
        }
        items[kept] = items[index]
        kept += 1
    }
    items.removeLast(items.count - kept)
}

/// Bytes that a family takes.
private func size<Number: FixedWidthInteger>(of: Number.Type, count: Int) -> Int {
    guard count > 0 else { return 0 }
    let levels = PrefixTable.levels(count)
    let runs = (0..<levels).reduce(0) { $0 + PrefixTable.runs(of: $1, count: count) }
    let records = PrefixTable.runs(of: 0, count: count) * PrefixTable.recordSize
    return PrefixTable.fanOut * (runs * MemoryLayout<Number>.size + records)
}

private func write<Number: FixedWidthInteger>(_ items: [Item<Number>], to bytes: inout [UInt8]) {
    guard !items.isEmpty else { return }
    /// A run of the first addresses of every `step`th item.
    func appendRun(from start: Int, step: Int) {
        for key in 0..<PrefixTable.fanOut {
            let index = start + key * step
            bytes.append(native: index < items.count ? items[index].first : Number.max)
        }
    }
    for level in stride(from: PrefixTable.levels(items.count) - 1, to: 0, by: -1) {
        let step = 1 << (level * PrefixTable.fanOutBits)
        for run in 0..<PrefixTable.runs(of: level, count: items.count) {
            appendRun(from: run * step * PrefixTable.fanOut, step: step)
        }
    }
    // The prefixes that the present one is in, the widest first.
    var around: [Int] = []
    for leaf in stride(from: 0, to: items.count, by: PrefixTable.fanOut) {
        appendRun(from: leaf, step: 1)
        for index in leaf..<leaf + PrefixTable.fanOut {
            guard index < items.count else {
                bytes.append(contentsOf: repeatElement(0, count: PrefixTable.recordSize))
                continue
            }
            let item = items[index]
            while let last = around.last,
                (item.first ^ items[last].first) >> (Number.bitWidth - Int(items[last].length)) != 0
            {
                around.removeLast()
            }
            bytes.append(native: UInt32(around.last.map { $0 + 1 } ?? 0))
            bytes.append(native: item.length)
            bytes.append(native: item.value)
            around.append(index)
        }
    }
}

extension [UInt8] {
    mutating func append<Number: FixedWidthInteger>(native number: Number) {
        // Sound: the bytes of an integer, read while it is there.
        unsafe Swift.withUnsafeBytes(of: number) { unsafe append(contentsOf: $0) }
    }
}
