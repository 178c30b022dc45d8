// A file to import, as lines.
// Promises text without control characters: it reports a line that has one, or that is not UTF-8, and drops the whole
// line.

/// The contents of a file.
package struct ImportSource: Sendable {
    /// The file's name in remarks.
    package var file: String
    package var format: ImportFormat
    package var text: [UInt8]

    package init(file: String, format: ImportFormat, text: [UInt8]) {
        self.file = file
        self.format = format
        self.text = text
    }

    /// One line, without its line end.
    struct Line {
        var place: Place
        var text: String
    }

    /// The lines that can be read. Reports the others.
    func lines(_ report: inout ImportReport) -> [Line] {
        var lines: [Line] = []
        let parts = text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        for (index, part) in parts.enumerated() where index < parts.count - 1 || !part.isEmpty {
            let bytes = part.last == UInt8(ascii: "\r") ? part.dropLast() : part
            let place = Place(file: file, line: index + 1)
            let line = String(decoding: bytes, as: UTF8.self)
            guard line.utf8.elementsEqual(bytes), bytes.allSatisfy({ $0 == 9 || $0 >= 0x20 && $0 != 0x7f }) else {
                report.notCarriedOver(place, line, "it has control characters, or is not UTF-8")
                continue
            }
            lines.append(Line(place: place, text: line))
        }
        return lines
    }
}

/// The words of a text, between blanks.
func words(_ text: some StringProtocol) -> [String] {
    text.utf8.split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }.map { String(decoding: $0, as: UTF8.self) }
}

/// A text without blanks at its ends.
func trimmed(_ text: some StringProtocol) -> String {
    let isBlank = { (byte: UInt8) in byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
    let start = text.utf8.drop(while: isBlank)
    let kept = start.count - start.reversed().prefix(while: isBlank).count
    return String(decoding: start.prefix(kept), as: UTF8.self)
}
