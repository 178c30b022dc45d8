// Reading where only the bytes themselves show how many of them to take: peek at the input, then take a part of it.
// Promises that the next read of any kind begins with the first byte that was not taken.
internal import CHandler

extension Connection {
    /// Returns the unread bytes, at least one, without taking them; nil at the end of input. Reads only if there are
    /// none.
    public mutating func peek() throws(ConnectionError) -> InputSlice? {
        try finishSkipping()
        if input.unreadCount == 0 {
            guard try fill() else { return nil }
        }
        return input.unreadBytes
    }

    /// Takes bytes from the front of those that `peek` returned.
    /// - Parameter count: at most as many as `peek` returned.
    public mutating func take(_ count: Int) {
        _ = input.take(count)
    }

    /// Whether a read would not have to wait: there are unread bytes, in the buffer or in the kernel, or the input has
    /// ended.
    public var hasInput: Bool {
        input.unreadCount > 0 || inputStage?.hasMore == true
            || chandler_wait(input.descriptor, Int32(CHANDLER_READABLE), 0) == 1
    }
}

extension Span<UInt8> {
    /// The place where one byte or the other occurs first, from `start` on, or nil.
    public func firstIndex(of one: UInt8, or other: UInt8, from start: Int = 0) -> Int? {
        // Sound: the address and the count are the span's own, and extracting checks the start.
        let found = unsafe extracting(start..<count).withUnsafeBufferPointer { buffer in
            guard let address = buffer.baseAddress else { return -1 }
            return unsafe chandler_find_either(address, one, other, buffer.count)
        }
        return found < 0 ? nil : start + found
    }

    /// The place where this byte occurs first, from `start` on, or nil.
    public func firstIndex(of byte: UInt8, from start: Int = 0) -> Int? {
        // Sound: the address and the count are the span's own, and extracting checks the start.
        let found = unsafe extracting(start..<count).withUnsafeBufferPointer { buffer in
            guard let address = buffer.baseAddress else { return -1 }
            return unsafe chandler_find(address, byte, buffer.count)
        }
        return found < 0 ? nil : start + found
    }
}
