// record: a filter that passes every byte on unchanged and writes it to the log, line by line.
// Promises: the lines of the log depend on the bytes alone, and no byte in them can look like another line or field; a
// line of more than 200 bytes is logged in parts, and each part but the last has `more=1`. Bytes are passed on at once,
// before their line ends.
import HandlerKit

/// The direction of the bytes.
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

/// Logs the bytes that pass.
struct Record: ByteFilter, ~Copyable {
    /// The output has as many bytes as the input.
    static var mostForOneByte: Int { 1 }

    private let direction: Direction
    /// The bytes of the current line that are not logged yet.
    private var line = InlineArray<200, UInt8>(repeating: 0)
    private var count = 0

    /// - Parameter direction: the name of the bytes in the log.
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
