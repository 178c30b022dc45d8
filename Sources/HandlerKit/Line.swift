// What reading by lines gives: the bytes, and how they ended. Nothing is trimmed or repaired on the way.

/// How a line ended.
public enum LineEnding: Int, Sendable {
    /// With the end of input, or not yet: there is more of this line to come.
    case none = 0
    /// With LF alone.
    case lineFeed = 1
    /// With CR LF.
    case carriageReturnLineFeed = 2
}

/// A line, or a part of one when it was read by parts.
public struct Line: Sendable {
    /// All of it, with its ending.
    public let bytes: Slice
    /// How it ended.
    public let ending: LineEnding
    /// Whether nothing of the same line came before.
    public let isBeginning: Bool

    /// All of it, without its ending.
    public var text: Slice { bytes.prefix(bytes.count - ending.rawValue) }
    /// Whether it is a whole line and there is nothing in it.
    public var isBlank: Bool { isBeginning && ending != .none && bytes.count == ending.rawValue }
}

/// What the next line turned out to be.
public enum LineEvent: Sendable {
    case line(Line)
    /// The line is longer than was allowed. This is said once; the next read of any kind goes on behind its LF.
    case tooLong
}
