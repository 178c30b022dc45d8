import Addresses
import TestSupport
import Testing

@testable import Admission

private func source(_ number: Int) -> Source { .network(.v4(UInt32(number))) }

struct HandlerQueueTests {
    @Test("who has no handler goes before those who have, however long they wait")
    func fewest() {
        var room = HandlerQueue(capacity: 8)
        for connection: UInt64 in 1...4 { _ = room.enqueue(connection, of: source(1)) }
        _ = room.enqueue(5, of: source(2))
        let handlers = [source(1): 6]
        let order = (0..<3).map { _ in room.next { handlers[$0] ?? 0 } }
        #expect(order == [5, 1, 2])
    }

    @Test("of the same source the one that waits longest goes first, and who left is not there")
    func order() {
        var room = HandlerQueue(capacity: 4)
        for connection: UInt64 in 1...4 { _ = room.enqueue(connection, of: source(1)) }
        let left = [room.leave(2), room.leave(2), room.leave(9)]
        #expect(left == [true, false, false])
        var order: [UInt64] = []
        while let next = room.next(handlers: { _ in 0 }) { order.append(next) }
        #expect(order == [1, 3, 4])
    }

    @Test("a source that fills the room gives way to the next, until both have as much")
    func share() {
        var room = HandlerQueue(capacity: 6)
        let first = (1...7 as ClosedRange<UInt64>).map { room.enqueue($0, of: source(1)) }
        #expect(first == Array(repeating: .queued, count: 6) + [.refused])
        let second = (11...14 as ClosedRange<UInt64>).map { room.enqueue($0, of: source(2)) }
        #expect(second == [.displaces(6), .displaces(5), .displaces(4), .refused])
        let counts = (0...2).map { room.waitingCount(of: source($0)) }
        #expect(counts == [0, 3, 3])
    }

    @Test("with one of each source the room can take nobody, and with two of one it can")
    func hopeless() {
        var room = HandlerQueue(capacity: 3)
        for number in 1...3 { _ = room.enqueue(UInt64(number), of: source(number)) }
        let isFull = !room.canTake
        let arrival = room.enqueue(4, of: source(4))
        #expect(isFull && arrival == .refused)
        _ = room.leave(3)
        _ = room.enqueue(5, of: source(1))
        let canTake = room.canTake
        let later = room.enqueue(6, of: source(4))
        #expect(canTake && later == .displaces(5))
    }

    @Test("at random it does as the plain way says", arguments: 0..<16)
    func oracle(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var room = HandlerQueue(capacity: 12)
        var waiting: [(connection: UInt64, source: Source)] = []
        func count(of source: Source) -> Int { waiting.filter { $0.source == source }.count }
        for connection: UInt64 in 0..<500 {
            switch Int.random(in: 0..<5, using: &random) {
            case 0, 1, 2:
                let crowd = Int.random(in: 1...20, using: &random)
                let newcomer = source(.random(in: 0..<crowd, using: &random))
                let longest = waiting.map { count(of: $0.source) }.max() ?? 0
                let out = waiting.last { count(of: $0.source) == longest }?.connection
                let arrival = room.enqueue(connection, of: newcomer)
                if waiting.count < 12 {
                    try #require(arrival == .queued)
                } else if let out, longest >= count(of: newcomer) + 2 {
                    try #require(arrival == .displaces(out))
                    waiting.removeAll { $0.connection == out }
                } else {
                    try #require(arrival == .refused)
                    continue
                }
                waiting.append((connection, newcomer))
            case 3:
                let chosen = waiting.randomElement(using: &random)?.connection ?? 999
                let didLeave = room.leave(chosen)
                try #require(didLeave == waiting.contains { $0.connection == chosen })
                waiting.removeAll { $0.connection == chosen }
            default:
                let handlers = (0..<20).map { _ in Int.random(in: 0..<3, using: &random) }
                func running(_ source: Source) -> Int {
                    if case .network(.v4(let bits)) = source { handlers[Int(bits)] } else { 0 }
                }
                let fewest = waiting.map { running($0.source) }.min()
                let expected = waiting.first { running($0.source) == fewest }?.connection
                let next = room.next(handlers: running)
                try #require(next == expected)
                waiting.removeAll { $0.connection == expected }
            }
            let found = (room.count, room.canTake)
            let isHopeless = waiting.count == 12 && waiting.allSatisfy { count(of: $0.source) == 1 }
            try #require(found == (waiting.count, !isHopeless))
        }
    }

    @Test("a flood of a few sources does not make another wait for more than the next handler", arguments: 1..<20)
    func flood(sources: Int) throws {
        var random = SeededGenerator(seed: UInt64(sources))
        var room = HandlerQueue(capacity: 20)
        let handlers = Dictionary(uniqueKeysWithValues: (1...sources).map { (source($0), 5) })
        for connection: UInt64 in 0..<100 {
            _ = room.enqueue(connection, of: source(.random(in: 1...sources, using: &random)))
        }
        for connection: UInt64 in 1000..<1020 {
            let arrival = room.enqueue(connection, of: source(0))
            try #require(arrival != .refused)
            let next = room.next { handlers[$0] ?? 0 }
            try #require(next == connection)
            // The flood fills the room again.
            for again: UInt64 in 0..<20 {
                _ = room.enqueue(connection * 100 + again, of: source(.random(in: 1...sources, using: &random)))
            }
        }
    }
}
