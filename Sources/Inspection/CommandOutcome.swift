// The output of a command when its work is done or refused: text for people, an object for programs, and whether the
// text goes to standard output or to standard error.
package import Control
internal import HostDefinition
internal import LinuxSystem

/// The outcome of a command.
package struct CommandOutcome: Hashable, Sendable {
    /// Whether the command did its work; its exit status is 1 otherwise.
    package let isDone: Bool
    /// Lines for people.
    package let lines: [String]
    /// The object for programs.
    package let json: JSON
}

extension ControlReply {
    /// The output of a command that got this answer.
    package var outcome: CommandOutcome {
        switch self {
        case .status(let report): CommandOutcome(isDone: true, lines: [report.text], json: report.json)
        case .bans(let bans):
            CommandOutcome(isDone: true, lines: [BanStatus.text(bans)], json: BanStatus.json(bans))
        case .reloaded(let report):
            CommandOutcome(isDone: report.isInForce, lines: report.lines, json: report.json)
        case .banChange(let change):
            CommandOutcome(isDone: change.isDone, lines: [change.text], json: change.json)
        case .stopping(let active):
            CommandOutcome(
                isDone: true, lines: ["connections that are served to their end: \(active)"],
                json: .document(["active": .integer(active)]))
        case .refused(let refusal): refusal.failure.outcome
        case .sourceStatus: CommandFailure(.unexpectedAnswer, "the supervisor answers something else").outcome
        }
    }
}

extension ReloadReport {
    fileprivate var lines: [String] {
        if isInForce { return ["services: \(services)"] }
        return faults.map(\.description) + failures.map { "\($0.file): \($0.problem)" }
    }

    fileprivate var json: JSON {
        let problems = failures.map { failure in
            JSON.object(
                [
                    "service": .string(failure.service), "file": .string(failure.file),
                    "message": .string(failure.problem.message),
                ] + failure.problem.json)
        }
        return .document([
            "in_force": .boolean(isInForce), "services": .integer(services), "faults": .list(faults.map(\.json)),
            "problems": .list(problems),
        ])
    }
}

extension ControlRefusal {
    fileprivate var failure: CommandFailure {
        switch self {
        case .unknownRequest: CommandFailure(.unknownRequest, "this is no request of this version of doorward")
        case .stopping: CommandFailure(.stopping, "the supervisor is about to end")
        case .notServed(let service): CommandFailure(.notServed, "'\(service)' is not served")
        case .tooMany: CommandFailure(.busy, "too many ask at once")
        case .gateUnreachable: CommandFailure(.gateUnreachable, "the gate cannot be reached")
        case .gateSilent(let pid): CommandFailure(.gateSilent, "the gate, pid \(pid), does not answer")
        }
    }
}
