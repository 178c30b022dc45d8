// A line for Doorward's log, on descriptor 2. Promises one write for each line, and that no byte that a peer sent can
// look like another line or field. Never fails: a log that cannot be written does not end a session.

/// A log line: an event, then `name=value` fields.
public struct LogLine: ~Copyable {
    private var text = ShortText()

    /// - Parameter event: what happened, as words with blanks between them.
    public init(_ event: StaticBytes) {
        text.append(event)
    }

    /// Adds a field with a number.
    public mutating func add(_ name: StaticBytes, _ number: Int) {
        begin(name)
        text.append(number)
    }

    /// Adds a field with a word; bytes that are not visible ASCII are escaped.
    public mutating func add(_ name: StaticBytes, _ value: StaticBytes) {
        add(name, value.bytes)
    }

    /// Adds a field with any bytes as its value; those that are not visible ASCII are escaped.
    public mutating func add(_ name: StaticBytes, _ value: borrowing Span<UInt8>) {
        begin(name)
        text.append(escaping: value)
    }

    private mutating func begin(_ name: StaticBytes) {
        text.append(" ")
        text.append(name)
        text.append("=")
    }

    /// Writes the line and its LF. A line that is too long is cut and ends in `~`.
    /// - Parameter descriptor: 2 is the log.
    public consuming func send(to descriptor: Int32 = 2) {
        text.endLine()
        // Dropped on purpose: without the log, there is no other place to report it.
        _ = text.bytes.write(to: descriptor)
    }
}
