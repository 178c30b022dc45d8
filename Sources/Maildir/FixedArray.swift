// An array of a fixed capacity for values that cannot be copied, such as owners of descriptors, which Array cannot
// store.
// Promises: memory is allocated once; `removeAll` or the deinit destroys the values.

/// At most `capacity` values, in the order of their `append`.
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
        // Sound: the first `count` places have values, and the others have none.
        unsafe start.deinitialize(count: count)
        unsafe start.deallocate()
    }

    var isFull: Bool { count == capacity }

    /// The value at an index, which is below `count`.
    subscript(index: Int) -> Element {
        _read {
            precondition(index >= 0 && index < count)
            // Sound: this place has a value.
            yield unsafe start[index]
        }
        _modify {
            precondition(index >= 0 && index < count)
            // Sound: this place has a value.
            yield unsafe &start[index]
        }
    }

    /// Appends a value; the array must not be full.
    mutating func append(_ element: consuming Element) {
        precondition(!isFull)
        // Sound: this place is within the capacity, and has no value.
        unsafe (start + count).initialize(to: element)
        count += 1
    }

    /// Destroys all values, the first one first.
    mutating func removeAll() {
        // Sound: the first `count` places have values.
        unsafe start.deinitialize(count: count)
        count = 0
    }
}
