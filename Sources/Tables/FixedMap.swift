// A hash table that takes its memory once. Whatever is counted and looked up between accept and exec is in these
// tables.
// Promises: no allocation after init. A removal leaves no tombstones (open addressing, linear probing, entries move
// back).

/// A map of at most `capacity` entries.
@safe
package struct FixedMap<Key: Hashable, Value: ~Copyable>: ~Copyable {
    private struct Cell: ~Copyable {
        var key: Key
        var value: Value
    }

    private let cells: UnsafeMutablePointer<Cell?>
    private let mask: Int
    package let capacity: Int
    package private(set) var count = 0

    package init(capacity: Int) {
        precondition(capacity > 0, "a map has no room for an entry")
        self.capacity = capacity
        var size = 2
        while size < capacity * 2 { size *= 2 }
        mask = size - 1
        unsafe cells = .allocate(capacity: size)
        for index in 0..<size { unsafe (cells + index).initialize(to: nil) }
    }

    deinit {
        unsafe cells.deinitialize(count: mask + 1)
        unsafe cells.deallocate()
    }

    package var isFull: Bool { count == capacity }

    package func contains(_ key: Key) -> Bool { keyOfCell(at: place(of: key)) != nil }

    /// Adds an entry for a key that has none. The map must not be full.
    package mutating func insert(_ key: Key, _ value: consuming Value) {
        precondition(!isFull, "the caller checks isFull")
        let index = place(of: key)
        precondition(unsafe cells[index] == nil, "the key has an entry already")
        unsafe cells[index] = Cell(key: key, value: value)
        count += 1
    }

    /// Removes and returns the value of a key, or nil.
    package mutating func remove(_ key: Key) -> Value? {
        var hole = place(of: key)
        guard let cell = unsafe cells[hole].take() else { return nil }
        count -= 1
        var index = hole
        while true {
            index = (index + 1) & mask
            guard let home = homeOfCell(at: index) else { break }
            // An entry may fill the hole unless that would put it before its home, the cell of its hash.
            if (index - home) & mask >= (index - hole) & mask {
                unsafe cells[hole] = cells[index].take()
                hole = index
            }
        }
        return cell.value
    }

    /// Changes the value of a key in place. Does not call `change` when there is no entry.
    ///
    /// - Returns: what `change` returned, or nil.
    package mutating func update<Result>(_ key: Key, _ change: (inout Value) -> Result) -> Result? {
        let index = place(of: key)
        guard unsafe cells[index] != nil else { return nil }
        return unsafe change(&cells[index]!.value)
    }

    /// Reads the value of a key in place. Does not call `body` when there is no entry.
    ///
    /// - Returns: what `body` returned, or nil.
    package func read<Result>(_ key: Key, _ body: (borrowing Value) -> Result) -> Result? {
        switch unsafe cells[place(of: key)] {
        case .some(let cell): body(cell.value)
        case .none: nil
        }
    }

    /// Calls the function with every entry, in no order.
    package mutating func forEach(_ visit: (Key, inout Value) -> Void) {
        for index in 0...mask {
            guard let key = keyOfCell(at: index) else { continue }
            unsafe visit(key, &cells[index]!.value)
        }
    }

    private func keyOfCell(at index: Int) -> Key? {
        // Sound, here and below: indices are masked, and every cell is initialised.
        switch unsafe cells[index] {
        case .some(let cell): cell.key
        case .none: nil
        }
    }

    private func homeOfCell(at index: Int) -> Int? {
        keyOfCell(at: index).map { $0.hashValue & mask }
    }

    /// The cell of the key, or the empty cell for it.
    private func place(of key: Key) -> Int {
        var index = key.hashValue & mask
        while let found = keyOfCell(at: index), found != key { index = (index + 1) & mask }
        return index
    }
}

extension FixedMap where Value: Copyable {
    /// The value of a key; nil when there is none.
    package func value(of key: Key) -> Value? { read(key) { $0 } }
}
