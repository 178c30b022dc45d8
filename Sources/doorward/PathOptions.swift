// The options for paths, which the commands share.
internal import ArgumentParser
internal import ConfigurationLoader
internal import LinuxSystem

/// The paths of files and directories.
struct PathOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Settings of the host (default: /etc/doorward/doorward.toml, if it is there).", valueName: "file"))
    var config: String?

    @Option(help: ArgumentHelp("Directory of the service files.", valueName: "dir"))
    var services: String?

    @Option(help: ArgumentHelp("Directory of handlers that a service file names without a slash.", valueName: "dir"))
    var handlers: String?

    @Option(help: ArgumentHelp("Directory for what must survive a restart.", valueName: "dir"))
    var state: String?

    static let standardConfiguration = "/etc/doorward/doorward.toml"

    /// The choices for the reader of the files. A configuration that the command line names must exist. The standard
    /// one may be missing, but one that cannot be read is used too, so that the fault is reported.
    var choices: PathChoices {
        var choices = PathChoices()
        choices.configuration = config ?? (Files.exists(Self.standardConfiguration) ? Self.standardConfiguration : nil)
        choices.services = services
        choices.handlers = handlers
        choices.state = state
        return choices
    }

    /// The same options as arguments for another run of this program.
    var arguments: [String] {
        let options = [("--config", config), ("--services", services), ("--handlers", handlers), ("--state", state)]
        return options.flatMap { name, value in value.map { [name, $0] } ?? [] }
    }
}
