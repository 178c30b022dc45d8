import Tables
import TestSupport
import Testing

/// A key with one hash value for all, so that all keys are in one set.
private struct CollidingKey: Hashable, BitwiseCopyable {
    let number: Int

    func hash(into hasher: inout Hasher) { hasher.combine(0) }
}

/// A simple implementation for one set: the latest used key is first.
private struct Oracle {
    var order: [(key: Int, value: Int)] = []
    var forgotten: UInt64 = 0

    mutating func update(_ key: Int, to value: Int, isIdle: (Int) -> Bool) {
        if let index = order.firstIndex(where: { $0.key == key }) {
            order.remove(at: index)
        } else if order.count == 8 {
            if let index = order.lastIndex(where: { isIdle($0.value) }) {
                order.remove(at: index)
            } else {
                order.removeLast()
                forgotten += 1
            }
        }
        order.insert((key, value), at: 0)
    }
}

struct ForgettingMapTests {
    @Test("within a set, a key that may be forgotten goes first, then the longest unused", arguments: 0..<16)
    func order(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var map = ForgettingMap<CollidingKey, Int>(capacity: 8)
        var oracle = Oracle()
        let oftenIdle = Int.random(in: 2...20, using: &random)
        for _ in 0..<500 {
            let key = Int.random(in: 0..<14, using: &random)
            let value = Int.random(in: 0..<1000, using: &random)
            map.update(CollidingKey(number: key), initial: 0, isIdle: { $0 % oftenIdle == 0 }) { $0 = value }
            oracle.update(key, to: value) { $0 % oftenIdle == 0 }
            let found = (0..<14).map { map.value(of: CollidingKey(number: $0)) }
            let expected = (0..<14).map { key in oracle.order.first { $0.key == key }?.value }
            let forgotten = map.forgotten
            try #require(found == expected && forgotten == oracle.forgotten)
        }
    }

    @Test("a change gets the present value, or the initial one")
    func changes() {
        var map = ForgettingMap<UInt32, Int>(capacity: 100)
        let seen = (0..<5).map { _ in
            map.update(7, initial: 10, isIdle: { _ in false }) {
                $0 += 1
                return $0
            }
        }
        #expect(seen == [11, 12, 13, 14, 15])
        let capacity = map.capacity
        #expect(capacity == 128)
    }

    @Test("a map has never more entries than its capacity, and only new keys make it forget")
    func bound() {
        var map = ForgettingMap<UInt64, Int>(capacity: 1024)
        for key: UInt64 in 0..<20_000 { map.update(key, initial: 0, isIdle: { _ in false }) { $0 = 1 } }
        let present = UInt64((0..<20_000 as Range<UInt64>).filter { map.value(of: $0) != nil }.count)
        let forgotten = map.forgotten
        #expect(present <= 1024)
        #expect(present + forgotten == 20_000)
    }
}
