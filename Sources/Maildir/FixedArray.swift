// A fixed number of places for values that cannot be copied, such as owners of descriptors: Array holds only what can be.
// Promises: memory is taken once; values are destroyed by `removeAll` or with their owner.

/// At most `capacity` values, in the order they came.
@safe
struct FixedArray<Element: ~Copyable>: ~Copyable {
    private let start: UnsafeMutablePointer<Element>
    let capacity: Int
    private(set) var count = 0

    init(capacity: Int) {
        unsafe start = .allocate(capacity: capacity)
        self.capacity = capacity
    }

    deinit {
        // Sound: the first `count` places hold values, and nobody else does.
        unsafe start.deinitialize(count: count)
        unsafe start.deallocate()
    }

    var isFull: Bool { count == capacity }

    /// One of the values; `index` is below `count`.
    subscript(index: Int) -> Element {
        _read {
            precondition(index >= 0 && index < count)
            // Sound: this place holds a value.
            yield unsafe start[index]
        }
        _modify {
            precondition(index >= 0 && index < count)
            // Sound: this place holds a value.
            yield unsafe &start[index]
        }
    }

    /// Adds a value; there must be a place.
    mutating func append(_ element: consuming Element) {
        precondition(!isFull)
        // Sound: this place is inside, and empty.
        unsafe (start + count).initialize(to: element)
        count += 1
    }

    /// Destroys all values, the first one first.
    mutating func removeAll() {
        // Sound: the first `count` places hold values.
        unsafe start.deinitialize(count: count)
        count = 0
    }
}
