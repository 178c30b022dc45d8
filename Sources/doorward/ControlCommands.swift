// The commands that ask a running supervisor: status, reload, drain, stop.
internal import ArgumentParser
internal import ConfigurationLoader
internal import Control
internal import HostDefinition
internal import Inspection
internal import LinuxSystem

struct Status: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Show what a running supervisor serves, and how it goes.")

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var paths: PathOptions

    func run() throws {
        let call = try ControlCall(.status, paths)
        guard case .status(let report) = call.reply else { throw call.refusal(json: json) }
        print(json ? report.json : report.text)
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

    func run() throws { try ControlCall(.reload, paths).printOutcome(json: json) }
}

struct Drain: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "End a running supervisor when its last handler has ended; accept no more from now on.",
        discussion: "Returns when the supervisor has ended.")

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var paths: PathOptions

    func run() throws {
        let call = try ControlCall(.drain, paths)
        try call.printOutcome(json: json)
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
        let call = try ControlCall(.stop, paths)
        try call.printOutcome(json: json)
        try call.waitForEnd()
    }
}

extension ControlCall {
    /// Errors: nobody answers; said on standard error.
    init(_ request: ControlRequest, _ paths: PathOptions) throws {
        let state: String
        do throws(HostDefinitionError) {
            state = try HostDefinition.state(paths.choices, on: .thisMachine)
        } catch {
            for line in error.lines { StandardError.write("doorward: \(line)") }
            throw ExitCode(1)
        }
        do throws(SystemError) {
            try self.init(request, state: state)
        } catch {
            let path = ControlCall.path(state: state)
            StandardError.write("doorward: no supervisor answers at \(path): \(error) [state, --state]")
            throw ExitCode(1)
        }
    }

    /// Prints what was done, or why not.
    borrowing func printOutcome(json: Bool) throws {
        guard case .done(let lines) = reply else { throw refusal(json: json) }
        print(json ? JSON.list(lines) : lines.joined(separator: "\n"))
    }

    /// Says why not.
    borrowing func refusal(json: Bool) -> ExitCode {
        let lines = if case .refused(let lines) = reply { lines } else { ["the supervisor answers something else"] }
        if json { print(JSON.list(lines)) } else { for line in lines { StandardError.write(line) } }
        return ExitCode(1)
    }
}
