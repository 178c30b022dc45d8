import TestSupport
import Testing

@testable import Admission

struct PrefixHashTests {
    @Test("a table is read with the hash that it was built with")
    func keys() {
        let keys: [UInt64] = [0, 7, UInt64.max - 8]
        // Sound: an integer has no padding, so each of its bytes is initialized.
        let read = unsafe PrefixHash(in: keys.span.bytes, at: 8)
        #expect(read.keys == (7, UInt64.max - 8))
        #expect(read(UInt32(5)) == PrefixHash(keys: (7, UInt64.max - 8))(UInt32(5)))
    }

    @Test("hashes within one process are equal; another key gives another hash")
    func keyed() {
        #expect(PrefixHash()(UInt32(7)) == PrefixHash()(UInt32(7)))
        #expect(PrefixHash(keys: (3, 5))(UInt128(7)) != PrefixHash(keys: (3, 9))(UInt128(7)))
        #expect(PrefixHash(keys: (3, 5))(UInt128(7)) != PrefixHash(keys: (9, 5))(UInt128(7)))
        #expect(PrefixHash().keys.0 & PrefixHash().keys.1 & 1 == 1)
    }

    @Test("places are in order of the hash, and all of them are used", arguments: [1, 2, 3, 100] as [UInt32])
    func places(count: UInt32) {
        let hashes = (0..<10_000).map { UInt64($0) * (UInt64.max / 10_000) } + [.max]
        let places = hashes.sorted().map { PrefixHash.place(of: $0, among: count) }
        #expect(places == places.sorted())
        #expect(Set(places) == Set(0..<Int(count)))
    }

    @Test(
        "networks that differ in a few bits only are spread evenly, wherever these bits are",
        arguments: [0, 8, 16, 32, 48, 60, 64, 80, 100, 112])
    func spread(shift: UInt128) {
        let hash = PrefixHash(keys: (0x9e37_79b9_7f4a_7c15, 0xbf58_476d_1ce4_e5b9))
        var counts = [Int](repeating: 0, count: 256)
        for number in 0..<UInt128(65536) {
            counts[PrefixHash.place(of: hash(0x2a << 120 | number << shift), among: 256)] += 1
        }
        // 256 each on average. Of random numbers, one test in ten thousand would have a place outside this range.
        #expect(counts.allSatisfy { (176...336).contains($0) }, "\(counts.min() ?? 0) to \(counts.max() ?? 0)")
    }

    @Test("a network has at most four bits in a filter, and every bit is used")
    func bits() {
        var random = SeededGenerator(seed: 1)
        var all: UInt64 = 0
        for _ in 0..<10_000 {
            let bits = PrefixHash.bits(of: random.next())
            #expect((1...4).contains(bits.nonzeroBitCount))
            all |= bits
        }
        #expect(all == .max)
    }
}
