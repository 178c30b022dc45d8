import Addresses
import TestSupport
import Testing

@testable import Admission

private func entries(_ prefixes: [String]) throws -> [BlockList.Entry] {
    try prefixes.enumerated().map { BlockList.Entry(prefix: try IPPrefix($1), line: $0 + 1) }
}

private func line(_ text: String, _ entries: [BlockList.Entry]) throws -> Int? {
    line(try #require(IPAddress(text)), BlockList.table(of: entries))
}

private func line(_ address: IPAddress, _ table: [UInt8]) -> Int? {
    // Sound: bytes have no padding, so every one is initialized.
    BlockList.line(matching: address, in: unsafe table.span.bytes)
}

/// The simple implementation: the longest prefix that contains the address names the line; of equal ones the first.
private func oracle(_ address: IPAddress, _ entries: [BlockList.Entry]) -> Int? {
    var best: BlockList.Entry?
    for entry in entries where entry.prefix.contains(address) {
        guard let found = best else {
            best = entry
            continue
        }
        if (entry.prefix.length, -entry.line) > (found.prefix.length, -found.line) { best = entry }
    }
    return best?.line
}

struct BlockListTests {
    @Test("a list without entries blocks no address", arguments: ["0.0.0.0", "255.255.255.255", "::", "::1"])
    func empty(address: String) throws {
        let address = try #require(IPAddress(address))
        #expect(line(address, BlockList.empty) == nil)
    }

    @Test(
        "the longest prefix names the line, wherever it is in the list; of equal prefixes the first does",
        arguments: [
            (["10.0.0.0/8", "10.1.0.0/16"], "10.1.2.3", 2), (["10.1.0.0/16", "10.0.0.0/8"], "10.1.2.3", 1),
            (["10.1.0.0/16", "10.0.0.0/8"], "10.2.2.3", 2), (["10.0.0.0/8", "10.0.0.0/8"], "10.2.2.3", 1),
            (["0.0.0.0/0", "10.0.0.0/8", "10.0.0.0/9", "10.0.0.0/32"], "10.0.0.0", 4),
            (["0.0.0.0/0", "10.0.0.0/8", "10.0.0.0/9", "10.0.0.0/32"], "10.0.0.1", 3),
            (["0.0.0.0/0", "255.255.255.255"], "255.255.255.255", 2),
            (["0.0.0.0/0", "255.255.255.255"], "255.255.255.254", 1), (["0.0.0.0", "0.0.0.0/0"], "0.0.0.0", 1),
            (["::/0", "ffff::/16"], "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", 2), (["::/0", "::"], "::", 2),
            (["::/0", "::"], "::1", 1), (["2001:db8::1", "2001:db8::/32"], "2001:db8::2", 2),
            (["10.0.0.0/8", "10.0.0.0/9", "10.128.0.0/9"], "10.1.1.1", 2),
            (["::ffff:10.0.0.0/104", "10.1.0.0/16"], "10.2.0.1", 1),
        ])
    func longest(prefixes: [String], address: String, expected: Int) throws {
        #expect(try line(address, entries(prefixes)) == expected)
    }

    @Test(
        "when narrower prefixes fill a wider one, each part is named by its own line",
        arguments: [
            (["10.0.0.0/8", "10.0.0.0/9", "10.128.0.0/9"], "10.200.1.1", 3),
            (["192.0.2.6/31", "192.0.2.6", "192.0.2.7"], "192.0.2.7", 3),
            (["2001:db8::/126", "2001:db8::/127", "2001:db8::2/127"], "2001:db8::3", 3),
            (["0.0.0.0/0", "0.0.0.0/1", "128.0.0.0/1"], "255.255.255.255", 3),
        ])
    func filled(prefixes: [String], address: String, expected: Int) throws {
        #expect(try line(address, entries(prefixes)) == expected)
    }

    @Test(
        "an address outside every prefix is not blocked, and neither is one of the other family",
        arguments: [
            (["10.0.0.0/8"], "11.0.0.0"), (["10.0.0.0/8"], "9.255.255.255"),
            (["10.0.0.0/8", "12.0.0.0/8"], "11.1.1.1"),
            (["0.0.0.0/0"], "::1"), (["::/0"], "192.0.2.7"), (["192.0.2.7"], "192.0.2.8"), (["::1"], "::"),
        ])
    func outside(prefixes: [String], address: String) throws {
        #expect(try line(address, entries(prefixes)) == nil)
    }

    @Test("a random list answers as the simple implementation does", arguments: 0..<24)
    func random(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        // Few leading bits vary, so that prefixes nest, touch and repeat.
        let spread = Int.random(in: 2...9, using: &random)
        let entries = (1...200).map { line in
            let length = Int.random(in: 0...spread, using: &random)
            let tail = Bool.random(using: &random) ? 0 : Int.random(in: 0...24, using: &random)
            if Bool.random(using: &random) {
                let bits = UInt32.random(in: 0..<(1 << UInt32(spread)), using: &random) << UInt32(32 - spread)
                return BlockList.Entry(prefix: IPPrefix(of: .v4(bits), length: min(length + tail, 32)), line: line)
            }
            let bits = UInt128.random(in: 0..<(1 << UInt128(spread)), using: &random) << UInt128(128 - spread)
            return BlockList.Entry(prefix: IPPrefix(of: .v6(bits), length: length + tail * 5), line: line)
        }.shuffled(using: &random)
        let table = BlockList.table(of: entries)
        var addresses = entries.flatMap { edges(of: $0.prefix) } + [.v4(0), .v4(.max), .v6(0), .v6(.max)]
        for _ in 0..<200 {
            addresses.append(.v4(.random(in: 0 ... .max, using: &random)))
            addresses.append(IPAddress(v6Bits: .random(in: 0 ... .max, using: &random)))
        }
        for address in addresses {
            let found = line(address, table)
            let expected = oracle(address, entries)
            guard found == expected else {
                Issue.record("\(address): line \(found ?? 0) of the table, \(expected ?? 0) of the list")
                return
            }
        }
    }

    @Test(
        "a list of any length answers as the simple implementation does",
        arguments: [15, 16, 17, 255, 256, 257, 4097])
    func lengths(count: Int) {
        // Every second address of both families, and the last of all.
        let v4 = (0..<count).map {
            BlockList.Entry(prefix: IPPrefix(of: .v4(.max - UInt32($0) * 2), length: 32), line: $0 + 1)
        }
        let v6 = (0..<count).map {
            BlockList.Entry(prefix: IPPrefix(of: .v6(.max - UInt128($0) * 2), length: 128), line: $0 + 1)
        }
        let table = BlockList.table(of: v4 + v6)
        for index in 0..<count {
            let low = UInt32(index) * 2
            let found = [line(.v4(.max - low), table), line(.v6(.max - UInt128(low)), table)]
            let between = [line(.v4(.max - low - 1), table), line(.v6(.max - UInt128(low) - 1), table)]
            guard found == [index + 1, index + 1], between == [nil, nil] else {
                Issue.record("entry \(index) of \(count): \(found), \(between)")
                return
            }
        }
    }

    @Test("bytes that are no table trap instead of admitting every address")
    func notATable() async {
        await #expect(processExitsWith: .failure) {
            _ = line(.v4(0), [UInt8](repeating: 0, count: 64))
        }
        await #expect(processExitsWith: .failure) {
            _ = line(.v4(0), [UInt8]())
        }
    }
}
