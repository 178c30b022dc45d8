// `doorward run`: the supervisor, in the foreground, its log on standard error.
internal import ArgumentParser
internal import Configuration
internal import LinuxSystem
internal import Supervisor

struct Run: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Serve, until SIGTERM. SIGHUP reads everything again.",
        discussion: """
            The log goes to standard error, a line for each event. SIGTERM lets handlers finish until the deadline \
            (drain, 30 s), a second one ends them with TERM and then KILL, a third one with KILL at once.
            """)

    @OptionGroup var paths: PathOptions

    @Option(
        name: .customLong("ready-fd"),
        help: ArgumentHelp(
            "Descriptor that gets a line SERVICE ADDRESS for each open listener, and is closed, once all are open.",
            valueName: "n"))
    var readyNumber: Int32?

    func validate() throws {
        if let readyNumber, readyNumber < 3 || !Startup.isOpen(readyNumber) {
            throw ValidationError("--ready-fd \(readyNumber): expected an open descriptor above 2")
        }
    }

    func run() throws {
        var options = paths.supervisorOptions
        options.readyNumber = readyNumber
        let supervisor: Supervisor
        do throws(DefinitionsError) {
            supervisor = try Supervisor(options, on: .thisMachine)
        } catch {
            for line in error.lines { printError(line) }
            throw ExitCode(1)
        }
        throw ExitCode(supervisor.run())
    }
}
