// A log of events as lines of JSON, one write for each, to the log or to a file that other sessions append to as well.
// Promises that each line is one JSON object, for any bytes of the client: a value that does not fit is cut, never the
// line.
// Source: RFC 8259.
import CHandler
import HandlerKit
import SMTP

/// The destination of the events.
struct JSONLog {
    let descriptor: Int32

    /// Begins a line about an event of a session; the caller adds fields and sends it.
    func begin(_ event: StaticBytes, _ session: borrowing SMTPSession) -> JSONLogLine {
        var line = JSONLogLine(event)
        if case .tcp(let peer) = session.peer { line.add("peer", peer.address.bytes) }
        if session.message.isBegun {
            var id = ShortText()
            session.message.id.append(to: &id)
            line.add("id", id.bytes)
        }
        return line
    }
}

/// One line.
struct JSONLogLine: ~Copyable {
    private var text = ShortText()

    init(_ event: StaticBytes) {
        text.append("{\"event\":\"")
        text.append(event)
        text.append("\"")
    }

    /// Adds a number.
    mutating func add(_ name: StaticBytes, _ number: Int) {
        begin(name)
        text.append(number)
    }

    /// Adds a text; bytes that are not UTF-8 are written as if they were Latin-1.
    mutating func add(_ name: StaticBytes, _ value: Span<UInt8>) {
        begin(name)
        text.append("\"")
        var index = 0
        // Room for a character or an escape, and for the end of the line.
        while index < value.count, text.bytes.count + 64 < ShortText.capacity {
            let length = value.lengthOfMultibyteCharacter(at: index)
            if length > 0 { text.append(value.extracting(index..<index + length)) } else { append(value[index]) }
            index += max(1, length)
        }
        text.append("\"")
    }

    /// Adds a text.
    mutating func add(_ name: StaticBytes, _ value: StaticBytes) { add(name, value.bytes) }

    private mutating func begin(_ name: StaticBytes) {
        text.append(",\"")
        text.append(name)
        text.append("\":")
    }

    private mutating func append(_ byte: UInt8) {
        if byte >= 0x20 && byte < 0x7f && byte != 0x22 && byte != 0x5c { return text.append(byte: byte) }
        text.append("\\u")
        text.append(hexadecimal: UInt64(byte), minimumWidth: 4)
    }

    /// Writes the line.
    consuming func send(_ log: JSONLog) {
        text.append("}\n")
        // Sound: the address and the count are those of the text.
        // Dropped on purpose: without the log, there is no other place to report it.
        unsafe text.bytes.withUnsafeBufferPointer { buffer in
            guard let start = buffer.baseAddress else { return }
            _ = unsafe chandler_write(log.descriptor, start, buffer.count)
        }
    }
}
