// Looking at what a peer has sent, without taking it away, and taking away exactly as much as is wanted. Nothing here waits.
internal import CLinux

/// What a look at a connection finds.
package enum PeekResult: Hashable, Sendable {
    case nothing
    case bytes
    /// The peer has ended its output, or the connection.
    case end
}

extension Descriptor {
    /// Looks whether the peer has sent anything.
    package func peek() -> PeekResult {
        var byte: UInt8 = 0
        // Sound: one byte is written, into a variable of one.
        let found = unsafe clinux_peek(number, &byte, 1)
        if found > 0 { return .bytes }
        let errno = Errno(Int32(-found))
        return errno == .again || errno == .interrupted ? .nothing : .end
    }

    /// Looks at the first bytes that are there, as many as the array has room for.
    ///
    /// - Returns: how many; nil at the end with none before it.
    package func peek(into array: inout [UInt8]) -> Int? {
        // Sound: the array is lent for the length of the call, with its size.
        let found = unsafe array.withUnsafeMutableBytes { unsafe clinux_peek(number, $0.baseAddress, $0.count) }
        if found > 0 { return Int(found) }
        let errno = Errno(Int32(-found))
        return errno == .again || errno == .interrupted ? 0 : nil
    }

    /// Takes bytes away that were looked at.
    ///
    /// - Parameters:
    ///   - count: at most as many as the array has.
    /// - Returns: whether they were all there.
    package func take(_ count: Int, into array: inout [UInt8]) -> Bool {
        precondition(count <= array.count, "there is room for what is taken")
        // Sound: the array is lent for the length of the call, and is not shorter than the count.
        return unsafe array.withUnsafeMutableBytes {
            unsafe clinux_take_input(number, $0.baseAddress, count) == count
        }
    }

    /// As many bytes make it readable, and so does the end. One that has gone by itself stays as it is.
    package func setLeastInput(_ count: Int) { _ = clinux_set_least_input(number, Int32(clamping: count)) }

    /// Whether no more will come than is there already.
    package var isInputOver: Bool { clinux_is_input_over(number) != 0 }
}
