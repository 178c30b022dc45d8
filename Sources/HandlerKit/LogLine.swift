// A line for Doorward's log, on descriptor 2. Promises one write for one line, and that no byte of the peer's can
// look like a second line or a second field. Never fails: a log that cannot be written must not end a session.

/// A log line: what happened, then `name=value` fields.
public struct LogLine: ~Copyable {
    private var text = ShortText()

    /// - Parameter event: what happened; words with blanks between them.
    public init(_ event: StaticBytes) {
        text.append(event)
    }

    /// Adds a field with a number.
    public mutating func add(_ name: StaticBytes, _ number: Int) {
        begin(name)
        text.append(number)
    }

    /// Adds a field with a word, escaped if it has to be.
    public mutating func add(_ name: StaticBytes, _ value: StaticBytes) {
        add(name, value.bytes)
    }

    /// Adds a field whose value may hold any bytes.
    public mutating func add(_ name: StaticBytes, _ value: borrowing Span<UInt8>) {
        begin(name)
        text.append(escaping: value)
    }

    private mutating func begin(_ name: StaticBytes) {
        text.append(" ")
        text.append(name)
        text.append("=")
    }

    /// Writes the line and its end. A line that became too long is cut and ends in `~`.
    /// - Parameter descriptor: where to; 2 is the log.
    public consuming func send(to descriptor: Int32 = 2) {
        text.endLine()
        // Dropped on purpose: there is nowhere left to say that the log is gone.
        _ = text.bytes.write(to: descriptor)
    }
}
