// A stretch of the input that ends with a mark, such as a mail's with CR LF . CR LF.
// Promises that the mark is found however the stream is cut, that no part of it is handed out, and that the next read of any
// kind goes on right behind it. Holds back nothing but what may be the beginning of the mark.

/// The bytes of the input up to a mark, to be read in pieces.
///
///     var mail = Terminated(by: "\r\n.\r\n", begun: 2)
///     while let piece = try connection.nextPiece(of: &mail) { … }
public struct Terminated: Sendable {
    /// What ends it.
    let terminator: StaticBytes
    /// How many bytes of the mark count as read before the first byte; 0 after it.
    fileprivate var begun: Int
    /// Whether the mark was read.
    public fileprivate(set) var isComplete = false

    /// - Parameters:
    ///   - terminator: the mark; at least one byte.
    ///   - begun: how many of the mark's first bytes stood directly before the stream and count for it, such as the CR LF of the
    ///     line before a mail: a mark that comes at once is then recognised by its rest.
    public init(by terminator: StaticBytes, begun: Int = 0) {
        precondition(begun >= 0 && begun < terminator.count)
        self.terminator = terminator
        self.begun = begun
    }
}

extension Connection {
    /// The next bytes before the mark, as many as there are; nil when the mark was read.
    ///
    /// Errors: `endedEarly` if the input ends without it; all bytes before the end were handed out by then.
    public mutating func nextPiece(of stream: inout Terminated) throws(ConnectionError) -> InputSlice? {
        precondition(stream.terminator.count <= input.capacity)
        if stream.isComplete { return nil }
        try finishSkipping()
        while true {
            let rest = stream.terminator.dropFirst(stream.begun)
            let (count, isWhole) = input.lengthBefore(rest, stream.begun == 0 ? .anywhere : .atFront)
            if isWhole && count == 0 {
                _ = input.take(rest.count)
                stream.isComplete = true
                return nil
            }
            if stream.begun > 0 && count > 0 {
                stream.begun = 0
                continue
            }
            // What may be the beginning of the mark is one no longer when nothing follows.
            let ready = count == 0 && input.isAtEnd ? input.unreadCount : count
            if ready > 0 {
                stream.begun = 0
                return input.take(ready)
            }
            if try !fill(), input.unreadCount == 0 { throw .endedEarly }
        }
    }
}
