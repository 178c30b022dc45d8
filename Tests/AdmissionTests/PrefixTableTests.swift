import Addresses
import TestSupport
import Testing

@testable import Admission

private typealias Entry = (prefix: IPPrefix, value: Int)

private func table(_ entries: [Entry], _ hash: PrefixHash = PrefixHash()) -> [UInt8] {
    var builder = PrefixTable.Builder(hash: hash)
    for entry in entries { builder.add(entry.prefix, entry.value) }
    return builder.table()
}

private func value(_ address: IPAddress, _ table: [UInt8]) -> Int? {
    // Sound: bytes have no padding, so every one is initialized.
    PrefixTable.value(matching: address, in: unsafe table.span.bytes)
}

private func entries(in table: [UInt8]) -> Int {
    // Sound: bytes have no padding, so every one is initialized.
    PrefixTable.count(of: unsafe table.span.bytes)
}

/// The simple implementation: of the prefixes that contain the address the longest, of equal ones the smallest value.
private func oracle(_ address: IPAddress, _ entries: [Entry]) -> Int? {
    entries.filter { $0.prefix.contains(address) }.max {
        ($0.prefix.length, -$0.value) < ($1.prefix.length, -$1.value)
    }?
    .value
}

/// Nested prefixes of every length, each of which contains the next one.
private func nest(_ address: IPAddress) -> [IPPrefix] {
    (0...address.bitWidth).map { IPPrefix(of: address, length: $0) }
}

private func randomAddress(_ isV4: Bool, _ random: inout SeededGenerator) -> IPAddress {
    isV4 ? .v4(.random(in: 0 ... .max, using: &random)) : .v6(.random(in: 1 << 64 ... .max, using: &random))
}

/// A hash that gives all networks of IPv4, and all of IPv6 up to 64 bits, the same place.
private let useless = PrefixHash(keys: (0, 0))

