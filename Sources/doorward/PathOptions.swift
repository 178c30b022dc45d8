// The options that every command shares.
internal import ArgumentParser
internal import ConfigurationLoader
internal import LinuxSystem

/// Where things are.
struct PathOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Settings of the host (default: /etc/doorward/doorward.toml, if it is there).", valueName: "file"))
    var config: String?

    @Option(help: ArgumentHelp("Directory of the service files.", valueName: "dir"))
    var services: String?

    @Option(help: ArgumentHelp("Directory in which bare handler names are looked up.", valueName: "dir"))
    var handlers: String?

    @Option(help: ArgumentHelp("Directory for what must survive a restart.", valueName: "dir"))
    var state: String?

    static let standardConfiguration = "/etc/doorward/doorward.toml"

    /// The choices as the reader takes them. A configuration that was named must be there; the standard one may be missing,
    /// but only missing: one that cannot be read is used, and then reported.
    var choices: PathChoices {
        var choices = PathChoices()
        choices.configuration = config ?? (Files.exists(Self.standardConfiguration) ? Self.standardConfiguration : nil)
        choices.services = services
        choices.handlers = handlers
        choices.state = state
        return choices
    }

    /// The same options as arguments, to be parsed once more by another run of this program.
    var arguments: [String] {
        let options = [("--config", config), ("--services", services), ("--handlers", handlers), ("--state", state)]
        return options.flatMap { name, value in value.map { [name, $0] } ?? [] }
    }
}
