// A part of the input that ends with a delimiter, such as a mail, which ends with CR LF . CR LF.
// Promises to find the delimiter however the network cuts the stream, to return no part of it, and that the next read
// of any kind begins right after it. Holds back only bytes that may be the beginning of the delimiter.

/// The bytes of the input up to a delimiter, to be read in pieces.
///
///     var mail = DelimitedBody(endingWith: "\r\n.\r\n", alreadyMatched: 2)
///     while let piece = try connection.nextPiece(of: &mail) { … }
public struct DelimitedBody: Sendable {
    /// The bytes that end the body.
    let delimiter: StaticBytes
    /// How many bytes of the delimiter count as read before the first byte of the body; 0 after that.
    fileprivate var matched: Int
    /// Whether the delimiter was read.
    public fileprivate(set) var isComplete = false

    /// - Parameters:
    ///   - delimiter: at least one byte.
    ///   - matched: how many of the delimiter's first bytes the input had right before the body, such as the CR LF of
    ///     the line before a mail. If the rest of the delimiter comes first, the body is then empty.
    public init(endingWith delimiter: StaticBytes, alreadyMatched matched: Int = 0) {
        precondition(matched >= 0 && matched < delimiter.count)
        self.delimiter = delimiter
        self.matched = matched
    }
}

extension Connection {
    /// Reads the next bytes before the delimiter, as many as there are; nil after the delimiter.
    ///
    /// Errors: `endedEarly` if the input ends without the delimiter; all bytes before the end were returned by then.
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
            // At the end of input, bytes that could have been the beginning of the delimiter are part of the body.
            let ready = count == 0 && input.isAtEnd ? input.unreadCount : count
            if ready > 0 {
                body.matched = 0
                return input.take(ready)
            }
            if try !fill(), input.unreadCount == 0 { throw .endedEarly }
        }
    }
}
