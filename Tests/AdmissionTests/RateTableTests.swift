import Addresses
import ServiceModel
import Tables
import TestSupport
import Testing

@testable import Admission

private let second: Int64 = 1_000_000_000

private func v4(_ bits: UInt32) -> Source { .network(.v4(bits)) }
private func v6(_ network: UInt64) -> Source { .network(.v6(UInt128(network) << 64)) }

private func table(_ count: Int64, burst: Int64, sources: Int = 1024) throws -> RateTable {
    RateTable(rate: try #require(Rate(count: count, period: 60 * second, burst: burst)), sourcesPerFamily: sources)
}

struct RateTableTests {
    @Test("each source has a rate of its own")
    func apart() throws {
        var table = try table(1, burst: 2)
        let sources = [v4(1), v4(2), v6(1), v6(2), .user(1), .user(2)]
        for source in sources {
            let answers = (0..<3).map { _ in table.take(source, at: 0) }
            #expect(answers == [true, true, false])
        }
        let waits = sources.map { table.wait($0, at: second) }
        #expect(waits.allSatisfy { $0 == 59 * second })
        let other = table.wait(v4(99), at: 0)
        #expect(other == 0)
    }

    @Test("as many sources as have room are answered as by one bucket for each", arguments: 0..<8)
    func oracle(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var table = try table(20, burst: 4, sources: 4096)
        let rate = table.rate
        var buckets: [Source: TokenBucket] = [:]
        var now: Int64 = 0
        let sources = (0..<60).map { $0 % 2 == 0 ? v4(UInt32($0)) : v6(UInt64($0)) }
        for _ in 0..<4000 {
            now += .random(in: 0...second / 8, using: &random)
            let source = try #require(sources.randomElement(using: &random))
            let taken = table.take(source, at: now)
            let expected = buckets[source, default: TokenBucket(at: now)].take(rate, at: now)
            try #require(taken == expected)
        }
        let forgotten = table.forgotten
        #expect(forgotten == 0)
    }

    @Test("sources that were quiet for long enough are forgotten first, which loses nothing")
    func quietFirst() throws {
        var table = try table(60, burst: 1, sources: 1024)
        for source: UInt32 in 0..<30_000 {
            // A second later each of them is full again.
            let isIn = table.take(v4(source), at: Int64(source) * second / 50)
            try #require(isIn)
        }
        let forgotten = table.forgotten
        #expect(forgotten == 0)
    }

    @Test("a flood of IPv6 sources makes the table forget no IPv4 source and no user")
    func families() throws {
        var table = try table(1, burst: 1)
        let first = [table.take(v4(1), at: 0), table.take(.user(1), at: 0), table.take(v6(1), at: 0)]
        for network: UInt64 in 2..<65_538 { _ = table.take(v6(network), at: 0) }
        let again = [table.take(v4(1), at: 0), table.take(.user(1), at: 0)]
        #expect(first == [true, true, true])
        #expect(again == [false, false])
    }

    @Test("a source that keeps coming is not forgotten among few others", arguments: 0..<4)
    func steady(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var table = try table(1, burst: 1, sources: 8192)
        _ = table.take(v4(1), at: 0)
        // An eighth of the table in new sources between two visits: seven newer ones in one set of eight are rare.
        var isRefused = 0
        for _ in 0..<16 {
            for _ in 0..<1024 { _ = table.take(v4(.random(in: 2 ... .max, using: &random)), at: 0) }
            if !table.take(v4(1), at: 0) { isRefused += 1 }
        }
        #expect(isRefused >= 15)
    }

    @Test("addresses of one IPv6 source share its bucket")
    func onePrefix() throws {
        var table = try table(1, burst: 10)
        let prefix = SourcePrefix()
        let network: UInt128 = 0x2001_0db8 << 96
        let admitted = (0..<65_536).filter { host in
            table.take(Source(of: .ip(.v6(network | UInt128(host)), port: 1), prefix), at: 0)
        }
        #expect(admitted.count == 10)
    }
}
