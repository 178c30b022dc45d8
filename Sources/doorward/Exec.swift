// `doorward exec`: runs a service's handler on this terminal, in its sandbox, with its limits and its environment.
internal import ArgumentParser
internal import ConfigurationLoader
internal import Inspection
internal import LinuxSystem
internal import ServiceModel

struct Exec: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run a service's handler on this terminal, in its sandbox, with its limits and its environment.",
        discussion: """
            Standard input and output are the connection: type, or use pipes. Identity, system calls, files, \
            namespaces, limits and environment are those that the service's gate gives a handler. The exit status is \
            the handler's; 127 when it could not be started.
            """)

    @Argument(help: "The service's name.")
    var service: String

    @Option(help: ArgumentHelp("The address of the client that the handler sees.", valueName: "address"))
    var from = "127.0.0.1"

    @OptionGroup var paths: PathOptions

    func run() throws {
        let status: Int32
        do {
            let assessment = try Assessment(service: service, address: from, paths.choices, on: .thisMachine)
            if !Accounts.isRoot {
                StandardError.write("doorward exec: not root: the handler runs as you, in this machine's network")
            }
            status = try ServiceExec.run(assessment)
        } catch let error as CommandFailure {
            for line in error.outcome.lines { StandardError.write(line) }
            throw ExitCode(127)
        } catch {
            StandardError.write("doorward exec: \(service): \(error)")
            throw ExitCode(127)
        }
        throw ExitCode(status)
    }
}
