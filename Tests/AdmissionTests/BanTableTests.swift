import Addresses
import TestSupport
import Testing
import Text

@testable import Admission

private let second: Int64 = 1_000_000_000
private let cause = BanCause.sensor(service: "trap")

private func prefix(_ text: String) throws -> IPPrefix { try IPPrefix(text) }

private func match(_ address: IPAddress, _ table: BanTable, at now: Int64) -> Int64? {
    let list = table.list(at: 0)
    // Sound: bytes have no padding, so every one is initialized.
    return SealedBans.match(address, at: now, in: unsafe list.span.bytes)?.end
}

private func length(_ outcome: BanOutcome) -> Int64? {
    if case .banned(let ban) = outcome { ban.end - ban.began } else { nil }
}

struct BanTableTests {
    @Test("each ban is twice as long as the one before, up to the longest, and a quiet time resets that")
    func strikes() throws {
        var table = BanTable(exempt: [], memory: 1000 * second)
        let source = try prefix("192.0.2.7")
        var now: Int64 = 0
        var lengths: [Int64] = []
        for _ in 0..<6 {
            let outcome = table.ban(source, for: cause, length: 10 * second, longest: 100 * second, at: now)
            let found = length(outcome)
            let length = try #require(found)
            lengths.append(length / second)
            now += length + 999 * second
        }
        #expect(lengths == [10, 20, 40, 80, 100, 100])
        let quiet = table.ban(source, for: cause, length: 10 * second, longest: 100 * second, at: now + second)
        #expect(length(quiet) == 10 * second)
    }

    @Test("a source that is banned already is not banned longer for a late report")
    func already() throws {
        var table = BanTable(exempt: [])
        let source = try prefix("2001:db8::/64")
        let first = table.ban(source, for: cause, length: 10 * second, longest: .max, at: 0)
        let revision = table.revision
        guard case .banned(let ban) = first else {
            Issue.record("not banned")
            return
        }
        #expect(table.ban(source, for: cause, length: 99 * second, longest: .max, at: 9 * second) == .already(ban))
        #expect(table.revision == revision)
    }

    @Test("a command sets the exact length, shorter or longer, and can remove a ban")
    func command() throws {
        var table = BanTable(exempt: [])
        let source = try prefix("10.0.0.0/8")
        _ = table.ban(source, for: cause, length: 100 * second, longest: .max, at: 0)
        #expect(length(table.block(source, reason: "why not", length: second, at: 0)) == second)
        #expect(match(.v4(10 << 24 | 5), table, at: second - 1) == second)
        #expect(match(.v4(10 << 24 | 5), table, at: second) == nil)
        _ = table.block(source, reason: "", length: nil, at: 0)
        #expect(match(.v4(10 << 24 | 5), table, at: .max - 1) == .max)
        let taken = table.unblock(source, at: 5)
        #expect(taken?.end == .max)
        #expect(table.unblock(source, at: 5) == nil)
        #expect(match(.v4(10 << 24 | 5), table, at: 5) == nil)
    }

