import Addresses
import TestSupport
import Testing
import Text

@testable import Admission

private func ban(_ prefix: IPPrefix, _ number: Int, end: Int64) -> Ban {
    Ban(prefix: prefix, cause: .sensor(service: "s\(number)"), began: 0, end: end)
}

struct SealedBansTests {
    @Test("the empty list contains no address")
    func empty() {
        let list = SealedBans.empty
        for address in [IPAddress.v4(0), .v4(.max), .v6(0), .v6(.max)] {
            // Sound: bytes have no padding, so every one is initialized.
            let match = SealedBans.match(address, at: .min, in: unsafe list.span.bytes)
            #expect(match == nil)
        }
    }

    @Test("a ban stops with its end, and one without an end never does")
    func ends() throws {
        let list = SealedBans.table(
            of: [ban(try IPPrefix("192.0.2.7"), 0, end: 100), ban(try IPPrefix("::/0"), 1, end: .max)], exempt: [])
        // Sound: bytes have no padding, so every one is initialized.
        let bytes = unsafe list.span.bytes
        let ends = [Int64.min, 99, 100].map { end(.v4(0xc000_0207), $0, list) }
        #expect(ends == [100, 100, nil])
        #expect(end(.v6(5), .max - 1, list) == .max)
        let count = SealedBans.count(of: bytes)
        #expect(count == 2)
    }

    @Test(
        "each of thousands of bans is found by its addresses, with its prefix, cause and end",
        arguments: [1, 16, 17, 5000])
    func many(count: Int) throws {
        var random = SeededGenerator(seed: UInt64(count))
        // Disjoint, because the number of the ban is part of the network.
        let bans = (0..<count).map { number in
            let isV4 = Bool.random(using: &random)
            let network: IPAddress = isV4 ? .v4(UInt32(number) << 16) : .v6(UInt128(number) << 64)
            let length = isV4 ? Int.random(in: 16...32, using: &random) : .random(in: 64...128, using: &random)
            return ban(IPPrefix(of: network, length: length), number, end: .random(in: 1...100, using: &random))
        }
        let exempt = IPPrefix(of: .v4(0xffff_0000), length: 16)
        let list = SealedBans.table(of: bans, exempt: [exempt])
        // Sound: bytes have no padding, so every one is initialized.
        let bytes = unsafe list.span.bytes
        var text = ByteText(capacity: 64)
        for (index, ban) in bans.enumerated() {
            let now = Int64.random(in: 0...100, using: &random)
            let match = SealedBans.match(ban.prefix.network, at: now, in: bytes)
            try #require(match == (ban.end > now ? SealedBans.Match(index: index, end: ban.end) : nil))
            let prefix = SealedBans.prefix(of: index, in: bytes)
            try #require(prefix == ban.prefix)
            text.removeAll()
            SealedBans.appendCause(of: index, in: bytes, to: &text)
            try #require(text.string == ban.cause.text)
        }
        for address in [exempt.network, .v4(0xfffe_0000), .v6(.max)] {
            #expect(end(address, 0, list) == nil)
        }
    }

    @Test("bytes that are no list of bans trap instead of admitting every address")
    func garbage() async {
        await #expect(processExitsWith: .failure) {
            let bytes = [UInt8](repeating: 0, count: 4096)
            // Sound: bytes have no padding, so every one is initialized.
            _ = SealedBans.match(.v4(1), at: 0, in: unsafe bytes.span.bytes)
        }
    }
}

private func end(_ address: IPAddress, _ now: Int64, _ list: [UInt8]) -> Int64? {
    // Sound: bytes have no padding, so every one is initialized.
    SealedBans.match(address, at: now, in: unsafe list.span.bytes)?.end
}
