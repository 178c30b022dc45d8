// The log: one line per event on descriptor 2, `key=value`, one write each.
// Promises: a value never contains a blank, a control character or a byte above 0x7e unless it is quoted or escaped, so
// that nothing a peer sends can look like another field or another line. Never allocates once it is made.
// A line that is too long is cut, and the line says so. A service goes on when its log cannot be written, and when
// nobody reads it: a line that finds no room is lost and counted, and the next one that finds some comes after a line
// that says how many were lost.
package import Addresses
internal import LinuxSystem
package import ServiceModel
package import Text

/// Writes event lines. One owner per process.
package struct EventLog: ~Copyable {
    private var line = ByteText(capacity: 4096)
    private let destination: Int32
    private var losses: LogLosses

    /// - Parameters:
    ///   - destination: a descriptor that outlives the log; tests use another than 2.
    ///   - service: the service that lines about lost lines name; nil: none.
    package init(destination: Int32 = 2, service: String? = nil) {
        self.destination = destination
        losses = LogLosses(service: service)
    }

    /// How many lines were lost since the log was made.
    package var lostLines: Int { losses.all }

    /// Monotonic: when ``reportLosses(at:)`` has something to say; nil for never.
    package var lossesDeadline: Int64? { losses.deadline }

    /// Says how many lines were lost, when it is time for that and there is room.
    package mutating func reportLosses(at now: Int64) {
        guard let due = losses.deadline, now >= due else { return }
        if !writeLosses() { losses.delay(at: now) }
    }

    /// Starts a line: `TIME event=NAME`.
    ///
    /// - Parameter wallNanoseconds: UTC, since 1970.
    package mutating func begin(_ event: StaticString, wallNanoseconds: Int64) {
        line.removeAll()
        line.append(timestamp: wallNanoseconds)
        line.append(" event=" as StaticString)
        line.append(event)
    }

    /// Adds a text of this program, quoted when it has blanks.
    package mutating func field(_ key: StaticString, _ value: StaticString) {
        name(key)
        // Sound: the pointer of a static string lives as long as the program, and has this many bytes.
        let hasBlank = (0..<value.utf8CodeUnitCount).contains { unsafe value.utf8Start[$0] == UInt8(ascii: " ") }
        if hasBlank { line.append(UInt8(ascii: "\"")) }
        line.append(value)
        if hasBlank { line.append(UInt8(ascii: "\"")) }
    }

    /// Adds a text from any source: escaped, and quoted when it has blanks.
    package mutating func field(_ key: StaticString, _ value: String) {
        name(key)
        line.append(escaping: value)
    }

    /// Adds bytes from any source, escaped like a text.
    package mutating func field(_ key: StaticString, _ value: borrowing Span<UInt8>) {
        name(key)
        line.append(escaping: value)
    }

    package mutating func field(_ key: StaticString, _ value: Int) {
        name(key)
        line.append(decimal: value)
    }

    package mutating func field(_ key: StaticString, _ value: Peer) {
        name(key)
        line.append(value.text.bytes)
    }

    /// `PID.NUMBER`, the name of a connection in every line about it.
    package mutating func field(connection: ConnectionID) {
        name("connection")
        line.append(connection)
    }

    /// Seconds with three decimals.
    package mutating func field(_ key: StaticString, nanoseconds: Int64) {
        name(key)
        let milliseconds = max(nanoseconds, 0) / 1_000_000
        line.append(decimal: Int(milliseconds / 1000))
        line.append(UInt8(ascii: "."))
        line.append(decimal: Int(milliseconds % 1000), width: 3)
    }

    /// `FILE:LINE`.
    package mutating func field(_ key: StaticString, file: String, line number: Int) {
        name(key)
        line.append(escaping: file)
        line.append(UInt8(ascii: ":"))
        line.append(decimal: number)
    }

    /// Adds a value that `fill` appends: without blanks, quotes and bytes outside of 0x21 to 0x7e.
    package mutating func plainField(_ key: StaticString, _ fill: (inout ByteText) -> Void) {
        name(key)
        fill(&line)
    }

    /// `message="IP ADDRESS is blocked"`.
    package mutating func blocked(_ address: IPAddress) {
        line.append(" message=\"IP " as StaticString)
        line.append(address.text.bytes)
        line.append(" is blocked\"" as StaticString)
    }

    /// Ends the line and writes it.
    package mutating func end() {
        finish()
        let isWritten = losses.pending > 0 ? writeAfterLosses() : Self.write(line.bytes, to: destination)
        if !isWritten { losses.note(at: Clock.monotonicNanoseconds()) }
    }

    /// Ends the line and adds it to these bytes, in the place of writing it.
    package mutating func end(addingTo bytes: inout [UInt8]) {
        finish()
        let line = line.bytes
        for index in line.indices { bytes.append(line[index]) }
    }

    private mutating func finish() {
        line.append(UInt8(ascii: "\n"))
        if line.isTruncated { closeCutLine() }
    }

    private static func write(_ bytes: borrowing Span<UInt8>, to destination: Int32) -> Bool {
        do throws(SystemError) {
            try writeBytes(bytes, to: destination)
            return true
        } catch {
            return false
        }
    }

    private mutating func writeLosses() -> Bool {
        losses.describe(wallNanoseconds: Clock.wallNanoseconds())
        guard Self.write(losses.text.bytes, to: destination) else { return false }
        losses.reported()
        return true
    }

    /// Writes how many lines were lost and the line at once: where the first of them finds room and the second does
    /// not, the log would have a line about each lost line.
    private mutating func writeAfterLosses() -> Bool {
        losses.describe(wallNanoseconds: Clock.wallNanoseconds())
        for index in 0..<line.count {
            let byte = line.bytes[index]
            losses.add(byte)
        }
        guard !losses.text.isTruncated else { return writeLosses() && Self.write(line.bytes, to: destination) }
        guard Self.write(losses.text.bytes, to: destination) else { return false }
        losses.reported()
        return true
    }

    /// Ends a line that did not fit, not even its newline. It leaves no half escape and no open quote, and marks the
    /// line as cut. Escaping puts neither quotes nor backslashes into a value, so each one in the line is the log's
    /// own.
    private mutating func closeCutLine() {
        line.truncate(to: line.count - 16)
        var isQuoted = false
        var end = line.count
        for index in 0..<end {
            switch line.bytes[index] {
            case UInt8(ascii: "\""): isQuoted.toggle()
            case UInt8(ascii: "\\"): if index + 4 > line.count { end = index }
            default: break
            }
        }
        line.truncate(to: end)
        if isQuoted { line.append(UInt8(ascii: "\"")) }
        line.append(" cut=yes\n" as StaticString)
    }

    private mutating func name(_ key: StaticString) {
        line.append(UInt8(ascii: " "))
        line.append(key)
        line.append(UInt8(ascii: "="))
    }
}
