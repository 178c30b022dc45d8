// Reads a message that DATA brings, up to its end: CR LF . CR LF, and nothing else. An automaton that reads each byte
// once, in pieces of any size; between line endings it is as fast as a search. Promises constant memory, no limit on
// the length of a line, and that a dot is removed exactly where RFC 5321 4.5.2 says. It notes a CR or an LF that is not
// part of a CR LF (`.refuse`), or turns an LF into CR LF (`.repair`). In both cases they never end a message: not LF .
// LF, not CR . CR, not LF . CR LF, not CR LF . LF.
// Sources: RFC 5321 4.1.1.4, 4.5.2, 2.3.8; CVE-2023-51764, -51765, -51766.
import HandlerKit

/// What is done about a CR or an LF that is not part of a CR LF.
enum BareLineEndingAction {
    /// They are noted: the server refuses the message.
    case refuse
    /// An LF becomes CR LF and begins a line; a CR stays. A dot between such line endings is a line with one dot.
    case repair
}

/// A part of a message.
enum MessagePart {
    /// A range of the piece that was read.
    case bytes(Range<Int>)
    /// Bytes that are not in the piece, or stand for other bytes of it.
    case text(StaticBytes)
}

/// Reads one message.
struct DotReader {
    private enum State {
        /// After CR LF, or at the beginning of the message.
        case lineStart
        /// After a bare LF.
        case bareLineStart
        case inLine
        /// After a CR in a line.
        case carriageReturn
        /// Before a bare LF; the bytes before it were returned.
        case bareFeed
        /// After a dot that begins a line.
        case dot(followsBareLineFeed: Bool)
        /// After such a dot and a CR.
        case dotCarriageReturn(followsBareLineFeed: Bool)
        case end
    }

    private let bareLineEndings: BareLineEndingAction
    private var state = State.lineStart
    /// Whether there was a CR or an LF that is not part of a CR LF.
    private(set) var hasBareLineEnding = false

    init(_ bareLineEndings: BareLineEndingAction) { self.bareLineEndings = bareLineEndings }

    /// Whether the end was read.
    var isAtEnd: Bool {
        if case .end = state { true } else { false }
    }

    /// Returns the next part of the message in these bytes; nil if they were all read, or if the message ends at the
    /// position.
    /// - Parameter position: the number of bytes that were read; it increases.
    mutating func next(in bytes: Span<UInt8>, _ position: inout Int) -> MessagePart? {
        // The bytes between start and position are part of the message and were not returned yet.
        var start = position
        while position < bytes.count {
            let byte = bytes[position]
            switch state {
            case .lineStart, .bareLineStart:
                let followsBareLineFeed = if case .bareLineStart = state { true } else { false }
                guard byte == .dot else {
                    state = .inLine
                    continue
                }
                state = .dot(followsBareLineFeed: followsBareLineFeed)
                position += 1
                if position - 1 > start { return .bytes(start..<position - 1) }
                start = position
            case .inLine:
                guard let found = bytes.firstIndex(of: .carriageReturn, or: .lineFeed, from: position) else {
                    position = bytes.count
                    continue
                }
                position = found
                if bytes[found] == .carriageReturn {
                    position += 1
                    state = .carriageReturn
                } else {
                    state = .bareFeed
                    if found > start { return .bytes(start..<found) }
                }
            case .carriageReturn:
                if byte == .lineFeed {
                    position += 1
                    state = .lineStart
                } else {
                    hasBareLineEnding = true
                    state = .inLine
                }
            case .bareFeed:
                hasBareLineEnding = true
                state = .bareLineStart
                position += 1
                return .text(bareLineEndings == .repair ? "\r\n" : "\n")
            case .dot(let followsBareLineFeed):
                if byte == .carriageReturn {
                    state = .dotCarriageReturn(followsBareLineFeed: followsBareLineFeed)
                    position += 1
                    start = position
                } else if byte == .lineFeed {
                    state = .bareFeed
                    return .text(".")
                } else {
                    state = .inLine
                }
            case .dotCarriageReturn(let followsBareLineFeed):
                if byte != .lineFeed {
                    hasBareLineEnding = true
                    state = .inLine
                    return .text("\r")
                }
                position += 1
                guard followsBareLineFeed else {
                    state = .end
                    return nil
                }
                state = .lineStart
                return .text(".\r\n")
            case .end:
                return nil
            }
        }
        return position > start ? .bytes(start..<position) : nil
    }
}

/// Looks for a CR or an LF that is not part of a CR LF, in bytes that come in pieces: the chunks of BDAT.
struct BareLineEndingFinder {
    private var isAfterCarriageReturn = false
    /// Whether one was found.
    private(set) var hasFound = false

    /// Searches the next piece.
    mutating func scan(_ bytes: Span<UInt8>) {
        var position = 0
        while position < bytes.count {
            if isAfterCarriageReturn {
                if bytes[position] == .lineFeed { position += 1 } else { hasFound = true }
                isAfterCarriageReturn = false
            }
            guard let found = bytes.firstIndex(of: .carriageReturn, or: .lineFeed, from: position) else { return }
            if bytes[found] == .lineFeed { hasFound = true }
            isAfterCarriageReturn = bytes[found] == .carriageReturn
            position = found + 1
        }
    }

    /// Ends the search: no piece follows.
    mutating func finish() {
        if isAfterCarriageReturn { hasFound = true }
    }
}
