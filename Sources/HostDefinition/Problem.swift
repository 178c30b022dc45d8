// Reasons why a host is not served as its files say: a fault in a file, a file that cannot be read, or a lack of
// something that no file names. Data for programs, and one line for people.

package import ServiceModel
internal import Text

/// An error in a host's files, or in the process that reads them.
package struct Problem: Hashable, Sendable, CustomStringConvertible {
    package enum Place: Hashable, Sendable {
        case position(SourcePosition)
        /// A file or a directory as a whole.
        case file(String)
    }

    /// nil when no file is at fault.
    package let place: Place?
    /// The setting that is at fault; for a file as a whole, the setting that names the file.
    package let key: String?
    /// The option of the command line that replaces ``key``: `--services`.
    package let option: String?
    /// `EACCES`, for a file that cannot be read; nil when no system call failed.
    package let errno: String?
    /// The error, for people; control characters are already escaped.
    package let message: String

    package init(
        _ place: Place?, key: String? = nil, option: String? = nil, errno: String? = nil, message: String
    ) {
        self.place = place
        self.key = key
        self.option = option
        self.errno = errno
        self.message = Escaping.line.text(message)
    }

    package init(_ fault: Fault) {
        self.init(.position(fault.position), key: fault.key, errno: fault.errno, message: fault.message)
    }

    package var file: String? {
        switch place {
        case .position(let position): position.file
        case .file(let file): file
        case nil: nil
        }
    }

    /// The line and the column, each counted from 1; nil when no line is at fault.
    package var position: SourcePosition? {
        if case .position(let position) = place { position } else { nil }
    }

    /// `FILE:LINE:COLUMN: error: MESSAGE`, `FILE: error: MESSAGE [KEY, --OPTION]`, or `MESSAGE` alone.
    package var description: String {
        switch place {
        case .position(let position): return "\(position): error: \(message)"
        case .file(let file):
            let settings = [key, option].compactMap { $0 }.joined(separator: ", ")
            return "\(file): error: \(message)" + (settings.isEmpty ? "" : " [\(settings)]")
        case nil: return message
        }
    }
}

/// The reasons why a host has nothing to serve.
package struct HostDefinitionError: Error, Hashable, Sendable {
    package let problems: [Problem]

    package init(problems: [Problem]) { self.problems = problems }

    package init(_ problem: Problem) { problems = [problem] }

    /// One line for each problem, ready to be printed.
    package var lines: [String] { problems.map(\.description) }
}