struct PrefixTableTests {
    @Test("an empty table contains no address")
    func empty() {
        let table = table([])
        #expect(entries(in: table) == 0)
        #expect(table.count == PrefixTable.headerSize)
        for address in [IPAddress.v4(0), .v4(.max), .v6(0), .v6(.max)] { #expect(value(address, table) == nil) }
    }

    @Test(
        "with prefixes of every length around one address, the longest is found",
        arguments: [IPAddress.v4(0), .v4(.max), .v4(0xc000_0207), .v6(0), .v6(.max), .v6(0x2001_0db8 << 96 | 7)])
    func everyLength(address: IPAddress) {
        let prefixes = nest(address)
        let table = table(prefixes.enumerated().map { ($1, $0) })
        #expect(entries(in: table) == address.bitWidth + 1)
        #expect(value(address, table) == address.bitWidth)
        for length in 0..<address.bitWidth {
            // The address that first differs in the bit right after the prefix.
            let other: IPAddress =
                switch address {
                case .v4(let bits): .v4(bits ^ 1 << UInt32(31 - length))
                case .v6(let bits): .v6(bits ^ 1 << UInt128(127 - length))
                }
            #expect(value(other, table) == length)
        }
    }

    @Test("prefixes of 64 and of 65 bits are found next to and within each other", arguments: [63, 64, 65, 66])
    func halves(length: Int) {
        let network = UInt128(0x2001_0db8_0000_0001) << 64
        let entries: [Entry] = [
            (IPPrefix(of: .v6(network), length: length), 1), (IPPrefix(of: .v6(network), length: 64), 2),
            (IPPrefix(of: .v6(network | 1 << 63), length: 65), 3),
        ]
        let table = table(entries)
        for address in entries.flatMap({ edges(of: $0.prefix) }) {
            #expect(value(address, table) == oracle(address, entries), "\(address)")
        }
    }

    @Test(
        "of equal prefixes the smallest value counts, whichever comes first",
        arguments: [[3, 1, 2], [1, 2, 3], [2, 3, 1]])
    func equal(values: [Int]) throws {
        for text in ["0.0.0.0/0", "192.0.2.7", "::/0", "2001:db8::/64", "2001:db8::/65", "::1"] {
            let prefix = try IPPrefix(text)
            let table = table(values.map { (prefix, $0) })
            #expect(entries(in: table) == 1)
            #expect(value(prefix.network, table) == 1)
        }
    }

    @Test("a value may be as large as 32 bits are")
    func largest() {
        let table = table([(IPPrefix(of: .v4(7), length: 32), Int(UInt32.max))])
        #expect(value(.v4(7), table) == Int(UInt32.max))
    }

    @Test("of any number of addresses each is found, and no other is", arguments: [1, 2, 3, 63, 64, 65, 5000])
    func numbers(count: Int) {
        for isV4 in [true, false] {
            var random = SeededGenerator(seed: UInt64(count))
            // Only even ones are added, so that no odd one may be found.
            let addresses: [IPAddress] = (0..<count).map { _ in
                switch randomAddress(isV4, &random) {
                case .v4(let bits): .v4(bits & ~1)
                case .v6(let bits): .v6(bits & ~1)
                }
            }
            let table = table(addresses.enumerated().map { (IPPrefix(of: $1, length: isV4 ? 32 : 128), $0) })
            for (index, address) in addresses.enumerated() {
                let odd: IPAddress =
                    switch address {
                    case .v4(let bits): .v4(bits | 1)
                    case .v6(let bits): .v6(bits | 1)
                    }
                guard value(address, table) == index, value(odd, table) == nil else {
                    Issue.record("\(address), number \(index): \(String(describing: value(address, table)))")
                    return
                }
            }
        }
    }

    @Test("a random table answers as the simple implementation does, even with a poor hash", arguments: 0..<12)
    func random(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var prefixes: [IPPrefix] = []
        while prefixes.count < 120 {
            let address = randomAddress(.random(using: &random), &random)
            let length = Int.random(in: 0...address.bitWidth, using: &random)
            prefixes.append(IPPrefix(of: address, length: length))
            // Others within it, and ones that contain it.
            for _ in 0..<Int.random(in: 0...4, using: &random) {
                let near = edges(of: prefixes.randomElement(using: &random)!).randomElement(using: &random)!
                prefixes.append(IPPrefix(of: near, length: .random(in: 0...near.bitWidth, using: &random)))
            }
        }
        let entries = prefixes.shuffled(using: &random).enumerated().map { Entry(prefix: $1, value: $0) }
        let tables = [table(entries), table(entries, useless)]
        #expect(tables.map(entries(in:)) == [Set(prefixes).count, Set(prefixes).count])
        for address in prefixes.flatMap(edges) + [.v4(0), .v4(.max), .v6(0), .v6(.max)] {
            let expected = oracle(address, entries)
            for table in tables where value(address, table) != expected {
                Issue.record(
                    "\(address): \(String(describing: value(address, table))), not \(String(describing: expected))")
                return
            }
        }
    }

    @Test(
        "each prefix takes a slot and a half and 16 bits, and nested ones take no more",
        arguments: [(true, 32, 8), (true, 24, 8), (false, 64, 12), (false, 48, 12), (false, 128, 20)])
    func size(isV4: Bool, longest: Int, slot: Int) {
        let count = 16_384
        let prefixes = (0..<count).map { index in
            // For each of 2048 networks the prefixes of eight lengths.
            let length = longest - index % 8
            let network: IPAddress =
                isV4
                ? .v4(UInt32(index / 8) << UInt32(39 - longest)) : .v6(UInt128(index / 8) << UInt128(135 - longest))
            return IPPrefix(of: network, length: length)
        }
        let table = table(prefixes.enumerated().map { ($1, $0) })
        #expect(entries(in: table) == count)
        // The header, and for each length a record, three incomplete cache lines, and the slots after the last home.
        let most = count * (slot * 3 + 4) / 2 + 64 + 8 * (36 + 3 * 64 + 64 * slot)
        #expect(table.count <= most)
    }

    @Test("two tables in one array of bytes, one after the other, do not disturb each other")
    func apart() {
        let one = table([(IPPrefix(of: .v4(1), length: 32), 1)])
        let two = table([(IPPrefix(of: .v4(2), length: 32), 2)])
        let both = one + two
        // Sound: bytes have no padding, so every one is initialized.
        let bytes = unsafe both.span.bytes
        let second = bytes.extracting(one.count..<both.count)
        #expect(PrefixTable.value(matching: .v4(2), in: second) == 2)
        #expect(PrefixTable.value(matching: .v4(1), in: second) == nil)
    }

    @Test("a table that was cut short traps instead of admitting every address")
    func cut() async {
        await #expect(processExitsWith: .failure) {
            let table = table([(IPPrefix(of: .v4(1), length: 32), 1)])
            _ = value(.v4(1), Array(table.dropLast(64)))
        }
    }
}
