// Reading whose extent only the bytes themselves tell: look at what is there, then take as much of it as it was.
// Promises that what was not taken is read next, by whatever kind of reading.
internal import CHandler

extension Connection {
    /// The bytes that are there, at least one, without taking them; nil at the end of input. Reads only if none are there.
    public mutating func peek() throws(ConnectionError) -> InputSlice? {
        try finishSkipping()
        if input.unreadCount == 0 {
            guard try fill() else { return nil }
        }
        return input.unreadBytes
    }

    /// Takes the first of the bytes that are there.
    /// - Parameter count: at most as many as `peek` gave.
    public mutating func take(_ count: Int) {
        _ = input.take(count)
    }

    /// Whether more input is there already, read or not yet read. The end of input counts too.
    public var hasInput: Bool {
        input.unreadCount > 0 || inputStage?.hasMore == true
            || chandler_wait(input.descriptor, Int32(CHANDLER_READABLE), 0) == 1
    }
}

extension Span<UInt8> {
    /// Where one byte or the other occurs first at or behind a place, or nil.
    public func firstIndex(of one: UInt8, or other: UInt8, from start: Int = 0) -> Int? {
        // Sound: the buffer is the span's own, and extracting checks the start.
        let found = unsafe extracting(start..<count).withUnsafeBufferPointer { buffer in
            guard let address = buffer.baseAddress else { return -1 }
            return unsafe chandler_find_either(address, one, other, buffer.count)
        }
        return found < 0 ? nil : start + found
    }

    /// Where this byte occurs first at or behind a place, or nil.
    public func firstIndex(of byte: UInt8, from start: Int = 0) -> Int? {
        // Sound: the buffer is the span's own, and extracting checks the start.
        let found = unsafe extracting(start..<count).withUnsafeBufferPointer { buffer in
            guard let address = buffer.baseAddress else { return -1 }
            return unsafe chandler_find(address, byte, buffer.count)
        }
        return found < 0 ? nil : start + found
    }
}
