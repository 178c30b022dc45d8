// What a golden log records: services, and what clients do to them.
import Testing

/// A host with its services, and a play with clients. Each scenario has the golden file GoldenLogs/NAME.log.
struct Scenario: Sendable {
    /// What a scenario cannot be played without.
    enum Need {
        case nothing
        /// The scenario acts on processes of other users.
        case root
    }

    /// The name server that the host asks about DNS block lists.
    enum NameServer: Equatable {
        /// rbldnsd with these entries of `bl.test`.
        case rbldnsd(String)
        /// One that gets questions and never answers.
        case silent
        /// A port at which nothing listens.
        case closed
    }

    let name: String
    let need: Need
    let services: [String: String]
    let host: String
    let files: [String: String]
    let nameServer: NameServer?
    /// What happens between the start and the end of the supervisor.
    let play: @Sendable (Recording) throws -> Void

    init(
        _ name: String, needs need: Need = .nothing, _ services: [String: String], host: String = "",
        files: [String: String] = [:], nameServer: NameServer? = nil,
        play: @escaping @Sendable (Recording) throws -> Void
    ) {
        self.name = name
        self.need = need
        self.services = services
        self.host = host
        self.files = files
        self.nameServer = nameServer
        self.play = play
    }

    /// A scenario with one service `a`: a listener on a free port, the handler, and more lines.
    ///
    /// - Parameters:
    ///   - handler: the handler's command, as a service file spells it.
    ///   - script: the text of DIRECTORY/it, which the handler or a filter may name, without its first line.
    init(
        _ name: String, needs need: Need = .nothing, handler: String = "echo", script: String? = nil,
        _ lines: String = "", host: String = "", files: [String: String] = [:], nameServer: NameServer? = nil,
        play: @escaping @Sendable (Recording) throws -> Void
    ) {
        var all = files
        if let script { all["it"] = "#!/bin/sh\n\(script)\n" }
        let command = handler.hasPrefix("[") ? handler : "[\"\(handler)\"]"
        self.init(
            name, needs: need, ["a": Self.service(handler: command, lines)], host: host, files: all,
            nameServer: nameServer, play: play)
    }

    /// The text of a service file with a listener on a free port.
    static func service(handler: String = "[\"echo\"]", _ lines: String = "") -> String {
        "listen = [\"127.0.0.1:0\"]\nhandler = \(handler)\n\(lines)\n"
    }

    /// A service with the handler `echo`.
    static let echo = service()

    /// Whether this user on this machine can play it.
    var isPlayable: Bool {
        if case .rbldnsd = nameServer, !Rbldnsd.isThere { return false }
        return need == .nothing || isRoot
    }

    /// Every scenario; Scenarios/ has a file for each theme.
    static let all: [Scenario] =
        serving + ending + filters + proxy + preConnection + lists + checks + admission + bans + limits + reload
        + lifecycle
}

extension Scenario: CustomTestStringConvertible {
    var testDescription: String { name }
}
