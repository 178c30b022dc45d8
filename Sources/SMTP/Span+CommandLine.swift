// Properties of a command line that need no parsing.
import HandlerKit

extension Span<UInt8> {
    /// The line without white space at its end, which receivers should tolerate (RFC 5321 4.1.1).
    var withoutTrailingBlanks: Span<UInt8> {
        @_lifetime(copy self)
        get {
            var end = count
            while end > 0, self[end - 1].isWhiteSpace { end -= 1 }
            return extracting(0..<end)
        }
    }

    /// The bytes without spaces at the front.
    var withoutLeadingBlanks: Span<UInt8> {
        @_lifetime(copy self)
        get {
            var start = 0
            while start < count, self[start] == .space { start += 1 }
            return extracting(start..<count)
        }
    }

    /// Whether no byte is a control character, such as a lone CR.
    var hasNoControls: Bool {
        for index in indices where self[index] < 0x20 || self[index] == 0x7f { return false }
        return true
    }

    /// Whether all bytes are visible ASCII.
    var isOneVisibleWord: Bool {
        for index in indices where self[index] <= 0x20 || self[index] >= 0x7f { return false }
        return true
    }

    /// Whether bytes of a message may follow the line: it begins with BDAT, however wrong the rest of it is.
    var beginsChunk: Bool { startsIgnoringCase(with: "BDAT") }

    /// Whether the line begins as a line of HTTP: a web page can make the browser of its visitor send commands to a
    /// mail server.
    var isOfAnotherProtocol: Bool {
        startsIgnoringCase(with: "GET ") || startsIgnoringCase(with: "POST ") || startsIgnoringCase(with: "PUT ")
            || startsIgnoringCase(with: "HEAD ") || startsIgnoringCase(with: "CONNECT ")
            || startsIgnoringCase(with: "OPTIONS ") || startsIgnoringCase(with: "PRI ")
            || startsIgnoringCase(with: "Host:")
    }
}
