// The reason why a command could not do its work: a cause in one word for programs, lines for people.
package import HostDefinition
package import LinuxSystem

/// An error that ends a command.
package struct CommandFailure: Error, Hashable, Sendable {
    /// The raw value is the word for programs.
    package enum Cause: String, CaseIterable, Hashable, Sendable {
        /// Files cannot be read or have faults.
        case files
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
    }

    package let cause: Cause
    /// For people.
    package let message: String?
    /// The file or the socket with the problem.
    package let file: String?
    package let errno: Errno?
    /// The problems of the files.
    package let faults: [Problem]

    package init(_ cause: Cause, _ message: String, file: String? = nil, errno: Errno? = nil) {
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
            errno: error.errno)
    }

    package init(_ error: HostDefinitionError) {
        cause = .files
        message = nil
        file = nil
        errno = nil
        faults = error.problems
    }

    /// The output of the command. Lines about what the command finds itself begin with its name; the supervisor's do
    /// not.
    package var outcome: CommandOutcome {
        let isOfCommand = cause == .files || cause == .noAnswer
        let lines = [message].compactMap { $0 } + faults.map(\.description)
        return CommandOutcome(
            isDone: false, lines: lines.map { (isOfCommand ? "doorward: " : "") + $0 },
            json: .document([
                "error": [
                    "cause": .string(cause.rawValue), "file": JSON(file), "errno": JSON(errno?.name),
                    "message": JSON(message), "faults": .list(faults.map(\.json)),
                ]
            ]))
    }
}
