// The commands for bans: block, unblock, blocked. They send requests to a running supervisor.
internal import Addresses
internal import ArgumentParser
internal import Configuration
internal import Control
internal import Inspection
internal import LinuxSystem

struct Block: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Ban an address or prefix from every service of a running supervisor.",
        discussion: "The ban outlives the supervisor. Open connections go on.")

    @Argument(help: "Address or prefix, like 192.0.2.7, 192.0.2.0/24 or 2001:db8::/64.")
    var prefix: PrefixArgument

    @Option(
        name: .customLong("for"),
        help: ArgumentHelp("Length of the ban, like 10min; without it, the ban does not end.", valueName: "time"))
    var length: DurationArgument?

    @Option(help: "Reason for the ban, for `blocked` and the log.")
    var reason = ""

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var paths: PathOptions

    func run() throws {
        let request = ControlRequest.block(prefix.prefix, reason: reason, length: length?.duration)
        try ControlCall(request, paths, json: json).reply.outcome.print(json: json)
    }
}

struct Unblock: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "End the ban of an address or prefix, and forget its earlier bans.")

    @Argument(help: "Address or prefix, as `blocked` shows it.")
    var prefix: PrefixArgument

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var paths: PathOptions

    func run() throws {
        try ControlCall(.unblock(prefix.prefix), paths, json: json).reply.outcome.print(json: json)
    }
}

struct Blocked: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show the bans in force: cause, age, time left, and how many connections each has refused.")

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var paths: PathOptions

    func run() throws { try ControlCall(.blocked, paths, json: json).reply.outcome.print(json: json) }
}

/// A prefix on the command line.
struct PrefixArgument: ExpressibleByArgument {
    let prefix: IPPrefix

    init?(argument: String) {
        do throws(IPPrefixError) {
            prefix = try IPPrefix(argument)
        } catch {
            StandardError.write("doorward: \(error)")
            return nil
        }
    }
}

/// A duration on the command line, as files spell it.
struct DurationArgument: ExpressibleByArgument {
    let duration: Duration

    init?(argument: String) {
        guard let duration = Duration(spelling: argument), duration > .zero else {
            StandardError.write("doorward: '\(argument)' is not a duration; expected one like 10min (ms, s, min, h, d)")
            return nil
        }
        self.duration = duration
    }
}
