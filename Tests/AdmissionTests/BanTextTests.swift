import Addresses
import ServiceModel
import TestSupport
import Testing

@testable import Admission

private let second: Int64 = 1_000_000_000
private let now = ClockReading(monotonic: 1000 * second, wall: 1_800_000_000 * second)

private func restored(_ text: String, at moment: ClockReading = now) -> (table: BanTable, faults: [String]) {
    var table = BanTable(exempt: [])
    let faults = table.restore(Array(text.utf8), at: moment)
    return (table, faults.map(\.description))
}

struct BanTextTests {
    @Test("a written table is read back on another clock")
    func roundTrip() throws {
        var table = BanTable(exempt: [])
        let causes: [BanCause] = [
            .command(reason: ""), .command(reason: "a b:c%d\n\u{e9}"), .sensor(service: "trap"),
            .penalties(service: "smtp", last: .noData),
        ]
        for (index, cause) in causes.enumerated() {
            let source = IPPrefix(of: index % 2 == 0 ? .v4(UInt32(index)) : .v6(UInt128(index) << 96), length: 32)
            let length = Int64(60 + index) * second
            _ = table.ban(source, for: cause, length: length, longest: .max, at: now.monotonic)
            table.addHits(UInt64(index), of: source)
        }
        _ = table.block(try IPPrefix("10.0.0.0/8"), reason: "ever", length: nil, at: now.monotonic)
        let later = ClockReading(monotonic: 7 * second, wall: now.wall + 20 * second)
        var read = BanTable(exempt: [])
        let text = table.snapshot(at: now)
        #expect(read.restore(text, at: later) == [])
        #expect(read.snapshot(at: later) == text)
        let ends = read.active(at: later.monotonic).map { $0.end == .max ? -1 : ($0.end - later.monotonic) / second }
        #expect(ends == [40, 41, 42, 43, -1])
    }

    @Test(
        "each line that cannot be restored is reported, and the others are restored",
        arguments: [
            ("x sensor:a 1 2 3 1", "'x' is not an IP address or prefix; expected one like 192.0.2.7"),
            ("10.0.0.1/8 sensor:a 1 2 3 1", "'10.0.0.1/8' has bits set"), ("::1 a 1 2 3 1", "'a' is not the cause"),
            ("::1 sensor 1 2 3 1", "'sensor' is not the cause"),
            ("::1 sensor:a:b 1 2 3 1", "'sensor:a:b' is not the cause"),
            ("::1 penalties:a:b 1 2 3 1", "'penalties:a:b' is not the cause"),
            ("::1 sensor:%0 1 2 3 1", "'sensor:%0' is not the cause"),
            ("::1 sensor:%FF 1 2 3 1", "'sensor:%FF' is not the cause"),
            ("::1 sensor:a 2 1 3 1", "'2 1' is not the time"), ("::1 sensor:a -1 1 3 1", "'-1 1' is not the time"),
            ("::1 sensor:a -9223372036854775808 never 3 1", "'-9223372036854775808 never' is not the time"),
            ("::1 sensor:a 1 9223372036854775807 3 1", "'1 9223372036854775807' is not the time"),
            ("::1 sensor:a 1 99999999999999999999 3 1", "'1 99999999999999999999' is not the time"),
            ("::1 sensor:a 1 2 -1 1", "'-1' is not a number of hits"),
            ("::1 sensor:a 1 2 3 0", "'0' is not a number of strikes"),
            ("::1 sensor:a 1 2 3 65", "'65' is not a number of strikes"), ("::1 sensor:a 1 2 3", "expected PREFIX"),
            ("::1  sensor:a 1 2 3 1", "expected PREFIX"), ("::1 sensor:a 1 2 3 1 ", "expected PREFIX"),
        ])
    func faults(line: String, reason: String) {
        let good = "192.0.2.7 sensor:a 1799999999 1800000100 0 1\n"
        let (table, faults) = restored(good + line + "\n" + "2001:db8::/64 sensor:a 1799999999 never 0 1\n")
        #expect(faults.count == 1 && faults[0].hasPrefix("2: error: \(reason)"))
        #expect(table.active(at: now.monotonic).count == 2)
    }

    @Test(
        "a ban never lasts longer than was meant, whatever the wall clock says",
        arguments: [
            (1_800_000_000, 60), (1_800_000_030, 30), (1_800_000_061, -1), (0, 60), (1_799_999_000, 60),
            (9_000_000_000, nil),
        ] as [(Int64, Int64?)])
    func clocks(wall: Int64, left: Int64?) throws {
        let moment = ClockReading(monotonic: 5 * second, wall: wall * second)
        let (table, faults) = restored("::1 sensor:a 1800000000 1800000060 0 1\n", at: moment)
        #expect(faults == [])
        let ban = table[try IPPrefix("::1")]
        #expect(ban.map { ($0.end - moment.monotonic) / second } == left)
    }

    @Test("any bytes are restored or reported, and never trap", arguments: 0..<8)
    func mutations(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let seeds = [
            "192.0.2.7 sensor:a 1799999999 1800000100 0 1", "2001:db8::/64 command:%20 1 never 3 64",
            "10.0.0.0/8 penalties:smtp:no_data 1 9000000000000 18446744073709551615 2",
        ].map { Array($0.utf8) }
        let bytes = Array("0189 :%/.-\n\0\u{80}n".utf8)
        for _ in 0..<1000 {
            var text = try #require(seeds.randomElement(using: &random))
            for _ in 0...Int.random(in: 0..<4, using: &random) {
                let place = Int.random(in: 0..<text.count, using: &random)
                text[place] = try #require(bytes.randomElement(using: &random))
            }
            var table = BanTable(exempt: [])
            let faults = table.restore(text, at: now)
            let lines = text.split(separator: UInt8(ascii: "\n")).count
            try #require(table.all.count + faults.count <= lines)
            try #require(!table.snapshot(at: now).isEmpty || table.all.isEmpty)
        }
    }

    @Test("a file that is too large, or has too many faults, is read up to a bound")
    func bounds() {
        #expect(restored(String(repeating: "x\n", count: 1000)).faults.count == 100)
        var table = BanTable(exempt: [])
        #expect(table.restore([UInt8](repeating: 10, count: BanTable.mostBytes + 1), at: now).count == 1)
    }
}
