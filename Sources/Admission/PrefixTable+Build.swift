// Building a table of prefixes: collect them by length, then write the header, the records and the sets
// (PrefixTable.swift).
// Promises at most one entry for each prefix added: nested prefixes take no more room than others.
package import Addresses

extension PrefixTable {
    /// Collects the prefixes of a table.
    package struct Builder {
        private let hash: PrefixHash
        private var v4 = FamilyBuilder<UInt32>()
        private var v6Long = FamilyBuilder<UInt128>()
        private var v6 = FamilyBuilder<UInt64>()
        /// The number of prefixes added, equal ones included.
        package private(set) var count = 0

        package init() { self.init(hash: PrefixHash()) }

        /// For tests, which also need a poor hash.
        init(hash: PrefixHash) { self.hash = hash }

        /// - Parameter value: 0 to 2^32 - 1. Of equal prefixes the one with the smallest value counts.
        package mutating func add(_ prefix: IPPrefix, _ value: Int) {
            count += 1
            switch prefix.network {
            case .v4(let bits): v4.add(bits, prefix.length, value, hash)
            case .v6(let bits) where prefix.length > 64: v6Long.add(bits, prefix.length, value, hash)
            case .v6(let bits): v6.add(UInt64(truncatingIfNeeded: bits >> 64), prefix.length, value, hash)
            }
        }

        /// The table of the prefixes added. It must end below 4 GiB, or this traps; a list of ``BlockList/mostBytes``
        /// stays far below that.
        package consuming func table() -> [UInt8] {
            v4.plan()
            v6Long.plan()
            v6.plan()
            var bytes: [UInt8] = []
            for number in [PrefixTable.magic, UInt32(v4.entries), UInt32(v6Long.entries + v6.entries), 0] {
                bytes.append(native: number)
            }
            bytes.append(native: hash.keys.0)
            bytes.append(native: hash.keys.1)
            // In the order of PrefixFamily.
            var end = PrefixTable.headerSize
            v4.appendHeader(recordsFrom: &end, to: &bytes)
            v6Long.appendHeader(recordsFrom: &end, to: &bytes)
            v6.appendHeader(recordsFrom: &end, to: &bytes)
            bytes.appendZeros(upTo: PrefixTable.headerSize)
            end = PrefixTable.wholeLines(end)
            let start = end
            v4.appendRecords(ofSetsFrom: &end, to: &bytes)
            v6Long.appendRecords(ofSetsFrom: &end, to: &bytes)
            v6.appendRecords(ofSetsFrom: &end, to: &bytes)
            bytes.appendZeros(upTo: start)
            bytes.reserveCapacity(end)
            v4.appendSets(to: &bytes)
            v6Long.appendSets(to: &bytes)
            v6.appendSets(to: &bytes)
            return bytes
        }
    }

    /// The size rounded up to whole cache lines of 64 bytes.
    static func wholeLines(_ size: Int) -> Int { (size + 63) / 64 * 64 }
}

/// The prefixes of one PrefixFamily.
private struct FamilyBuilder<Number: FixedWidthInteger & UnsignedInteger & BitwiseCopyable> {
    /// The prefixes by length.
    private var items = [[PrefixItem<Number>]](repeating: [], count: 129)
    /// For each length in use, the longest first.
    private var plans: [PrefixSet<Number>.Plan] = []
    /// The number of different prefixes in the plans.
    var entries: Int { plans.reduce(0) { $0 + $1.items.count } }

    mutating func add(_ network: Number, _ length: Int, _ value: Int, _ hash: PrefixHash) {
        items[length].append(PrefixItem(network: network, hash: hash(network), value: UInt32(value)))
    }

    mutating func plan() {
        for length in items.indices.reversed() where !items[length].isEmpty {
            PrefixItem.order(&items[length])
            plans.append(PrefixSet.Plan(items[length], length: length))
        }
    }

    func appendHeader(recordsFrom start: inout Int, to bytes: inout [UInt8]) {
        bytes.append(native: UInt32(start))
        bytes.append(native: UInt32(plans.count))
        start += plans.count * PrefixSet<Number>.recordSize
    }

    func appendRecords(ofSetsFrom start: inout Int, to bytes: inout [UInt8]) {
        for plan in plans {
            plan.appendRecord(ofSetAt: start, to: &bytes)
            start += plan.size
        }
    }

    func appendSets(to bytes: inout [UInt8]) {
        for plan in plans { plan.appendSet(to: &bytes) }
    }
}

extension [UInt8] {
    mutating func append<Number: FixedWidthInteger>(native number: Number) {
        // Sound: the bytes of an integer, read while it is there.
        unsafe Swift.withUnsafeBytes(of: number) { unsafe append(contentsOf: $0) }
    }

    mutating func appendZeros(upTo size: Int) {
        append(contentsOf: repeatElement(0, count: size - count))
    }
}
