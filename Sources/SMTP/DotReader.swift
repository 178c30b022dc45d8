// The end of a message that DATA brings: CR LF . CR LF, and nothing else on earth.
// A byte automaton that sees each byte once, in whatever pieces they come; between line endings it runs at the speed of a
// search. Promises constant memory, no limit on a line, and that a dot is taken off exactly where RFC 5321 4.5.2 says.
// A CR or an LF that are not CR LF are noticed (`.refuse`), or an LF becomes CR LF (`.repair`); either way they end no message:
// not LF . LF, not CR . CR, not LF . CR LF, not CR LF . LF.
// Sources: RFC 5321 4.1.1.4, 4.5.2, 2.3.8; CVE-2023-51764, -51765, -51766.
import HandlerKit

/// What is done about a CR or an LF that are not CR LF.
enum BareLineEndingAction {
    /// They are noticed: the message will not be taken.
    case refuse
    /// An LF becomes CR LF and begins a line; a CR stays. A dot alone between such line endings is a line with a dot.
    case repair
}

/// Something of a message.
enum MessagePart {
    /// Bytes of the piece that was read.
    case bytes(Range<Int>)
    /// Bytes that are not in the piece, or not as they should be.
    case text(StaticBytes)
}

/// Reads one message.
struct DotReader {
    private enum State {
        /// Behind CR LF, or at the very beginning.
        case lineStart
        /// Behind a bare LF.
        case bareLineStart
        case inLine
        /// Behind a CR in a line.
        case carriageReturn
        /// Before an LF that is alone, and what was before it has been handed out.
        case bareFeed
        /// Behind a dot that begins a line; loose: a line behind a bare LF.
        case dot(followsBareLineFeed: Bool)
        /// Behind such a dot and a CR.
        case dotCarriageReturn(followsBareLineFeed: Bool)
        case end
    }

    private let bareLineEndings: BareLineEndingAction
    private var state = State.lineStart
    /// Whether there was a CR or an LF that were not CR LF.
    private(set) var hasBareLineEnding = false

    init(_ bareLineEndings: BareLineEndingAction) { self.bareLineEndings = bareLineEndings }

    /// Whether the end was read.
    var isAtEnd: Bool {
        if case .end = state { true } else { false }
    }

    /// The next part of the message in these bytes, or nil if there is none: they were all read, or the end is behind the
    /// position.
    /// - Parameter position: how far they were read; moves on.
    mutating func next(in bytes: Span<UInt8>, _ position: inout Int) -> MessagePart? {
        // What is between start and position is part of the message and was not handed out.
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

/// Looks for a CR or an LF that are not CR LF in bytes that come in pieces and have no end of their own: the chunks of BDAT.
struct BareLineEndingFinder {
    private var isAfterCarriageReturn = false
    /// Whether there was one.
    private(set) var hasFound = false

    /// Looks at the next piece.
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

    /// Says that nothing more comes.
    mutating func finish() {
        if isAfterCarriageReturn { hasFound = true }
    }
}
