// The reasons why `doorward import` cannot read or write a file: a word for programs, a sentence for people.
internal import LinuxSystem

/// A file that could not be read, understood or written.
struct ImportProblem: CustomStringConvertible {
    enum Kind {
        case unreadable(SystemError)
        /// The content looks like none of the formats.
        case unknownFormat
        /// The file has rules of tcprules, and the command line names no service for them.
        case noService
        /// A service file of that name exists already, and stays.
        case exists
        case unwritable(SystemError)
    }

    let kind: Kind
    let file: String

    init(_ kind: Kind, _ file: String) {
        self.kind = kind
        self.file = file
    }

    /// The word for programs.
    var cause: String {
        switch kind {
        case .unreadable: "unreadable"
        case .unknownFormat: "unknown_format"
        case .noService: "no_service"
        case .exists: "exists"
        case .unwritable: "unwritable"
        }
    }

    /// nil when no system call failed.
    var errno: Errno? {
        switch kind {
        case .unreadable(let error), .unwritable(let error): error.errno
        case .unknownFormat, .noService, .exists: nil
        }
    }

    /// For people.
    var description: String {
        switch kind {
        case .unreadable(let error): "\(file): \(error)"
        case .unknownFormat: "\(file): it looks like none of inetd, xinetd and tcprules [--format]"
        case .noService: "\(file): rules without a service make no file [--service]"
        case .exists:
            "\(file) is there already, and stays as it is; move it away, or choose another directory [--into]"
        case .unwritable(let error): "\(file): \(error) [--into]"
        }
    }
}
