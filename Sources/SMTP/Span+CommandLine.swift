// What can be said of a command line before it is understood.
import HandlerKit

extension Span<UInt8> {
    /// Without white space at the end, which receivers should tolerate (RFC 5321 4.1.1).
    var withoutTrailingBlanks: Span<UInt8> {
        @_lifetime(copy self)
        get {
            var end = count
            while end > 0, self[end - 1].isWhiteSpace { end -= 1 }
            return extracting(0..<end)
        }
    }

    /// Without spaces at the front.
    var withoutLeadingBlanks: Span<UInt8> {
        @_lifetime(copy self)
        get {
            var start = 0
            while start < count, self[start] == .space { start += 1 }
            return extracting(start..<count)
        }
    }

    /// Whether nothing is a control character, such as a lone CR.
    var hasNoControls: Bool {
        for index in indices where self[index] < 0x20 || self[index] == 0x7f { return false }
        return true
    }

    /// Whether all of it is visible ASCII.
    var isOneVisibleWord: Bool {
        for index in indices where self[index] <= 0x20 || self[index] >= 0x7f { return false }
        return true
    }

    /// Whether bytes of a message may follow this line: a BDAT, however wrong the rest of the line is.
    var beginsChunk: Bool { startsIgnoringCase(with: "BDAT") }

    /// Whether this begins as a line of HTTP does: a browser that was sent here by a page, to say something in the name of whoever
    /// looks at it.
    var isOfAnotherProtocol: Bool {
        startsIgnoringCase(with: "GET ") || startsIgnoringCase(with: "POST ") || startsIgnoringCase(with: "PUT ")
            || startsIgnoringCase(with: "HEAD ") || startsIgnoringCase(with: "CONNECT ")
            || startsIgnoringCase(with: "OPTIONS ") || startsIgnoringCase(with: "PRI ")
            || startsIgnoringCase(with: "Host:")
    }
}
