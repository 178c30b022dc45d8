// The reason why a command could not do its work: a cause in one word for programs, lines for people.
package import HostDefinition
package import LinuxSystem
internal import Text

/// An error that ends a command.
package struct CommandFailure: Error, Hashable, Sendable {
    /// The raw value is the word for programs.
    package enum Cause: String, CaseIterable, Hashable, Sendable {
        /// Files have faults.
        case files
        /// A file or directory cannot be read.
        case unreadable
        /// The address on the command line is none.
        case malformedAddress = "malformed_address"
        /// No service has the name on the command line.
        case unknownService = "unknown_service"
        /// The service listens on no address that such a client could connect to.
        case notListening = "not_listening"
        /// No supervisor answers.
        case noAnswer = "no_answer"
        /// The supervisor does not know the request.
        case unknownRequest = "unknown_request"
        /// The answer does not belong to the request.
        case unexpectedAnswer = "unexpected_answer"
        /// The supervisor is about to end.
        case stopping
        case notServed = "not_served"
        /// The supervisor has too many such requests already.
        case busy
        case gateUnreachable = "gate_unreachable"
        case gateSilent = "gate_silent"

        /// Whether a supervisor has said it, and not the command found it.
        var isOfSupervisor: Bool {
            switch self {
            case .files, .unreadable, .malformedAddress, .unknownService, .notListening, .noAnswer: false
            case .unknownRequest, .unexpectedAnswer, .stopping, .notServed, .busy, .gateUnreachable, .gateSilent: true
            }
        }
    }

    package let cause: Cause
    /// For people.
    package let message: String?
    /// The file or the socket with the problem.
    package let file: String?
    /// The name of the error of a system call.
    package let errno: String?
    /// The problems of the files.
    package let faults: [Problem]

    package init(_ cause: Cause, _ message: String, file: String? = nil, errno: String? = nil) {
        self.cause = cause
        self.message = message
        self.file = file
        self.errno = errno
        faults = []
    }

    /// No supervisor answers on this socket.
    package init(noAnswerAt socket: String, _ error: SystemError) {
        self.init(
            .noAnswer, "no supervisor answers at \(socket): \(error) [state, --state]", file: socket,
            errno: error.errno.name)
    }

    package init(_ error: HostDefinitionError) {
        let unreadable = error.problems.first { $0.errno != nil }
        cause = unreadable == nil ? .files : .unreadable
        message = nil
        file = unreadable?.file
        errno = unreadable?.errno
        faults = error.problems
    }

    /// Does what may find files at fault.
    static func unlessFaulty<Value>(
        _ read: () throws(HostDefinitionError) -> Value
    ) throws(CommandFailure) -> Value {
        do throws(HostDefinitionError) {
            return try read()
        } catch {
            throw CommandFailure(error)
        }
    }

    /// The output of the command. Lines about what the command finds itself begin with its name; the supervisor's do
    /// not.
    package var outcome: CommandOutcome {
        let lines = [message].compactMap { $0.map(Escaping.line.text) } + faults.map(\.description)
        return CommandOutcome(
            isDone: false, lines: lines.map { (cause.isOfSupervisor ? "" : "doorward: ") + $0 },
            json: .document([
                "error": [
                    "cause": .string(cause.rawValue), "file": JSON(file), "errno": JSON(errno),
                    "message": JSON(message), "faults": .list(faults.map(\.json)),
                ]
            ]))
    }
}
