// Text that is built without allocating: log lines and environment entries.
// Promises to stay inside its capacity: it leaves out what does not fit, and `isTruncated` says so.

/// A buffer of fixed size that text is appended to. Its memory is allocated once, in init.
@safe
package struct ByteText: ~Copyable {
    private let storage: UnsafeMutableBufferPointer<UInt8>
    /// Bytes in use.
    package private(set) var count = 0
    /// Whether a part did not fit.
    package private(set) var isTruncated = false

    /// - Parameter capacity: in bytes.
    package init(capacity: Int) {
        unsafe storage = .allocate(capacity: capacity)
        unsafe storage.initialize(repeating: 0)
    }

    deinit {
        unsafe storage.deallocate()
    }

    package mutating func removeAll() {
        count = 0
        isTruncated = false
    }

    /// Removes everything after the first `length` bytes.
    package mutating func truncate(to length: Int) {
        count = min(count, length)
        isTruncated = false
    }

    package mutating func append(_ byte: UInt8) {
        guard unsafe count < storage.count else {
            isTruncated = true
            return
        }
        unsafe storage[count] = byte
        count += 1
    }

    package mutating func append(_ text: StaticString) {
        // Sound: the pointer of a static string lives as long as the program.
        for index in 0..<text.utf8CodeUnitCount { append(unsafe text.utf8Start[index]) }
    }

    package mutating func append(_ text: String) {
        for byte in text.utf8 { append(byte) }
    }

    package mutating func append(_ bytes: borrowing Span<UInt8>) {
        for index in bytes.indices { append(bytes[index]) }
    }

    package mutating func append(decimal value: Int) {
        if value < 0 { append(UInt8(ascii: "-")) }
        append(digitsOf: UInt64(value.magnitude), atLeast: 1)
    }

    package mutating func append(decimal value: UInt64) {
        append(digitsOf: value, atLeast: 1)
    }

    /// Appends a number with leading zeros, up to `width` digits.
    package mutating func append(decimal value: Int, width: Int) {
        append(digitsOf: UInt64(value.magnitude), atLeast: width)
    }

    private mutating func append(digitsOf value: UInt64, atLeast width: Int) {
        var digits = InlineArray<20, UInt8>(repeating: UInt8(ascii: "0"))
        var rest = value
        var used = 0
        while rest > 0 || used < min(width, 20) {
            digits[used] = UInt8(ascii: "0") + UInt8(rest % 10)
            rest /= 10
            used += 1
        }
        while used > 0 {
            used -= 1
            append(digits[used])
        }
    }

    /// The bytes in use.
    package var bytes: Span<UInt8> {
        @_lifetime(borrow self)
        borrowing get {
            let used = unsafe UnsafeBufferPointer(rebasing: storage[..<count])
            // Sound: the storage lives until deinit, and the span borrows self.
            return unsafe _overrideLifetime(Span(_unsafeElements: used), borrowing: self)
        }
    }

    /// A copy as a string; for messages and tests. Allocates, so never for a connection.
    package var string: String {
        unsafe String(decoding: UnsafeBufferPointer(rebasing: storage[..<count]), as: UTF8.self)
    }

    /// The start of the storage, for one system call or for a plan that this buffer outlives.
    package var baseAddress: UnsafeMutablePointer<UInt8> {
        // Sound: the capacity is never zero, so there is a base address.
        unsafe storage.baseAddress!
    }
}
