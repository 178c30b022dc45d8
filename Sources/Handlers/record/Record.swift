// record: a filter that lets every byte through and writes it to the log, line by line.
// Promises: the log's lines depend on the bytes alone, and no byte in them can look like a line or a field; a line longer than
// 200 bytes is logged in parts, each but the last marked with `more=1`. The bytes go on at once, before their line is complete.
// Source: shared/reference/protocols.md 1.3, FI-04.
import HandlerKit

/// Which way the bytes go.
enum Direction: StaticBytes, CaseIterable {
    /// From the peer to the handler.
    case input
    /// From the handler to the peer.
    case output
}

@main
struct Main {
    /// Reads the options and filters one stream.
    static func main() {
        var options = Options(usage: "record [--as input|output]")
        let direction = options.choice("--as", default: Direction.input)
        options.finish()
        serveFilter(Record(direction))
    }
}

/// Logs what goes through.
struct Record: ByteFilter, ~Copyable {
    /// As many bytes come out as go in.
    static var mostForOneByte: Int { 1 }

    private let direction: Direction
    /// What of the present line is not logged yet.
    private var line = InlineArray<200, UInt8>(repeating: 0)
    private var count = 0

    /// - Parameter direction: what the log calls these bytes.
    init(_ direction: Direction) { self.direction = direction }

    mutating func push(_ bytes: borrowing Span<UInt8>, to writer: inout ByteWriter) throws(ConnectionError) {
        try writer.write(bytes)
        for index in bytes.indices {
            if count == line.count { log(isComplete: false) }
            line[count] = bytes[index]
            count += 1
            if bytes[index] == 0x0a { log(isComplete: true) }
        }
    }

    mutating func finish(to writer: inout ByteWriter) throws(ConnectionError) {
        if count > 0 { log(isComplete: true) }
    }

    private mutating func log(isComplete: Bool) {
        var entry = LogLine(direction.rawValue)
        if !isComplete { entry.add("more", 1) }
        entry.add("bytes", line.span.extracting(0..<count))
        entry.send()
        count = 0
    }
}
