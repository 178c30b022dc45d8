// Writing the prefixes of one length: order them by their hash, keep one of equal ones, compute the size.
// Promises 16 bits of filter and one and a half slots for each prefix, and for each length at most some incomplete
// cache lines.

/// A prefix to be written; all in one array have the same length.
struct PrefixItem<Number: FixedWidthInteger & UnsignedInteger & BitwiseCopyable> {
    let network: Number
    let hash: UInt64
    let value: UInt32

    /// Orders them by their hash, and keeps of equal ones the one with the smallest value.
    static func order(_ items: inout [PrefixItem]) {
        items.sort { a, b in
            if a.hash != b.hash { return a.hash < b.hash }
            return a.network == b.network ? a.value < b.value : a.network < b.network
        }
        var kept = 0
        for index in items.indices where kept == 0 || items[kept - 1].network != items[index].network {
            items[kept] = items[index]
            kept += 1
        }
        items.removeLast(items.count - kept)
    }
}

extension PrefixSet {
    /// The layout of a set, before it is written.
    struct Plan {
        /// In order of their hash.
        let items: [PrefixItem<Number>]
        private let length: Int
        /// Words of the filter.
        private let words: UInt32
        private let homes: UInt32
        /// Up to the last slot in use.
        private let slots: UInt32

        /// - Parameter items: at least one, all of this length, and ordered by ``PrefixItem/order(_:)``.
        init(_ items: [PrefixItem<Number>], length: Int) {
            let homes = UInt32(items.count + (items.count + 1) / 2)
            var slots = 0
            for item in items { slots = max(slots, PrefixHash.place(of: item.hash, among: homes)) + 1 }
            self.slots = UInt32(slots)
            self.homes = homes
            self.length = length
            words = UInt32(items.count / 4 + 1)
            self.items = items
        }

        /// In bytes, of the filter and the zeros after it.
        private var filterSize: Int { PrefixTable.wholeLines(Int(words) * 8) }
        /// In bytes, of the whole set.
        var size: Int { filterSize + PrefixTable.wholeLines(Int(slots) * PrefixSet.slotSize) }

        func appendRecord(ofSetAt start: Int, to bytes: inout [UInt8]) {
            // For length 0, the shift by the whole width gives zero, the mask that every address matches.
            bytes.append(native: Number.max << (Number.bitWidth - length))
            for field in [words, UInt32(start), homes, slots, UInt32(start + filterSize)] {
                bytes.append(native: field)
            }
        }

        func appendSet(to bytes: inout [UInt8]) {
            let start = bytes.count
            var filter = [UInt64](repeating: 0, count: Int(words))
            for item in items {
                filter[PrefixHash.place(of: item.hash, among: words)] |= PrefixHash.bits(of: item.hash)
            }
            for word in filter { bytes.append(native: word) }
            bytes.appendZeros(upTo: start + filterSize)
            var next = 0
            for item in items {
                let slot = max(next, PrefixHash.place(of: item.hash, among: homes))
                for _ in next...slot {
                    bytes.append(native: item.network)
                    bytes.append(native: item.value)
                }
                next = slot + 1
            }
            bytes.appendZeros(upTo: start + size)
        }
    }
}
