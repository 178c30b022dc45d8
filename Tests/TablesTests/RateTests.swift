import Tables
import Testing

struct RateTests {
    @Test(
        "a rate exists only within its bounds",
        arguments: [
            (0, 1_000_000_000, nil), (-1, 1_000_000_000, nil), (1_000_001, 1_000_000_000, nil), (1, 999_999, nil),
            (1, 0, nil), (1, -1, nil), (1, 86_400_000_000_001, nil), (1, .max, nil), (.max, .max, .max),
            (1, 1_000_000_000, 0), (1, 1_000_000_000, 100_001), (1, 1_000_000_000, -5), (.min, .min, .min),
        ] as [(Int64, Int64, Int64?)])
    func outside(count: Int64, period: Int64, burst: Int64?) {
        #expect(Rate(count: count, period: period, burst: burst) == nil)
    }

    @Test(
        "without a burst, a period's worth may come at once",
        arguments: [(30, 30), (1, 1), (1_000_000, 100_000)] as [(Int64, Int64)])
    func burst(count: Int64, expected: Int64) throws {
        #expect(try #require(Rate(count: count, period: 60_000_000_000)).burst == expected)
    }
}
