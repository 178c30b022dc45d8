import Testing

@testable import Admission

struct ChangeCoalescerTests {
    @Test("a change after a quiet time is sent at once; during many changes, one is sent after the interval")
    func intervals() {
        var coalescer = ChangeCoalescer(interval: 100)
        #expect(coalescer.wait(for: 0, at: 5) == 0)
        coalescer.sent(0, at: 5)
        #expect(coalescer.wait(for: 0, at: 500) == nil)
        #expect(coalescer.wait(for: 1, at: 30) == 75)
        #expect(coalescer.wait(for: 9, at: 105) == 0)
        coalescer.sent(9, at: 105)
        #expect(coalescer.wait(for: 9, at: 105) == nil)
    }

    @Test("no clock delays the last change longer than the interval", arguments: [Int64.min, -1, 0, 1, 100, .max])
    func clocks(now: Int64) throws {
        for last in [Int64.min, -1, 0, 1, 100, .max] {
            var coalescer = ChangeCoalescer(interval: 100)
            coalescer.sent(1, at: last)
            let wait = try #require(coalescer.wait(for: 2, at: now))
            #expect((0...100).contains(wait))
        }
    }
}
