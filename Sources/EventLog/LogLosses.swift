// The lines of a log that could not be written, and the line that says so. Pure.
internal import Text

/// The losses of one log.
struct LogLosses: ~Copyable {
    private let service: String?
    private(set) var text = ByteText(capacity: 4096)
    private(set) var all = 0
    /// Those that no line has told of yet.
    private(set) var pending = 0
    /// Monotonic: when to tell, if no other line does before.
    private(set) var deadline: Int64?

    private static let waitNanoseconds: Int64 = 1_000_000_000

    init(service: String?) { self.service = service }

    /// Notes a lost line.
    mutating func note(at now: Int64) {
        all += 1
        pending += 1
        if deadline == nil { delay(at: now) }
    }

    mutating func delay(at now: Int64) { deadline = now + Self.waitNanoseconds }

    /// Makes ``text``: a line.
    mutating func describe(wallNanoseconds: Int64) {
        text.removeAll()
        text.append(timestamp: wallNanoseconds)
        text.append(" event=log_lost" as StaticString)
        if let service {
            text.append(" service=" as StaticString)
            text.append(escaping: service)
        }
        text.append(" lines=" as StaticString)
        text.append(decimal: pending)
        text.append(UInt8(ascii: "\n"))
    }

    /// Adds a byte of the line that follows to ``text``.
    mutating func add(_ byte: UInt8) { text.append(byte) }

    /// Notes that ``text`` was written.
    mutating func reported() {
        pending = 0
        deadline = nil
    }
}
