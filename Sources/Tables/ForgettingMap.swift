// A map for what is known about sources, of which there is no end: bounded, and always ready to take one more key by
// forgetting another.
// A set-associative cache: the hash of a key selects a set of eight places, and only those are searched. In a set the
// latest used key is first. A new key takes the place of a key that may be forgotten without loss, the longest unused
// first; without such a key, the place of the longest unused. A secret of the process keys the hashes, so that no peer
// can aim at a set.
// Promises: no allocation after init; an operation reads and moves at most eight places.

/// A map of at most `capacity` entries that forgets instead of being full.
@safe
package struct ForgettingMap<Key: Hashable & BitwiseCopyable, Value: BitwiseCopyable>: ~Copyable {
    private typealias Entry = (key: Key, value: Value)

    package static var ways: Int { 8 }

    private let entries: UnsafeMutablePointer<Entry?>
    private let sets: Int
    /// How many entries it has room for. A power of two, at least what the caller asked for.
    package var capacity: Int { sets * Self.ways }
    /// How many entries were forgotten although they still had a meaning.
    package private(set) var forgotten: UInt64 = 0

    package init(capacity: Int) {
        precondition(capacity > 0, "a map has no room for an entry")
        var sets = 1
        while sets * Self.ways < capacity { sets *= 2 }
        self.sets = sets
        unsafe entries = .allocate(capacity: sets * Self.ways)
        unsafe entries.initialize(repeating: nil, count: sets * Self.ways)
    }

    deinit {
        unsafe entries.deinitialize(count: capacity)
        unsafe entries.deallocate()
    }

    /// The value of a key, without making it the latest used.
    package func value(of key: Key) -> Value? {
        find(key, from: firstPlace(of: key))?.1
    }

    /// Changes the value of a key and makes it the latest used. A key that is not there gets `initial` first.
    ///
    /// - Parameter isIdle: whether a value may be forgotten without loss.
    package mutating func update<Result>(
        _ key: Key, initial: Value, isIdle: (Value) -> Bool, _ change: (inout Value) -> Result
    ) -> Result {
        let start = firstPlace(of: key)
        var (place, value) = find(key, from: start) ?? (vacate(from: start, isIdle), initial)
        let result = change(&value)
        while place > start {
            unsafe entries[place] = entries[place - 1]
            place -= 1
        }
        unsafe entries[start] = (key, value)
        return result
    }

    private func find(_ key: Key, from start: Int) -> (Int, Value)? {
        for index in start..<start + Self.ways {
            // Sound, here and below: an index is the start of a set plus less than `ways`, and every place is
            // initialised.
            if let entry = unsafe entries[index], entry.key == key { return (index, entry.value) }
        }
        return nil
    }

    /// The place in a set that a new key may take.
    private mutating func vacate(from start: Int, _ isIdle: (Value) -> Bool) -> Int {
        let last = start + Self.ways - 1
        for index in stride(from: last, through: start, by: -1) {
            guard let entry = unsafe entries[index], !isIdle(entry.value) else { return index }
        }
        forgotten += 1
        return last
    }

    private func firstPlace(of key: Key) -> Int { (key.hashValue & (sets - 1)) * Self.ways }
}
