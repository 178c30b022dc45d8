// One header field of a message, and the ways in which a header ends.

/// A header field as a policy gets it: valid during the call that it is passed to.
public struct HeaderField: ~Escapable {
    /// The name as the message has it, without the colon and without blanks.
    public let name: Span<UInt8>
    /// The unfolded value: without line endings, but with the blanks that begin the next line; without blanks at the
    /// front.
    public let value: Span<UInt8>
    /// Whether the value is too long for the buffer, so that this is only its beginning.
    public let isCut: Bool

    @_lifetime(copy name, copy value)
    init(name: Span<UInt8>, value: Span<UInt8>, isCut: Bool) {
        self.name = name
        self.value = value
        self.isCut = isCut
    }
}

/// How the header of a message ended.
public enum HeaderEnd: Sendable {
    /// With a blank line, which belongs neither to the header nor to the body.
    case blankLine
    /// With a line that is no header field; the body begins with that line.
    case otherLine
    /// With the end of the message, which has no body.
    case endOfMessage
}
