// `doorward run`: becomes the supervisor, in the foreground, its log on standard error.
internal import ArgumentParser
internal import LinuxSystem

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

    /// Executes the supervisor, a program in the same directory. It starts this program again to read the files.
    func run() throws {
        do throws(SystemError) {
            let own = try Commands.ownPath()
            let supervisor = own + "-supervisor"
            let ready = readyNumber.map(String.init) ?? "-"
            try Commands.become(
                supervisor, ["doorward: supervisor", ready, own, PrintDefinitions.name] + paths.arguments)
        } catch {
            StandardError.write("doorward: the supervisor beside this program cannot be started: \(error)")
            throw ExitCode(1)
        }
    }
}
