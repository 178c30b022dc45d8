// A place in a file. Every error and every decision names one.

/// A place in a text file.
///
/// Shape: `FILE:LINE:COLUMN`, both counted from 1; columns count bytes (as compilers do).
package struct SourcePosition: Hashable, Sendable, CustomStringConvertible {
    package var file: String
    package var line: Int
    package var column: Int

    package init(file: String, line: Int, column: Int) {
        self.file = file
        self.line = line
        self.column = column
    }

    /// `FILE:LINE:COLUMN`.
    package var description: String { "\(file):\(line):\(column)" }

    /// `FILE:LINE`, the form that log lines use.
    package var fileAndLine: String { "\(file):\(line)" }
}
