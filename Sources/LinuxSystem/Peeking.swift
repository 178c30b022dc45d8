// Reads what a peer has sent without removing it, and removes exactly as much as is wanted. Nothing here waits.
internal import CLinux

/// What a peek at a connection finds.
package enum PeekResult: Hashable, Sendable {
    case nothing
    case bytes
    /// The peer has ended its output, or the connection.
    case end
}

extension Descriptor {
    /// Peeks whether the peer has sent anything.
    package func peek() -> PeekResult {
        var byte: UInt8 = 0
        // Sound: the call writes at most one byte, into a variable of one.
        let found = unsafe clinux_peek(number, &byte, 1)
        if found > 0 { return .bytes }
        let errno = Errno(Int32(-found))
        return errno == .again || errno == .interrupted ? .nothing : .end
    }

    /// Peeks at the first bytes that are there, as many as the array has room for.
    ///
    /// - Returns: how many; nil at the end of the input, without any bytes before it.
    package func peek(into array: inout [UInt8]) -> Int? {
        // Sound: the call uses the array only while it runs, and gets its size.
        let found = unsafe array.withUnsafeMutableBytes { unsafe clinux_peek(number, $0.baseAddress, $0.count) }
        if found > 0 { return Int(found) }
        let errno = Errno(Int32(-found))
        return errno == .again || errno == .interrupted ? 0 : nil
    }

    /// Removes bytes that a peek has shown.
    ///
    /// - Parameters:
    ///   - count: not more than the array has.
    /// - Returns: whether there were that many.
    package func take(_ count: Int, into array: inout [UInt8]) -> Bool {
        precondition(count <= array.count, "the array is too short for the bytes to take")
        // Sound: the call uses the array only while it runs, and the array is not shorter than the count.
        return unsafe array.withUnsafeMutableBytes {
            unsafe clinux_take_input(number, $0.baseAddress, count) == count
        }
    }

    /// Makes the socket readable from this many bytes on, or at the end. Dropped result: a connection that is over
    /// stays as it is.
    package func setLeastInput(_ count: Int) { _ = clinux_set_least_input(number, Int32(clamping: count)) }

    /// Whether no more bytes will arrive than are there already.
    package var isInputOver: Bool { clinux_is_input_over(number) != 0 }
}
