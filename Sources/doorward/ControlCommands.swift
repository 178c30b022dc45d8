// The commands that ask a running supervisor: status, reload, drain, stop.
internal import ArgumentParser
internal import ConfigurationLoader
internal import Control
internal import HostDefinition
internal import Inspection
internal import LinuxSystem

struct Status: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show the state of a running supervisor, and the state and the counters of each service.")

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var paths: PathOptions

    func run() throws {
        try ControlCall(.status, paths, json: json).reply.outcome.print(json: json)
    }
}

struct Reload: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Have a running supervisor read every file again, and print what is wrong.",
        discussion:
            "Exit status 0 when every file is sound; otherwise 1, and a broken file's old definition stays in force.")

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var paths: PathOptions

    func run() throws { try ControlCall(.reload, paths, json: json).reply.outcome.print(json: json) }
}

struct Drain: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "End a running supervisor when its last handler has ended; accept no more from now on.",
        discussion: "Returns when the supervisor has ended.")

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var paths: PathOptions

    func run() throws {
        let call = try ControlCall(.drain, paths, json: json)
        try call.reply.outcome.print(json: json)
        try call.waitForEnd()
    }
}

struct StopCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stop",
        abstract: "End a running supervisor, as SIGTERM does: handlers may go on until the deadline (drain, 30 s).",
        discussion: "Returns when the supervisor has ended.")

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var paths: PathOptions

    func run() throws {
        let call = try ControlCall(.stop, paths, json: json)
        try call.reply.outcome.print(json: json)
        try call.waitForEnd()
    }
}

extension ControlCall {
    /// Sends a request to the supervisor that the options name.
    ///
    /// Errors: no supervisor answers; the message is printed, as text or as JSON.
    init(_ request: ControlRequest, _ paths: PathOptions, json: Bool) throws(ExitCode) {
        let state: String
        do throws(HostDefinitionError) {
            state = try HostDefinition.state(paths.choices, on: .thisMachine)
        } catch {
            throw CommandFailure(error).printed(json: json)
        }
        do throws(SystemError) {
            try self.init(request, state: state)
        } catch {
            throw CommandFailure(noAnswerAt: ControlCall.path(state: state), error).printed(json: json)
        }
    }
}
