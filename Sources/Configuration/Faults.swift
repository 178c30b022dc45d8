// Collects all faults of one file, in order, each once.

package import HostDefinition
import ServiceModel

/// Every fault of one file, in the order of the text; never empty.
package struct Faults: Error, Hashable, Sendable, CustomStringConvertible {
    package let all: [Fault]

    /// Sorts the faults, and keeps one of several equal ones.
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

/// A text from the file as a message shows it: in single quotes, cut after 120 characters.
func quoted(_ text: String) -> String {
    let most = 120
    return text.unicodeScalars.count <= most ? "'\(text)'" : "'\(String(text.unicodeScalars.prefix(most)))...'"
}
