// The command line: the list of the commands. Inspection, ConfigurationLoader and Import do their work.
internal import ArgumentParser

/// The program `doorward`.
@main
struct Doorward: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doorward",
        abstract: "A super-server: a file in services/ becomes a port, every connection its own tiny process.",
        version: "0.1.0",
        subcommands: [
            Run.self, Check.self, Explain.self, Exec.self, Status.self, Reload.self, Drain.self, StopCommand.self,
            Block.self, Unblock.self, Blocked.self, ImportCommand.self, PrintDefinitions.self,
        ])
}
