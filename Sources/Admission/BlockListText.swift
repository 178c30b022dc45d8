// The block list as a file: one address or prefix for each line; `#` starts a comment, and blank lines are allowed.
// Total and bounded: every line is either understood or a fault with its position; no line is skipped in silence. For a
// file of another kind, the first faults are reported and the rest counted.
internal import Addresses
package import ServiceModel

/// A line of the block list that could not be read.
package struct BlockListFault: Error, Hashable, Sendable, CustomStringConvertible {
    package let position: SourcePosition
    package let reason: String

    /// `FILE:LINE:COLUMN: error: REASON`.
    package var description: String { "\(position): error: \(reason)" }
}

/// The faults of a block list: at most ``BlockList/mostFaults``, and one more that counts the rest.
package struct BlockListFaults: Error {
    package let all: [BlockListFault]
}

extension BlockList {
    /// The largest file that is read. In bytes: a million lines of the longest prefix.
    package static let mostBytes = 64 << 20
    /// The most lines with a fault that are reported.
    package static let mostFaults = 100
    /// The most bytes quoted of a line that cannot be read. No address or prefix is as long.
    private static let mostQuoted = 60

    /// Reads the text of a list.
    package static func entries(of text: [UInt8], file: String) throws(BlockListFaults) -> [Entry] {
        var entries: [Entry] = []
        try read(text, file: file) { entries.append(Entry(prefix: $0, line: $1)) }
        return entries
    }

    /// Reads the text of a list into a table, without making the entries in between.
    ///
    /// - Returns: the table, and the number of lines that block.
    package static func table(
        ofText text: [UInt8], file: String
    ) throws(BlockListFaults) -> (bytes: [UInt8], lines: Int) {
        var builder = PrefixTable.Builder()
        try read(text, file: file) { builder.add($0, $1) }
        let lines = builder.count
        return (builder.table(), lines)
    }

    private static func read(
        _ text: [UInt8], file: String, _ found: (IPPrefix, Int) -> Void
    ) throws(BlockListFaults) {
        let bytes = text.span
        var faults: [BlockListFault] = []
        var unreadable = 0
        var number = 0
        var start = 0
        while start <= bytes.count {
            number += 1
            let line = Line(in: bytes, from: start)
            if let content = line.content {
                if let prefix = PrefixReader.prefix(bytes, content) {
                    found(prefix, number)
                } else {
                    unreadable += 1
                    if unreadable <= mostFaults {
                        let position = SourcePosition(file: file, line: number, column: content.lowerBound - start + 1)
                        faults.append(BlockListFault(position: position, reason: reason(text[content])))
                    }
                }
            }
            start = line.end + 1
        }
        guard unreadable > 0 else { return }
        if unreadable > mostFaults {
            let position = SourcePosition(file: file, line: number, column: 1)
            faults.append(
                BlockListFault(position: position, reason: "\(unreadable - mostFaults) more lines cannot be read"))
        }
        throw BlockListFaults(all: faults)
    }

    private static func reason(_ content: ArraySlice<UInt8>) -> String {
        let text = String(decoding: content.prefix(mostQuoted), as: UTF8.self)
        do throws(IPPrefixError) {
            _ = try IPPrefix(text)
            // The two readers agree (PrefixReaderTests). If they did not, the line would still be reported as a fault.
            return IPPrefixError.notAnAddress(text).description
        } catch {
            return error.description
        }
    }
}

/// A line of a text.
private struct Line {
    /// The offset of the newline after it, or of the end of the text.
    let end: Int
    /// The bytes before a comment, without the blanks around them; nil if there are none.
    let content: Range<Int>?

    init(in bytes: Span<UInt8>, from start: Int) {
        var end = start
        var first: Int?
        var last = start
        var isComment = false
        while end < bytes.count, bytes[end] != UInt8(ascii: "\n") {
            if bytes[end] == UInt8(ascii: "#") { isComment = true }
            if !isComment, !Line.isBlank(bytes[end]) {
                if first == nil { first = end }
                last = end
            }
            end += 1
        }
        self.end = end
        content = first.map { $0..<last + 1 }
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\r")
    }
}
