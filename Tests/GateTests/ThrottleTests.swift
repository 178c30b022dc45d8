import Gate
import Testing

private let short = Throttle.shortNanoseconds
private let longest = Throttle.longestNanoseconds

struct ThrottleTests {
    @Test("each lack of resources pauses for the same short time, however often it comes")
    func lack() {
        var throttle = Throttle()
        #expect(throttle.until == nil)
        for now in stride(from: Int64(0), to: 1000 * short, by: Int64.Stride(short)) {
            _ = throttle.pause(.lackOfResources, at: now)
            #expect(throttle.until == now + short)
            throttle.resumeIfDue(at: now + short - 1)
            #expect(throttle.until != nil)
            throttle.resumeIfDue(at: now + short)
            #expect(throttle.until == nil)
        }
    }

    @Test("each handler that cannot be started doubles the pause up to a bound, and one success resets it")
    func spawnFailure() {
        var throttle = Throttle()
        var waits: [Int64] = []
        for _ in 0..<100 {
            _ = throttle.pause(.spawnFailure, at: 7)
            waits.append((throttle.until ?? 0) - 7)
            // Handlers that were being started at the same time do not count again.
            _ = throttle.pause(.spawnFailure, at: 8)
            #expect(throttle.until == 7 + waits[waits.count - 1])
            throttle.resumeIfDue(at: .max)
        }
        #expect(Array(waits.prefix(8)) == [1, 2, 4, 8, 16, 32, 64, 100].map { min($0 * short, longest) })
        #expect(waits.suffix(90).allSatisfy { $0 == longest })
        // A successful fork says nothing about the child's program.
        throttle.cloned()
        _ = throttle.pause(.spawnFailure, at: 0)
        #expect(throttle.until == longest)
        throttle.resumeIfDue(at: .max)
        throttle.executed()
        _ = throttle.pause(.spawnFailure, at: 0)
        #expect(throttle.until == short)
    }

    @Test("a lack of resources is logged once for each episode; a successful fork ends an episode")
    func episodes() {
        var throttle = Throttle()
        var said = [throttle.pause(.spawnFailure, at: 0)]
        for _ in 0..<2 { said.append(throttle.pause(.lackOfResources, at: 0)) }
        throttle.resumeIfDue(at: .max)
        throttle.executed()
        said.append(throttle.pause(.lackOfResources, at: 0))
        throttle.cloned()
        said += [throttle.pause(.spawnFailure, at: 0), throttle.pause(.lackOfResources, at: 0)]
        #expect(said == [false, true, false, false, false, true])
    }
}
