// Reads the header of a message, field by field, from bytes that come in pieces.
// Promises: it passes on each field once, unfolded, when it is complete; it splits header and body exactly: a blank
// line belongs to neither, and a line that is no field belongs to the body from its first byte on. A name and a value
// of more than 4096 bytes are cut, and the field says so. A continuation line begins with a space or a tab, even if it
// has nothing else (obs-FWS). Blanks before the colon are allowed (RFC 5322 4.5). A line ends with LF, with or without
// a CR before it, because the transport has already refused bare LFs.
// Source: RFC 5322 2.2, 2.2.3, 3.6.8, 4.2, 4.5.
import HandlerKit

/// Reads one header.
struct HeaderReader: ~Copyable {
    /// The most bytes of a name and its value.
    static var capacity: Int { 4096 }
    /// The longest name.
    static var longestName: Int { 997 }

    private enum State {
        case lineStart
        /// After a CR that begins a line.
        case blankLine
        case name
        /// After a name and blanks.
        case nameBlanks
        /// Before the first byte of a value that is not a blank.
        case valueStart
        case value
        /// After a CR in a value.
        case carriageReturn
        case end
    }

    private var storage = InlineArray<4096, UInt8>(repeating: 0)
    private var count = 0
    private var nameCount = 0
    private var hasField = false
    private var isCut = false
    private var state = State.lineStart
    /// The number of fields with the name Received.
    private(set) var receivedCount = 0

    /// Whether the header has ended.
    var isAtEnd: Bool { state == .end }

    /// Reads bytes, and passes the policy each complete field, the end of the header, and a line that begins the body.
    /// - Returns: the number of bytes that were read: all, or those before the rest of the body.
    mutating func read<Policy: SMTPPolicy & ~Copyable>(_ bytes: Span<UInt8>, _ policy: inout Policy) -> Int {
        var position = 0
        while position < bytes.count, state != .end {
            if read(bytes[position], &policy) { position += 1 }
        }
        return position
    }

    /// Ends the message. Does nothing if the header has ended before.
    mutating func finish<Policy: SMTPPolicy & ~Copyable>(_ policy: inout Policy) {
        switch state {
        case .end: return
        case .name, .nameBlanks, .blankLine: endWithOtherLine(&policy)
        case .lineStart, .valueStart, .value, .carriageReturn:
            deliver(&policy)
            end(.endOfMessage, &policy)
        }
    }

    /// Reads one byte. False: the byte has to be read again, in the new state.
    private mutating func read<Policy: SMTPPolicy & ~Copyable>(_ byte: UInt8, _ policy: inout Policy) -> Bool {
        switch state {
        case .lineStart: return readLineStart(byte, &policy)
        case .blankLine:
            guard byte == .lineFeed else {
                endWithOtherLine(&policy)
                return false
            }
            count = 0
            end(.blankLine, &policy)
        case .name, .nameBlanks:
            if byte == .colon {
                (nameCount, hasField, state) = (nameLength, true, .valueStart)
                count = nameCount
            } else if byte.isWhiteSpace || state == .name && byte.isFieldNameText, count < Self.longestName {
                if byte.isWhiteSpace { state = .nameBlanks }
                append(byte)
            } else {
                endWithOtherLine(&policy)
                return false
            }
        case .valueStart:
            if byte.isWhiteSpace { return true }
            state = .value
            return false
        case .value: readValue(byte)
        case .carriageReturn:
            state = .value
            if byte == .lineFeed { return false }
            append(.carriageReturn)
            return false
        case .end: preconditionFailure("nothing is read after the end")
        }
        return true
    }

    private mutating func readValue(_ byte: UInt8) {
        switch byte {
        case .carriageReturn: state = .carriageReturn
        case .lineFeed: state = .lineStart
        default: append(byte)
        }
    }

    private mutating func readLineStart<Policy: SMTPPolicy & ~Copyable>(
        _ byte: UInt8, _ policy: inout Policy
    ) -> Bool {
        if hasField && byte.isWhiteSpace {
            state = count == nameCount ? .valueStart : .value
            return false
        }
        deliver(&policy)
        switch byte {
        case .carriageReturn:
            append(byte)
            state = .blankLine
        case .lineFeed: end(.blankLine, &policy)
        case _ where byte.isFieldNameText: (state, _) = (.name, append(byte))
        default:
            endWithOtherLine(&policy)
            return false
        }
        return true
    }

    /// The length of the name without the blanks after it.
    private var nameLength: Int {
        var length = count
        while length > 0, storage[length - 1].isWhiteSpace { length -= 1 }
        return length
    }

    private mutating func append(_ byte: UInt8) {
        guard count < Self.capacity else {
            isCut = true
            return
        }
        storage[count] = byte
        count += 1
    }

    /// Passes the field that was read last to the policy, if there is one.
    private mutating func deliver<Policy: SMTPPolicy & ~Copyable>(_ policy: inout Policy) {
        if hasField {
            let name = storage.span.extracting(0..<nameCount)
            if name.equalsIgnoringCase("Received") { receivedCount += 1 }
            let value = storage.span.extracting(nameCount..<count)
            policy.header(HeaderField(name: name, value: value, isCut: isCut))
        }
        (count, nameCount, hasField, isCut) = (0, 0, false, false)
    }

    private mutating func end<Policy: SMTPPolicy & ~Copyable>(_ end: HeaderEnd, _ policy: inout Policy) {
        state = .end
        policy.endOfHeaders(end)
    }

    /// Ends the header: the line that was read so far is the beginning of the body.
    private mutating func endWithOtherLine<Policy: SMTPPolicy & ~Copyable>(_ policy: inout Policy) {
        end(.otherLine, &policy)
        if count > 0 { policy.body(storage.span.extracting(0..<count)) }
        count = 0
    }
}
