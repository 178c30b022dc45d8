// A stretch of the input that ends with a mark, such as a mail's with CR LF . CR LF.
// Promises that the mark is found however the stream is cut, that no part of it is handed out, and that the next read of any
// kind goes on right behind it. Holds back nothing but what may be the beginning of the mark.

/// The bytes of the input up to a mark, to be read in pieces.
///
///     var mail = DelimitedBody(endingWith: "\r\n.\r\n", alreadyMatched: 2)
///     while let piece = try connection.nextPiece(of: &mail) { … }
public struct DelimitedBody: Sendable {
    /// What ends it.
    let delimiter: StaticBytes
    /// How many bytes of the mark count as read before the first byte; 0 after it.
    fileprivate var matched: Int
    /// Whether the mark was read.
    public fileprivate(set) var isComplete = false

    /// - Parameters:
    ///   - delimiter: the mark; at least one byte.
    ///   - matched: how many of the mark's first bytes stood directly before the stream and count for it, such as the CR LF of the
    ///     line before a mail: a mark that comes at once is then recognised by its rest.
    public init(endingWith delimiter: StaticBytes, alreadyMatched matched: Int = 0) {
        precondition(matched >= 0 && matched < delimiter.count)
        self.delimiter = delimiter
        self.matched = matched
    }
}

extension Connection {
    /// The next bytes before the mark, as many as there are; nil when the mark was read.
    ///
    /// Errors: `endedEarly` if the input ends without it; all bytes before the end were handed out by then.
    public mutating func nextPiece(of body: inout DelimitedBody) throws(ConnectionError) -> InputSlice? {
        precondition(body.delimiter.count <= input.capacity)
        if body.isComplete { return nil }
        try finishSkipping()
        while true {
            let rest = body.delimiter.dropFirst(body.matched)
            let (count, isWhole) = input.lengthBefore(rest, body.matched == 0 ? .anywhere : .atFront)
            if isWhole && count == 0 {
                _ = input.take(rest.count)
                body.isComplete = true
                return nil
            }
            if body.matched > 0 && count > 0 {
                body.matched = 0
                continue
            }
            // What may be the beginning of the mark is one no longer when nothing follows.
            let ready = count == 0 && input.isAtEnd ? input.unreadCount : count
            if ready > 0 {
                body.matched = 0
                return input.take(ready)
            }
            if try !fill(), input.unreadCount == 0 { throw .endedEarly }
        }
    }
}
