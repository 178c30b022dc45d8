// What reading by lines gives: the bytes, and how they ended. Nothing is trimmed or repaired on the way.

/// How a line ended.
public enum LineEnding: Int, Sendable {
    /// With the end of input.
    case none = 0
    /// With LF alone.
    case lineFeed = 1
    /// With CR LF.
    case carriageReturnLineFeed = 2
}

/// A line.
public struct Line: Sendable {
    /// All of it, with its ending.
    public let bytes: InputSlice
    /// How it ended.
    public let ending: LineEnding

    /// All of it, without its ending.
    public var text: InputSlice { bytes.prefix(bytes.count - ending.rawValue) }
    /// Whether there is nothing in it but its ending.
    public var isBlank: Bool { ending != .none && text.isEmpty }
}

/// What the next line turned out to be.
public enum LineEvent: Sendable {
    /// A line no longer than was allowed.
    case line(Line)
    /// The line is longer than was allowed. This is said once; the next read of any kind goes on behind its LF.
    case tooLong
}

/// A blank line, or bytes in which none begins.
public struct Paragraph: Sendable {
    /// All of it, with every line's ending.
    public let bytes: InputSlice
    /// Whether it is a blank line and nothing else.
    public let isBlankLine: Bool
}
