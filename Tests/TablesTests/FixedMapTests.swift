import Tables
import TestSupport
import Testing

/// Counts how many of its values exist.
private final class Census {
    var alive = 0
}

private struct Counted: ~Copyable {
    let number: Int
    private let census: Census

    init(_ number: Int, _ census: Census) {
        self.number = number
        self.census = census
        census.alive += 1
    }

    deinit { census.alive -= 1 }
}

/// A key with one of a few hash values, so that runs of cells are long.
private struct CollidingKey: Hashable {
    let number: Int

    static func == (a: CollidingKey, b: CollidingKey) -> Bool { a.number == b.number }
    func hash(into hasher: inout Hasher) { hasher.combine(number % 3) }
}

/// Compares a map with a dictionary over random inserts, removes and changes.
private func compare<Key: Hashable>(seed: UInt64, keys: [Key], steps: Int) {
    var random = SeededGenerator(seed: seed)
    let capacity = keys.count * 2 / 3
    var map = FixedMap<Key, Int>(capacity: capacity)
    var oracle: [Key: Int] = [:]
    for step in 0..<steps {
        guard let key = keys.randomElement(using: &random) else { return }
        switch Int.random(in: 0..<4, using: &random) {
        case 0, 1:
            if oracle[key] == nil, oracle.count < capacity {
                map.insert(key, step)
                oracle[key] = step
            }
        case 2:
            let removed = map.remove(key)
            #expect(removed == oracle.removeValue(forKey: key))
        default:
            let changed = map.update(key) { value in
                value += 1
                return value
            }
            if let value = oracle[key] { oracle[key] = value + 1 }
            #expect(changed == oracle[key])
        }
        let value = map.value(of: key)
        #expect(value == oracle[key])
        let isThere = map.contains(key)
        #expect(isThere == (oracle[key] != nil))
        let counts = (map.count, map.isFull)
        #expect(counts == (oracle.count, oracle.count == capacity))
    }
    var found: [Key: Int] = [:]
    map.forEach { key, value in found[key] = value }
    #expect(found == oracle)
}

struct FixedMapTests {
    @Test("a map has the same entries as a dictionary", arguments: 0..<8)
    func random(seed: UInt64) {
        compare(seed: seed, keys: Array(0..<96), steps: 4000)
    }

    @Test("keys with one hash value are distinguished, and found after removals between them", arguments: 0..<8)
    func collisions(seed: UInt64) {
        compare(seed: seed, keys: (0..<24).map { CollidingKey(number: $0) }, steps: 4000)
    }

    @Test("a map of one entry fills and empties")
    func one() {
        var map = FixedMap<Int, Int>(capacity: 1)
        for round in 0..<100 {
            map.insert(round, round)
            let isFull = map.isFull
            #expect(isFull)
            let isThere = (map.contains(round), map.contains(round + 1))
            #expect(isThere == (true, false))
            let other = map.remove(round + 1)
            #expect(other == nil)
            let own = map.remove(round)
            #expect(own == round)
        }
    }

    @Test("each value is destroyed exactly once, after its removal or with the map")
    func ownership() {
        let census = Census()
        do {
            var map = FixedMap<Int, Counted>(capacity: 50)
            for number in 0..<50 { map.insert(number, Counted(number, census)) }
            #expect(census.alive == 50)
            for number in stride(from: 0, to: 50, by: 2) {
                guard let removed = map.remove(number) else { preconditionFailure("it was inserted") }
                let found = removed.number
                #expect(found == number)
            }
            #expect(census.alive == 25)
            for number in 0..<50 where number % 2 == 1 {
                let found = map.update(number) { $0.number }
                #expect(found == number)
            }
            #expect(census.alive == 25)
        }
        #expect(census.alive == 0)
    }

    @Test("a change of a missing key does nothing")
    func updateOfNothing() {
        var map = FixedMap<Int, Int>(capacity: 2)
        let result = map.update(1) { _ in Issue.record("the map has no such key") }
        #expect(result == nil)
    }

    @Test("an entry too many traps, and so does a second entry of one key")
    func traps() async {
        await #expect(processExitsWith: .failure) {
            var map = FixedMap<Int, Int>(capacity: 1)
            map.insert(1, 1)
            map.insert(2, 2)
        }
        await #expect(processExitsWith: .failure) {
            var map = FixedMap<Int, Int>(capacity: 2)
            map.insert(1, 1)
            map.insert(1, 1)
        }
    }
}
