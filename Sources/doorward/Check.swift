// `doorward check`: reads everything that `run` would, says everything that is wrong, starts nothing.
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
        let report = CheckReport.make(paths.choices, on: .thisMachine)
        if json {
            print("{\"faults\":\(JSON.list(report.faults)),\n\"notes\":\(JSON.list(report.notes))}")
        } else {
            for line in report.faults + report.notes { print(line) }
        }
        if !report.faults.isEmpty { throw ExitCode(1) }
    }
}
