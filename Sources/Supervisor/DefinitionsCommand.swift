// The program that reads the files for us: started at each reading, it prints the definitions and ends.
// So the process that is root for months contains no TOML parser and no Foundation, and whatever a service file does to the
// one that reads it, the services go on.
package import Definitions
internal import LinuxSystem

/// A command that prints definitions (Definitions.wire).
package struct DefinitionsCommand: Hashable, Sendable {
    /// The program's absolute path, and its arguments with argv[0].
    package var path: String
    package var arguments: [String]

    package init(path: String, arguments: [String]) {
        self.path = path
        self.arguments = arguments
    }

    private static let withinNanoseconds: Int64 = 60_000_000_000
    private static let mostBytes = 256 << 20

    /// Runs the command and reads what it prints. Exit status 1 and text mean that nothing can be served, and why.
    package func definitions() throws(DefinitionsError) -> Definitions {
        let result: CommandResult
        do throws(SystemError) {
            result = try Commands.run(
                path, arguments, mostBytes: Self.mostBytes, withinNanoseconds: Self.withinNanoseconds)
        } catch {
            throw DefinitionsError(lines: ["\(path): error: cannot read the definitions: \(error)"])
        }
        switch result.end {
        case .exited(status: 0):
            if let definitions = Definitions(wire: result.output) { return definitions }
            throw DefinitionsError(lines: ["\(path): error: printed something that is not definitions"])
        case .exited(status: 1):
            let text = String(decoding: result.output, as: UTF8.self)
            throw DefinitionsError(lines: text.split(separator: "\n").map(String.init))
        case .exited(let status):
            throw DefinitionsError(lines: ["\(path): error: ended with status \(status)"])
        case .killed(let signal, _):
            throw DefinitionsError(lines: ["\(path): error: ended by signal \(signal.name)"])
        }
    }
}
