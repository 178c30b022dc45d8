// `doorward print-definitions`: reads the files for the supervisor, which starts it. For programs, not for people.
internal import ArgumentParser
internal import ConfigurationLoader
internal import HostDefinition
internal import LinuxSystem
internal import Wire

struct PrintDefinitions: ParsableCommand {
    static let name = "print-definitions"
    static let configuration = CommandConfiguration(
        commandName: name, abstract: "Read every file, and print the definitions for the supervisor.",
        shouldDisplay: false)

    @OptionGroup var paths: PathOptions

    func run() throws {
        do throws(HostDefinitionError) {
            let definitions = try HostDefinition.read(paths.choices, on: .thisMachine)
            try print(definitions.wire)
        } catch {
            try print(error.wireBytes)
            throw ExitCode(1)
        }
    }

    private func print(_ bytes: [UInt8]) throws(HostDefinitionError) {
        do throws(SystemError) {
            try writeBytes(bytes.span, to: 1)
        } catch {
            // The supervisor notices that a part is missing.
            throw HostDefinitionError(problems: [])
        }
    }
}
