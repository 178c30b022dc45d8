// One header field of a message, and what ends the header.

/// A header field as the policy sees it: good as long as the call that it is passed to.
public struct HeaderField: ~Escapable {
    /// Its name as it was written, without the colon and without blanks.
    public let name: Span<UInt8>
    /// Its value, unfolded: the line endings are gone, the blanks that begin the next line stay; blanks before it are gone.
    public let value: Span<UInt8>
    /// Whether the value was longer than there is room for, and only its beginning is here.
    public let isCut: Bool

    @_lifetime(copy name, copy value)
    init(name: Span<UInt8>, value: Span<UInt8>, isCut: Bool) {
        self.name = name
        self.value = value
        self.isCut = isCut
    }
}

/// What ended a message's header.
public enum HeaderEnd: Sendable {
    /// A blank line, which belongs neither to the header nor to the body.
    case blankLine
    /// A line that is no header field; the body begins with it.
    case otherLine
    /// The end of the message: there is no body.
    case endOfMessage
}
