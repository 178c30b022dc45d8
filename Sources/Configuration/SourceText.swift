// The bytes of one file: whether they are text that may be parsed, and the line and column of a byte.
// Promises that every position is inside the file, or where its next byte would be.

import HostDefinition
import ServiceModel

/// One file's bytes with their lines.
struct SourceText: Sendable {
    /// The longest configuration file. Unit: bytes.
    static let mostBytes = 256 << 10

    let file: String
    let bytes: [UInt8]
    /// The offset of the first byte of each line.
    private let lineStarts: [Int]

    /// Takes any bytes; ``problem()`` says whether they may be parsed.
    init(_ bytes: [UInt8], file: String) {
        self.file = file
        self.bytes = bytes
        lineStarts = [0] + bytes.indices.filter { bytes[$0] == UInt8(ascii: "\n") }.map { $0 + 1 }
    }

    /// The place of a byte; the end of the file for an offset after it.
    func position(of offset: Int) -> SourcePosition {
        let offset = min(max(offset, 0), bytes.count)
        var low = 0
        var high = lineStarts.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if lineStarts[middle] <= offset { low = middle } else { high = middle }
        }
        return SourcePosition(file: file, line: low + 1, column: offset - lineStarts[low] + 1)
    }

    /// The reason why these bytes may not be parsed; nil when they may.
    func problem() -> Fault? {
        if bytes.count > Self.mostBytes {
            return Fault(
                position: position(of: 0),
                message: "the file has \(bytes.count) bytes; expected \(Self.mostBytes) at most")
        }
        if let zero = bytes.firstIndex(of: 0) {
            return Fault(position: position(of: zero), message: "a NUL byte; expected text")
        }
        do {
            // Only the validation matters: the span itself is not kept.
            _ = try UTF8Span(validating: bytes.span)
            return nil
        } catch {
            return Fault(
                position: position(of: error.byteOffsets.lowerBound),
                message: "a byte sequence that is not UTF-8; expected UTF-8 text")
        }
    }
}
