import Testing

@testable import Admission

/// A table of one set: its record, and then the set.
private struct Written<Number: FixedWidthInteger & UnsignedInteger & BitwiseCopyable> {
    let hash: PrefixHash
    private(set) var bytes: [UInt8] = []
    let count: Int

    init(_ networks: [Number], length: Int, _ hash: PrefixHash = PrefixHash()) {
        var items = networks.enumerated().map { PrefixItem(network: $1, hash: hash($1), value: UInt32($0)) }
        PrefixItem.order(&items)
        let plan = PrefixSet.Plan(items, length: length)
        plan.appendRecord(ofSetAt: 64, to: &bytes)
        bytes.appendZeros(upTo: 64)
        plan.appendSet(to: &bytes)
        self.hash = hash
        count = plan.items.count
    }

    func value(_ address: Number) -> Int? {
        // Sound, here and below: bytes have no padding, so every one is initialized.
        PrefixSet<Number>(record: 0).value(matching: address, hash, in: unsafe bytes.span.bytes)
    }

    func mayContain(_ network: Number) -> Bool {
        PrefixSet<Number>(record: 0).mayContain(hash(network), in: unsafe bytes.span.bytes)
    }
}

struct PrefixSetTests {
    @Test("the bits within the length decide, and no others")
    func mask() {
        let set = Written([UInt32(0x0a00_0000), 0x0b00_0000], length: 8)
        #expect(set.value(0x0aff_ffff) == 0)
        #expect(set.value(0x0b00_0001) == 1)
        #expect(set.value(0x0cff_ffff) == nil)
        #expect(Written([UInt128(0)], length: 0).value(.max) == 0)
        #expect(Written([UInt64.max], length: 64).value(.max) == 0)
    }

    @Test(
        "the filter lets all networks of the set pass, and less than one in 50 of the others",
        arguments: [1, 10, 1000, 50_000])
    func filter(count: Int) {
        let set = Written(
            (0..<UInt32(count)).map { $0 * 2 }, length: 32,
            PrefixHash(keys: (0x9e37_79b9_7f4a_7c15, 0x5851_f42d_4c95_7f2d)))
        #expect((0..<UInt32(count)).allSatisfy { set.mayContain($0 * 2) })
        let passed = (0..<UInt32(10_000)).count { set.mayContain($0 * 2 + 1) }
        #expect(passed < 200)
    }

    @Test("networks with the same home are all found, and no others are")
    func oneHome() {
        let networks = (0..<UInt32(100)).map { $0 * 2 }
        let set = Written(networks, length: 32, PrefixHash(keys: (0, 0)))
        #expect(set.count == 100)
        for (index, network) in networks.enumerated() {
            #expect(set.value(network) == index)
            #expect(set.value(network + 1) == nil)
        }
    }

    @Test("of equal prefixes the one with the smallest value is kept")
    func equal() {
        let set = Written([UInt64(7), 9, 7, 7, 9], length: 64)
        #expect(set.count == 2)
        #expect(set.value(7) == 0)
        #expect(set.value(9) == 1)
    }
}
