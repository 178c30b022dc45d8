// `doorward explain`: shows the decision of a service's gate on a client, and the lines of the files that decide it.
internal import ArgumentParser
internal import ConfigurationLoader
internal import Inspection

struct Explain: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show what a service's gate would decide on a client, and which lines decide it; start nothing.",
        discussion: "Exit status 0 when the client would be admitted, 1 when it would be refused or a file is at fault."
    )

    @Argument(help: "The service's name.")
    var service: String

    @Argument(help: "The client's IP address, or 'unix'.")
    var address: String

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var paths: PathOptions

    func run() throws {
        let assessment: Assessment
        do throws(CommandFailure) {
            assessment = try Assessment(service: service, address: address, paths.choices, on: .thisMachine)
        } catch {
            throw error.printed(json: json)
        }
        let explanation = Explanation(assessment)
        print(json ? explanation.json.text : explanation.text)
        if assessment.reason != nil { throw ExitCode(1) }
    }
}
