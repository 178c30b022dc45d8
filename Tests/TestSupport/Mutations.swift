// Bytes that nobody sends, made from bytes that somebody does.

/// Makes other bytes from some: a part is replaced by a number at the end of its range, flipped, cut, or repeated.
package struct Mutations {
    private var generator: SeededGenerator

    package init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

    private static let numbers: [Int64] = [
        .min, .min + 1, -1, 0, 1, 2, 255, 1 << 31, 1 << 32, 1 << 48, .max / 1_000_000_000, .max / 2, .max - 1, .max,
    ]

    /// One to four changes.
    package mutating func changed(_ bytes: [UInt8]) -> [UInt8] {
        var changed = bytes
        for _ in 0..<Int.random(in: 1...4, using: &generator) where !changed.isEmpty {
            let place = Int.random(in: changed.indices, using: &generator)
            switch Int.random(in: 0..<6, using: &generator) {
            case 0, 1, 2:
                // At the place of a number, when the bytes are in the form of Wire: whole words after the head.
                let aligned = (changed.count - place) / 8 * 8
                let start = changed.count - aligned
                guard let number = Self.numbers.randomElement(using: &generator), aligned >= 8 else { continue }
                for offset in 0..<8 {
                    changed[start + offset] = UInt8(truncatingIfNeeded: number >> Int64(8 * offset))
                }
            case 3: changed[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
            case 4: changed.removeSubrange(place...)
            default: changed.insert(contentsOf: changed[place...].prefix(16), at: place)
            }
        }
        return changed
    }
}
