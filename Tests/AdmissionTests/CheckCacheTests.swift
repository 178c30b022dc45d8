import Addresses
import Admission
import Testing

struct CheckCacheTests {
    private let source = Source.network(.v4(7))

    @Test("an answer holds for its source for the set time, and no longer")
    func holds() {
        var cache = CheckCache(holds: 10)
        cache.learn(.passed, of: source, at: 100)
        cache.learn(.refused(check: 2), of: .network(.v6(7)), at: 100)
        cache.learn(.refused(check: 0), of: .user(7), at: 100)
        let fresh = [source, .network(.v6(7)), .user(7)].map { cache.answer(for: $0, at: 109) }
        #expect(fresh == [.passed, .refused(check: 2), .refused(check: 0)])
        let late = [source, .network(.v6(7)), .user(7)].map { cache.answer(for: $0, at: 110) }
        #expect(late == [nil, nil, nil])
        let others = [Source.network(.v4(8)), .network(.v6(8)), .user(8)].map { cache.answer(for: $0, at: 101) }
        #expect(others == [nil, nil, nil])
    }

    @Test("a later answer takes the place of an earlier one")
    func replaced() {
        var cache = CheckCache(holds: 10)
        cache.learn(.refused(check: 1), of: source, at: 0)
        cache.learn(.passed, of: source, at: 5)
        let (now, later) = (cache.answer(for: source, at: 5), cache.answer(for: source, at: 14))
        #expect(now == .passed && later == .passed)
    }

    @Test("an answer that holds for no time is not kept; one that holds for ever is")
    func limits() {
        var none = CheckCache(holds: 0)
        none.learn(.passed, of: source, at: 0)
        let nothing = none.answer(for: source, at: 0)
        #expect(nothing == nil)
        var always = CheckCache(holds: .max)
        always.learn(.passed, of: source, at: 5)
        let answer = always.answer(for: source, at: .max - 1)
        #expect(answer == .passed)
    }

    @Test("ever new sources make the cache forget, and never answer wrongly")
    func bounded() {
        var cache = CheckCache(holds: .max, sourcesPerFamily: 64)
        var kept = 0
        for bits in 0..<1000 as Range<UInt32> {
            cache.learn(bits % 2 == 0 ? .passed : .refused(check: 0), of: .network(.v4(bits)), at: 0)
        }
        for bits in 0..<1000 as Range<UInt32> {
            guard let answer = cache.answer(for: .network(.v4(bits)), at: 1) else { continue }
            kept += 1
            #expect(answer == (bits % 2 == 0 ? .passed : .refused(check: 0)))
        }
        #expect((1...64).contains(kept))
    }
}
