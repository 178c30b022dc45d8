// What is wrong with a configuration file, and where.
// Promises that the text of a fault is one line, whatever bytes the file contains.

package import ServiceModel
internal import Text

/// An error in a file, with the place where it is written.
///
/// Shape: `FILE:LINE:COLUMN: error: MESSAGE`.
package struct Fault: Error, Hashable, Sendable, CustomStringConvertible {
    package let position: SourcePosition
    /// The setting that is at fault, `limits.memory` for one in a table; nil when no setting is at fault, or when it is
    /// not known. The text of the fault does not contain it.
    package let key: String?
    /// `EACCES`, for a file that cannot be read; nil when no system call failed.
    package let errno: String?
    /// The service that is not served as its file says because of it; nil when the fault is none of a service.
    package var service: String?
    /// What the file says and what was expected; control characters are already escaped.
    package let message: String

    package init(position: SourcePosition, key: String? = nil, errno: String? = nil, message: String) {
        self.position = position
        self.key = key
        self.errno = errno
        self.message = Escaping.line.text(message)
    }

    /// `FILE:LINE:COLUMN: error: MESSAGE`.
    package var description: String { "\(position): error: \(message)" }
}
