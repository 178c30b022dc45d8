import TestSupport
import Testing

@testable import Admission

struct BanHitsTests {
    @Test("each count is taken once, whatever the order", arguments: 0..<4)
    func counts(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var hits = BanHits(bans: 10)
        var expected: [Int: UInt32] = [:]
        for _ in 0..<200 {
            let index = Int.random(in: 0..<10, using: &random)
            hits.add(index)
            expected[index, default: 0] += 1
            guard Int.random(in: 0..<20, using: &random) == 0, let taken = hits.take() else { continue }
            #expect(expected.removeValue(forKey: taken.index) == taken.count)
        }
        while let taken = hits.take() { #expect(expected.removeValue(forKey: taken.index) == taken.count) }
        #expect(expected.isEmpty)
    }

    @Test("a table without bans has no counts")
    func none() {
        var hits = BanHits(bans: 0)
        let taken = hits.take()
        #expect(taken == nil)
    }
}
