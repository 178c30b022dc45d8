import Addresses
import TestSupport
import Testing

@testable import Admission

private func source(_ number: Int) -> Source { .network(.v4(UInt32(number))) }

struct HandlerQueueTests {
    @Test("a source without a handler goes before those with one, however long they wait")
    func fewest() {
        var queue = HandlerQueue(capacity: 8)
        for connection: UInt64 in 1...4 { _ = queue.enqueue(connection, of: source(1)) }
        _ = queue.enqueue(5, of: source(2))
        let handlers = [source(1): 6]
        let order = (0..<3).map { _ in queue.next { handlers[$0] ?? 0 } }
        #expect(order == [5, 1, 2])
    }

    @Test("of one source, the connection that waits longest goes first, and one that left is gone")
    func order() {
        var queue = HandlerQueue(capacity: 4)
        for connection: UInt64 in 1...4 { _ = queue.enqueue(connection, of: source(1)) }
        let left = [queue.leave(2), queue.leave(2), queue.leave(9)]
        #expect(left == [true, false, false])
        var order: [UInt64] = []
        while let next = queue.next(handlers: { _ in 0 }) { order.append(next) }
        #expect(order == [1, 3, 4])
    }

    @Test("a source that fills the queue gives way to the next, until both have as many places")
    func share() {
        var queue = HandlerQueue(capacity: 6)
        let first = (1...7 as ClosedRange<UInt64>).map { queue.enqueue($0, of: source(1)) }
        #expect(first == Array(repeating: .queued, count: 6) + [.refused])
        let second = (11...14 as ClosedRange<UInt64>).map { queue.enqueue($0, of: source(2)) }
        #expect(second == [.displaces(6), .displaces(5), .displaces(4), .refused])
        let counts = (0...2).map { queue.waitingCount(of: source($0)) }
        #expect(counts == [0, 3, 3])
    }

    @Test("the queue takes no new source when every place has another source, and does when one has two")
    func hopeless() {
        var queue = HandlerQueue(capacity: 3)
        for number in 1...3 { _ = queue.enqueue(UInt64(number), of: source(number)) }
        let isFull = !queue.canTake
        let placement = queue.enqueue(4, of: source(4))
        #expect(isFull && placement == .refused)
        _ = queue.leave(3)
        _ = queue.enqueue(5, of: source(1))
        let canTake = queue.canTake
        let later = queue.enqueue(6, of: source(4))
        #expect(canTake && later == .displaces(5))
    }

    @Test("a random sequence is queued as by the simple implementation", arguments: 0..<16)
    func oracle(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var queue = HandlerQueue(capacity: 12)
        var waiting: [(connection: UInt64, source: Source)] = []
        func count(of source: Source) -> Int { waiting.filter { $0.source == source }.count }
        for connection: UInt64 in 0..<500 {
            switch Int.random(in: 0..<5, using: &random) {
            case 0, 1, 2:
                let sourceCount = Int.random(in: 1...20, using: &random)
                let newSource = source(.random(in: 0..<sourceCount, using: &random))
                let longest = waiting.map { count(of: $0.source) }.max() ?? 0
                let out = waiting.last { count(of: $0.source) == longest }?.connection
                let placement = queue.enqueue(connection, of: newSource)
                if waiting.count < 12 {
                    try #require(placement == .queued)
                } else if let out, longest >= count(of: newSource) + 2 {
                    try #require(placement == .displaces(out))
                    waiting.removeAll { $0.connection == out }
                } else {
                    try #require(placement == .refused)
                    continue
                }
                waiting.append((connection, newSource))
            case 3:
                let chosen = waiting.randomElement(using: &random)?.connection ?? 999
                let didLeave = queue.leave(chosen)
                try #require(didLeave == waiting.contains { $0.connection == chosen })
                waiting.removeAll { $0.connection == chosen }
            default:
                let handlers = (0..<20).map { _ in Int.random(in: 0..<3, using: &random) }
                func running(_ source: Source) -> Int {
                    if case .network(.v4(let bits)) = source { handlers[Int(bits)] } else { 0 }
                }
                let fewest = waiting.map { running($0.source) }.min()
                let expected = waiting.first { running($0.source) == fewest }?.connection
                let next = queue.next(handlers: running)
                try #require(next == expected)
                waiting.removeAll { $0.connection == expected }
            }
            let found = (queue.count, queue.canTake)
            let isHopeless = waiting.count == 12 && waiting.allSatisfy { count(of: $0.source) == 1 }
            try #require(found == (waiting.count, !isHopeless))
        }
    }

    @Test("a flood of a few sources does not make another wait for more than the next handler", arguments: 1..<20)
    func flood(sources: Int) throws {
        var random = SeededGenerator(seed: UInt64(sources))
        var queue = HandlerQueue(capacity: 20)
        let handlers = Dictionary(uniqueKeysWithValues: (1...sources).map { (source($0), 5) })
        for connection: UInt64 in 0..<100 {
            _ = queue.enqueue(connection, of: source(.random(in: 1...sources, using: &random)))
        }
        for connection: UInt64 in 1000..<1020 {
            let placement = queue.enqueue(connection, of: source(0))
            try #require(placement != .refused)
            let next = queue.next { handlers[$0] ?? 0 }
            try #require(next == connection)
            // The flood fills the queue again.
            for again: UInt64 in 0..<20 {
                _ = queue.enqueue(connection * 100 + again, of: source(.random(in: 1...sources, using: &random)))
            }
        }
    }
}
