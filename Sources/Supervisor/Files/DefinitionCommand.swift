// The program that reads the files for the supervisor. Each reading starts it once; it prints the definitions and ends.
// So the process that is root for months contains no TOML parser and no Foundation, and a service file that crashes its
// parser does not touch the services that run.
package import HostDefinition
package import LinuxSystem
internal import Wire

/// A command that prints definitions (HostDefinition.wire).
package struct DefinitionCommand: Sendable {
    private let program: OwnProgram
    /// With argv[0].
    private let arguments: [String]

    package init(_ program: OwnProgram, arguments: [String]) {
        self.program = program
        self.arguments = arguments
    }

    static let withinNanoseconds: Int64 = 60_000_000_000
    private static let mostBytes = 256 << 20

    /// Runs the command to its end, for a supervisor that serves nothing yet.
    ///
    /// Errors: as ``definitions(in:)``.
    package func definitions() throws(HostDefinitionError) -> HostDefinition {
        let result: CommandResult
        do throws(SystemError) {
            result = try Commands.run(
                program, arguments, mostBytes: Self.mostBytes, withinNanoseconds: Self.withinNanoseconds)
        } catch {
            throw unreadable(error)
        }
        return try definitions(in: result)
    }

    /// Starts the command, for a supervisor that goes on serving meanwhile.
    func start() throws(HostDefinitionError) -> RunningCommand {
        do throws(SystemError) {
            return try Commands.start(program, arguments, mostBytes: Self.mostBytes)
        } catch {
            throw unreadable(error)
        }
    }

    /// The error of a command that could not be run, or was killed because it took too long or printed too much.
    func unreadable(_ error: SystemError) -> HostDefinitionError {
        problem("cannot read the definitions: \(error)")
    }

    /// The definitions that the command has printed.
    ///
    /// Errors: what the command says because of which nothing can be served (status 1); anything else is a fault of the
    /// command.
    func definitions(in result: CommandResult) throws(HostDefinitionError) -> HostDefinition {
        switch result.end {
        case .exited(status: 0):
            if let definitions = HostDefinition(wire: result.output) { return definitions }
            throw problem("printed something that is not definitions")
        case .exited(status: 1):
            if let error = HostDefinitionError(wireBytes: result.output) { throw error }
            throw problem("ended with status 1 and printed something that is not problems")
        case .exited(let status):
            throw problem("ended with status \(status)")
        case .killed(let signal, _):
            throw problem("ended by signal \(signal.name)")
        }
    }

    private func problem(_ message: String) -> HostDefinitionError {
        HostDefinitionError(Problem(.file(program.path), message: message))
    }
}
