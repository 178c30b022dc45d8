// The block list as a file: one address or prefix a line, `#` starts a comment, blank lines are fine.
// Total and bounded: every line is either understood or a fault with its position; nothing is skipped in silence.
package import ServiceModel

/// A line of the block list that could not be read.
package struct BlockListFault: Error, Hashable, Sendable, CustomStringConvertible {
    package let position: SourcePosition
    package let reason: String

    /// `FILE:LINE:COLUMN: error: REASON`.
    package var description: String { "\(position): error: \(reason)" }
}

/// Everything that is wrong with a block list.
package struct BlockListFaults: Error {
    package let all: [BlockListFault]
}

extension BlockList {
    /// The largest file that is read. In bytes: a million lines of the longest prefix.
    package static let mostBytes = 64 << 20

    /// Reads the text of a list.
    package static func entries(of text: [UInt8], file: String) throws(BlockListFaults) -> [Entry] {
        var entries: [Entry] = []
        var faults: [BlockListFault] = []
        var number = 0
        for line in text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            number += 1
            let content = line.prefix { $0 != UInt8(ascii: "#") }
            guard let first = content.firstIndex(where: { !isBlank($0) }),
                let last = content.lastIndex(where: { !isBlank($0) })
            else { continue }
            do throws(IPPrefixError) {
                let prefix = try IPPrefix(String(decoding: content[first...last], as: UTF8.self))
                entries.append(Entry(prefix: prefix, line: number))
            } catch {
                let position = SourcePosition(file: file, line: number, column: first - line.startIndex + 1)
                faults.append(BlockListFault(position: position, reason: error.description))
            }
        }
        guard faults.isEmpty else { throw BlockListFaults(all: faults) }
        return entries
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\r")
    }
}
