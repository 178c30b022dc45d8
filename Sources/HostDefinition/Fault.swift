// What is wrong with a configuration file, and where.
// Promises that the text of a fault is one line, whatever bytes the file held.

package import ServiceModel
internal import Text

/// One thing that is wrong, at the place where it was written.
///
/// Shape: `FILE:LINE:COLUMN: error: MESSAGE`.
package struct Fault: Error, Hashable, Sendable, CustomStringConvertible {
    package let position: SourcePosition
    /// The setting that is at fault, `limits.memory` for one in a table; nil where no setting is, or where that is not
    /// known. It is not part of the text.
    package let key: String?
    /// What was found and what was expected; control characters are already escaped.
    package let message: String

    package init(position: SourcePosition, key: String? = nil, message: String) {
        self.position = position
        self.key = key
        self.message = Escaping.line.text(message)
    }

    /// `FILE:LINE:COLUMN: error: MESSAGE`.
    package var description: String { "\(position): error: \(message)" }
}
