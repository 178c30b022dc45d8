// A buffer of a fixed size, allocated once: the input and the output of a connection each have one.
// Promises that every access is inside it (an access outside traps), so its callers need no unsafe code.
// Never grows, and never reads or writes a descriptor twice in one call.
internal import CHandler

/// Memory of a fixed size, to read a descriptor into and to write one from.
@safe
struct ByteBuffer: ~Copyable {
    private let start: UnsafeMutablePointer<UInt8>
    /// The size in bytes.
    let capacity: Int

    /// - Parameter capacity: in bytes.
    init(capacity: Int) {
        #if hasFeature(Embedded)
            // A handler has one connection for as long as it runs, so the buffers are part of the program: no system
            // call.
            guard let buffer = unsafe chandler_take_memory(capacity) else { preconditionFailure() }
            unsafe start = buffer.bindMemory(to: UInt8.self, capacity: capacity)
        #else
            unsafe start = .allocate(capacity: capacity)
        #endif
        self.capacity = capacity
    }

    deinit {
        #if !hasFeature(Embedded)
            unsafe start.deallocate()
        #endif
    }

    @inline(__always)
    private func check(_ range: Range<Int>) {
        precondition(range.lowerBound >= 0 && range.upperBound <= capacity)
    }

    /// One byte that was filled before.
    subscript(index: Int) -> UInt8 {
        get {
            check(index..<index + 1)
            // Sound: inside, and callers only access bytes that were read or copied in.
            return unsafe start[index]
        }
        set {
            check(index..<index + 1)
            // Sound: inside.
            unsafe start[index] = newValue
        }
    }

    /// The bytes of a range that was filled before.
    @_lifetime(borrow self)
    func bytes(_ range: Range<Int>) -> Span<UInt8> {
        check(range)
        // Sound: inside, and the memory lives as long as self, which the span borrows.
        let span = unsafe Span(_unsafeStart: start + range.lowerBound, count: range.count)
        return unsafe _overrideLifetime(span, borrowing: self)
    }

    /// The place where the byte occurs first in this range, or nil.
    func firstIndex(of byte: UInt8, in range: Range<Int>) -> Int? {
        check(range)
        // Sound: inside.
        let found = unsafe chandler_find(start + range.lowerBound, byte, range.count)
        return found < 0 ? nil : range.lowerBound + found
    }

    /// The place where the first blank line begins that follows an LF of this range, or nil. A blank line is LF, CR LF,
    /// or a CR at the end of the range, which may become one.
    func firstBlankLine(in range: Range<Int>) -> Int? {
        check(range)
        // Sound: inside.
        let found = unsafe chandler_find_blank_line(start + range.lowerBound, range.count)
        return found < 0 ? nil : range.lowerBound + found
    }

    /// Copies bytes in.
    mutating func copy(_ source: borrowing Span<UInt8>, to offset: Int) {
        check(offset..<offset + source.count)
        // Sound: both sides are inside, and a span never overlaps memory that is mutably borrowed.
        unsafe source.withUnsafeBufferPointer { from in
            guard let address = from.baseAddress else { return }
            unsafe (start + offset).update(from: address, count: from.count)
        }
    }

    /// Copies bytes in, each of them transformed.
    mutating func copy(_ source: borrowing Span<UInt8>, to offset: Int, mapping transform: (UInt8) -> UInt8) {
        check(offset..<offset + source.count)
        // Sound: both sides are inside.
        unsafe source.withUnsafeBufferPointer { from in
            for index in 0..<from.count { unsafe start[offset + index] = transform(from[index]) }
        }
    }

    /// Moves the bytes of a range to the front.
    mutating func moveToFront(_ range: Range<Int>) {
        check(range)
        // Sound: inside, and update(from:) allows an overlap.
        unsafe start.update(from: start + range.lowerBound, count: range.count)
    }

    /// Reads once into a range, and returns the number of bytes, 0 at the end of input, or -errno.
    mutating func read(_ descriptor: Int32, into range: Range<Int>) -> Int {
        check(range)
        // Sound: inside.
        return unsafe chandler_read(descriptor, start + range.lowerBound, range.count)
    }
}

extension Span<UInt8> {
    /// Writes from the first byte on, and returns how many bytes the kernel took, or -errno.
    func write(to descriptor: Int32) -> Int {
        // Sound: the buffer is the span's own.
        unsafe withUnsafeBufferPointer { buffer in
            guard let address = buffer.baseAddress else { return 0 }
            return unsafe chandler_write(descriptor, address, buffer.count)
        }
    }

    /// Writes without waiting, and returns how many bytes the kernel took, or -errno.
    func writeSome(to descriptor: Int32, isSocket: Int32) -> Int {
        // Sound: the buffer is the span's own.
        unsafe withUnsafeBufferPointer { buffer in
            guard let address = buffer.baseAddress else { return 0 }
            return unsafe chandler_write_some(descriptor, isSocket, address, buffer.count)
        }
    }
}
