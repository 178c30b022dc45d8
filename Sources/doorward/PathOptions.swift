// The options that every command shares.
internal import ArgumentParser
internal import LinuxSystem
internal import Supervisor

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

    /// The options as the supervisor takes them. A configuration that was named must be there; the standard one may be
    /// missing, but only missing: one that cannot be read is used, and then reported.
    var supervisorOptions: SupervisorOptions {
        var options = SupervisorOptions()
        options.configuration = config ?? (Files.exists(Self.standardConfiguration) ? Self.standardConfiguration : nil)
        options.services = services
        options.handlers = handlers
        options.state = state
        return options
    }
}
