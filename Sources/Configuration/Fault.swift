// What is wrong with a configuration file, and where.
// Promises that the text of a fault is one line, whatever bytes the file held.

package import ServiceModel

/// One thing that is wrong, at the place where it was written.
///
/// Shape: `FILE:LINE:COLUMN: error: MESSAGE`.
package struct Fault: Error, Hashable, Sendable, CustomStringConvertible {
    package let position: SourcePosition
    /// What was found and what was expected; control characters are already escaped.
    package let message: String

    package init(position: SourcePosition, message: String) {
        self.position = position
        self.message = escapingControls(message)
    }

    /// `FILE:LINE:COLUMN: error: MESSAGE`.
    package var description: String { "\(position): error: \(message)" }
}

/// Every fault of one file, in the order of the text; never empty.
package struct Faults: Error, Hashable, Sendable, CustomStringConvertible {
    package let all: [Fault]

    /// Sorts the faults, and keeps one of those that are the same.
    init(_ faults: [Fault]) {
        precondition(!faults.isEmpty, "a file without faults is not an error")
        var seen: Set<Fault> = []
        all = faults.filter { seen.insert($0).inserted }.sorted { $0.position.isBefore($1.position) }
    }

    /// One fault a line.
    package var description: String { all.map(\.description).joined(separator: "\n") }
}

extension SourcePosition {
    /// Whether this place comes first when a file is read from its start.
    func isBefore(_ other: SourcePosition) -> Bool {
        (file, line, column) < (other.file, other.line, other.column)
    }
}

/// A text from the file as a message shows it: in single quotes, and not without end.
func quoted(_ text: String) -> String {
    let most = 120
    return text.unicodeScalars.count <= most ? "'\(text)'" : "'\(String(text.unicodeScalars.prefix(most)))...'"
}

private func escapingControls(_ text: String) -> String {
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator:
            result.append(contentsOf: "\\u{\(String(scalar.value, radix: 16))}".unicodeScalars)
        default: result.append(scalar)
        }
    }
    return String(result)
}
