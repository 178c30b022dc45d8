// The results of reading by lines and by paragraphs. Nothing is trimmed or repaired.

/// How a line ended.
public enum LineEnding: Int, Sendable {
    /// The end of input: the line has no LF.
    case none = 0
    /// LF alone.
    case lineFeed = 1
    /// CR LF.
    case carriageReturnLineFeed = 2
}

/// A line.
public struct Line: Sendable {
    /// The whole line, with its ending.
    public let bytes: InputSlice
    /// The ending.
    public let ending: LineEnding

    /// The line without its ending.
    public var text: InputSlice { bytes.prefix(bytes.count - ending.rawValue) }
    /// Whether the line is an ending and nothing else.
    public var isBlank: Bool { ending != .none && text.isEmpty }
}

/// The result of reading a line.
public enum LineEvent: Sendable {
    /// A line within the allowed length.
    case line(Line)
    /// The line is longer than allowed. There is one such event for the line; the next read of any kind begins after
    /// its LF.
    case tooLong
}

/// A blank line, or bytes in which no blank line begins.
public struct Paragraph: Sendable {
    /// All bytes, with the endings of the lines.
    public let bytes: InputSlice
    /// Whether these bytes are a blank line and nothing else.
    public let isBlankLine: Bool
}
