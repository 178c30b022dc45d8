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
