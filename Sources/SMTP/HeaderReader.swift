// A message's header, field by field, out of bytes that come in pieces.
// Promises: each field once, unfolded, when it is whole; the split between header and body is exact: of a blank line nothing
// belongs to either, and a line that is no field belongs to the body from its first byte on. What does not fit, 4096 bytes of
// name and value, is cut and said to be.
// A continuation begins with a space or a tab, even if nothing else is in it (obs-FWS). Blanks before the colon are allowed
// (RFC 5322 4.5). The end of a line is LF with or without a CR before it: the transport has refused what is not CR LF already.
// Source: RFC 5322 2.2, 2.2.3, 3.6.8, 4.2, 4.5; SM-11 to SM-13, W-17, W-27.
import HandlerKit

/// Reads one header.
struct HeaderReader: ~Copyable {
    /// The most bytes of a name and its value.
    static var capacity: Int { 4096 }
    /// The longest name.
    static var longestName: Int { 997 }

    private enum State {
        case lineStart
        /// Behind a CR that begins a line.
        case blankLine
        case name
        /// Behind a name and blanks.
        case nameBlanks
        /// Before the first byte of a value that is no blank.
        case valueStart
        case value
        /// Behind a CR in a value.
        case carriageReturn
        case end
    }

    private var storage = InlineArray<4096, UInt8>(repeating: 0)
    private var count = 0
    private var nameCount = 0
    private var hasField = false
    private var isCut = false
    private var state = State.lineStart
    /// How many fields of the name Received there were.
    private(set) var receivedCount = 0

    /// Whether the header was left behind.
    var isAtEnd: Bool { state == .end }

    /// Reads bytes, and tells the policy of every field that is whole, of the end of the header, and of what the body begins with.
    /// - Returns: how many bytes were read: all, or those before the rest of the body.
    mutating func read<Policy: SMTPPolicy & ~Copyable>(_ bytes: Span<UInt8>, _ policy: inout Policy) -> Int {
        var position = 0
        while position < bytes.count, state != .end {
            if read(bytes[position], &policy) { position += 1 }
        }
        return position
    }

    /// Says that the message has ended. Does nothing behind the header.
    mutating func finish<Policy: SMTPPolicy & ~Copyable>(_ policy: inout Policy) {
        switch state {
        case .end: return
        case .name, .nameBlanks, .blankLine: endWithOtherLine(&policy)
        case .lineStart, .valueStart, .value, .carriageReturn:
            deliver(&policy)
            end(.endOfMessage, &policy)
        }
    }

    /// False: the byte is to be read again in the new place.
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
        case .end: preconditionFailure("nothing is read behind the end")
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

    /// The length of the name without the blanks behind it.
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

    /// Passes the field on that was read last, if there is one.
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

    /// The line that has been read so far is the beginning of the body.
    private mutating func endWithOtherLine<Policy: SMTPPolicy & ~Copyable>(_ policy: inout Policy) {
        end(.otherLine, &policy)
        if count > 0 { policy.body(storage.span.extracting(0..<count)) }
        count = 0
    }
}
