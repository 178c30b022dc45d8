import Gate
import ServiceModel
import Tables
import Testing

struct ServiceRateLimitTests {
    private let second: Int64 = 1_000_000_000

    @Test("without a rate no connection waits")
    func unlimited() {
        var serviceRate = ServiceRateLimit(.unlimited)
        for _ in 0..<1000 { serviceRate.take(at: 5) }
        #expect(serviceRate.wait(at: 5) == 0)
    }

    @Test("after the burst the next connection waits for its turn")
    func limited() throws {
        var serviceRate = ServiceRateLimit(.at(try #require(Rate(count: 2, period: second, burst: 3))))
        for _ in 0..<3 {
            #expect(serviceRate.wait(at: 10 * second) == 0)
            serviceRate.take(at: 10 * second)
        }
        #expect(serviceRate.wait(at: 10 * second) == second / 2)
        #expect(serviceRate.wait(at: 10 * second + second / 2) == 0)
    }
}