    @Test("no address on the exempt list is banned, alone or within a prefix")
    func exempt() throws {
        var table = BanTable(exempt: [try prefix("10.1.0.0/16"), try prefix("::1")])
        #expect(
            table.ban(try prefix("10.1.2.3"), for: cause, length: 9, longest: 9, at: 0)
                == .exempt(try prefix("10.1.0.0/16")))
        #expect(table.block(try prefix("::1"), reason: "", length: nil, at: 0) == .exempt(try prefix("::1")))
        _ = table.block(try prefix("10.0.0.0/8"), reason: "", length: nil, at: 0)
        #expect(match(.v4(0x0a01_0203), table, at: 1) == nil)
        #expect(match(.v4(0x0a02_0203), table, at: 1) == .max)
        // A reload may change the list.
        table.exempt = [try prefix("10.0.0.0/7")]
        #expect(match(.v4(0x0a02_0203), table, at: 1) == nil)
    }

    @Test("random bans end as in the simple implementation: with the last that has the address", arguments: 0..<20)
    func oracle(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var table = BanTable(exempt: [])
        var bans: [IPPrefix: Int64] = [:]
        func address() -> IPAddress {
            Bool.random(using: &random)
                ? .v4(.random(in: 0..<16, using: &random) << 28)
                : .v6(.random(in: 0..<16, using: &random) << 124)
        }
        for _ in 0..<60 {
            let prefix = IPPrefix(of: address(), length: .random(in: 0...5, using: &random))
            let length = Int64.random(in: 1...50, using: &random)
            _ = table.block(prefix, reason: "", length: length, at: 0)
            bans[prefix] = length
            if Int.random(in: 0..<4, using: &random) == 0, let gone = bans.keys.min(by: { "\($0)" < "\($1)" }) {
                _ = table.unblock(gone, at: 0)
                bans[gone] = nil
            }
            let list = table.list(at: 0)
            for _ in 0..<20 {
                let address = address()
                let now = Int64.random(in: 0...50, using: &random)
                let ends = bans.filter { $0.key.contains(address) }.map(\.value)
                let expected = ends.max().flatMap { $0 > now ? $0 : nil }
                // Sound: bytes have no padding, so every one is initialized.
                let found = SealedBans.match(address, at: now, in: unsafe list.span.bytes)?.end
                try #require(found == expected, "\(address)")
            }
        }
    }

    @Test("the list has the prefix and the cause of each ban")
    func texts() throws {
        var table = BanTable(exempt: [])
        _ = table.block(try prefix("192.0.2.0/24"), reason: "a b", length: nil, at: 0)
        _ = table.ban(try prefix("2001:db8::/64"), for: cause, length: 9, longest: 9, at: 0)
        let list = table.list(at: 0)
        // Sound: bytes have no padding, so every one is initialized.
        let bytes = unsafe list.span.bytes
        var text = ByteText(capacity: 200)
        for address in [IPAddress.v4(0xc000_0201), .v6(0x2001_0db8 << 96 | 1)] {
            let found = SealedBans.match(address, at: 0, in: bytes)
            let match = try #require(found)
            text.append(SealedBans.prefix(of: match.index, in: bytes).description)
            text.append(" " as StaticString)
            SealedBans.appendCause(of: match.index, in: bytes, to: &text)
            text.append("\n" as StaticString)
        }
        #expect(text.string == "192.0.2.0/24 command:a%20b\n2001:db8::/64 sensor:trap\n")
        let count = SealedBans.count(of: bytes)
        #expect(count == 2)
    }

    @Test("a flood of one family pushes out its own bans that end soonest, never the other family's or a command's")
    func flood() throws {
        var table = BanTable(exempt: [], mostPerFamily: 160)
        _ = table.ban(try prefix("192.0.2.7"), for: cause, length: 5, longest: .max, at: 0)
        _ = table.block(try prefix("2001:db8::/64"), reason: "", length: 5, at: 0)
        for host: UInt128 in 0..<5000 {
            let source = IPPrefix(of: .v6(host << 64 | 1 << 127), length: 64)
            let outcome = table.ban(source, for: cause, length: 1000 + Int64(host), longest: .max, at: 0)
            try #require(length(outcome) != nil)
            if host % 100 == 99 { try #require(table.active(at: 0).count <= 161) }
        }
        let left = table.active(at: 0)
        #expect(left.map(\.prefix).contains(try prefix("192.0.2.7")))
        #expect(left.map(\.prefix).contains(try prefix("2001:db8::/64")))
        #expect(left.last?.end == 5999)
    }

    @Test("a service that has ever more banned pushes out its own bans, and those of others stay")
    func quota() throws {
        var table = BanTable(exempt: [], mostPerFamily: 160)
        func ban(_ number: UInt32, by service: String, end: Int64) {
            let prefix = IPPrefix(of: .v4(number), length: 32)
            _ = table.ban(prefix, for: .sensor(service: service), length: end, longest: end, at: 0)
        }
        // Those of the others end sooner, and would go first by that alone.
        for number in 0..<UInt32(40) { ban(1000 + number, by: "ssh", end: 10) }
        for number in 0..<UInt32(20) { ban(2000 + number, by: "web", end: 20) }
        for number in 0..<UInt32(10_000) { ban(10_000 + number, by: "mail", end: 1000 + Int64(number)) }
        let left = Dictionary(grouping: table.active(at: 1)) { $0.cause.text }.mapValues(\.count)
        #expect(left["sensor:ssh"] == 40 && left["sensor:web"] == 20)
        #expect((90...100).contains(left["sensor:mail"] ?? 0))
        // The latest of its own are there.
        #expect(match(.v4(19_999), table, at: 1) != nil)
    }

    @Test(
        "a share is what each may have so that all together have no more than the room",
        arguments: [
            ([10, 10, 10], 30, 10), ([10, 10, 10], 15, 5), ([1, 2, 100], 50, 47), ([100, 100, 4], 100, 48),
            ([5], 0, 0), ([5, 7], 100, 7), ([0, 9], 4, 4), ([], 3, 0),
        ] as [([Int], Int, Int)])
    func share(counts: [Int], room: Int, share: Int) {
        #expect(BanTable.share(of: counts, in: room) == share)
        #expect(counts.reduce(0) { $0 + min($1, share) } <= max(room, 0))
    }

    @Test("a table full of bans by command has no room for more, and reports that")
    func full() throws {
        var table = BanTable(exempt: [], mostPerFamily: 4)
        for host: UInt32 in 0..<4 {
            _ = table.block(IPPrefix(of: .v4(host), length: 32), reason: "", length: nil, at: 0)
        }
        #expect(table.block(try prefix("9.9.9.9"), reason: "", length: nil, at: 0) == .full)
        #expect(table.ban(try prefix("9.9.9.9"), for: cause, length: 1, longest: 1, at: 0) == .full)
        #expect(length(table.block(try prefix("0.0.0.1"), reason: "", length: 7, at: 0)) == 7)
        #expect(length(table.block(try prefix("9.9.9.9"), reason: "", length: nil, at: 7)) != nil)
    }

    @Test("hits are counted as long as the table remembers the ban")
    func hits() throws {
        var table = BanTable(exempt: [])
        let source = try prefix("192.0.2.7")
        _ = table.ban(source, for: cause, length: 9, longest: 9, at: 0)
        for count in [3, 4, UInt64.max, 1] { table.addHits(count, of: source) }
        table.addHits(1, of: try prefix("192.0.2.8"))
        #expect(table.active(at: 0).map(\.hits) == [.max])
    }

    @Test("no length and no clock makes the table trap")
    func extremes() throws {
        var table = BanTable(exempt: [], memory: .max)
        for now in [Int64.min, -1, 0, .max] {
            for length in [Int64.min, 0, .max] {
                _ = table.ban(try prefix("192.0.2.7"), for: cause, length: length, longest: .max, at: now)
                _ = table.block(try prefix("192.0.2.8"), reason: "", length: length, at: now)
            }
        }
        for strike: Int64 in 0..<200 {
            _ = table.ban(try prefix("::1"), for: cause, length: 1, longest: 2, at: strike * 3)
        }
        #expect(table[try prefix("::1")]?.strikes == 64)
    }
}
