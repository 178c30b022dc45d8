// `doorward check`: reads every file that `run` would read, prints every fault, starts nothing.
internal import ArgumentParser
internal import ConfigurationLoader
internal import Inspection

struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Read every file and print every fault; start nothing.",
        discussion: "Prints FILE:LINE:COLUMN: error: MESSAGE for each fault. Exit status 0 when there is none, else 1.")

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var paths: PathOptions

    func run() throws {
        let outcome = CheckReport.make(paths.choices, on: .thisMachine).outcome
        // Faults are the result of this command, so standard output gets them too.
        if json { print(outcome.json.text) } else { for line in outcome.lines { print(line) } }
        if !outcome.isDone { throw ExitCode(1) }
    }
}
