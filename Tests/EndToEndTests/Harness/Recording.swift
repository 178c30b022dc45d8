// A scenario while it is played, and the text that comes of it: what each client and command got, the counters of each
// service, the exit status of the supervisor, and the log.
import Foundation
import Glibc
import Testing

/// A supervisor with recorded clients.
final class Recording {
    let supervised: Supervised
    private var placeholders = LogRecord.Placeholders()
    private var clients: [RecordedClient] = []
    private var commands: [String] = []
    private var counters: String?
    private var status: Int32?
    /// Held until the end of the scenario.
    private let nameServer: Any?

    /// Starts the supervisor, and waits until every service is ready.
    init(_ scenario: Scenario) throws {
        var host = scenario.host
        let port: UInt16?
        switch scenario.nameServer {
        case .rbldnsd(let list):
            let server = try Rbldnsd(list)
            (nameServer, port) = (server, server.port)
        case .silent:
            let server = try SilentNameServer()
            (nameServer, port) = (server, server.port)
        case .closed: (nameServer, port) = (nil, try SilentNameServer().port)
        case nil: (nameServer, port) = (nil, nil)
        }
        if let port {
            host += "nameservers = [\"127.0.0.1:\(port)\"]\n"
            placeholders.addresses["127.0.0.1:\(port)"] = "127.0.0.1:<name server>"
        }
        supervised = try Supervised(services: scenario.services, host: host, files: scenario.files)
        placeholders.directory = supervised.directory
        if port != nil { try waitFor("resolver_ready") }
    }

    /// The options by which commands find the supervisor, whatever its files say.
    private var options: [String] {
        ["--config", supervised.directory + "/doorward.toml", "--state", supervised.directory + "/state"]
    }

    // MARK: acts

    /// Connects a client.
    ///
    /// - Parameter peer: the client that an upstream will name, ADDRESS:PORT; nil for a client without an upstream.
    func connect(
        to service: String = "a", listener: Int = 0, from source: String = "127.0.0.1", as peer: String? = nil
    ) throws -> RecordedClient {
        let client = try Client(port: supervised.port(service, listener: listener), source: source)
        let name = "client \(clients.count + 1)"
        placeholders.addresses["\(source):\(client.port)"] = "\(source):<\(name)>"
        let heading = "\(name), \(peer.map { "\($0) by " } ?? "")\(source) to \(service)"
        return recorded(client, heading, peer: peer ?? "\(source):\(client.port)")
    }

    /// Connects a client to a unix socket in the directory.
    func connect(path: String) throws -> RecordedClient {
        let client = try Client(path: "\(supervised.directory)/\(path)")
        return recorded(client, "client \(clients.count + 1) to \(path)", peer: "unix:uid=\(geteuid()),pid=\(getpid())")
    }

    private func recorded(_ client: Client, _ name: String, peer: String) -> RecordedClient {
        let recorded = RecordedClient(client, name: name, peer: peer, of: self)
        clients.append(recorded)
        return recorded
    }

    /// Runs `doorward` with a command and its arguments.
    func doorward(_ arguments: String...) throws {
        let outcome = try run([Supervised.program] + arguments + options)
        let said = placeholders.applied(to: outcome.output + outcome.error)
        commands.append("== doorward \(arguments.joined(separator: " ")): \(outcome.status)\n\(said)")
    }

    /// Replaces a file by one rename: whoever watches it sees one change.
    func replace(_ name: String, with text: String) throws {
        try supervised.write(text, to: "\(name).next")
        let path = "\(supervised.directory)/\(name)"
        guard rename("\(path).next", path) == 0 else { throw HarnessError("rename \(path): errno \(errno)") }
    }

    /// Waits for a line of the log; see ``LogReader/wait(for:count:seconds:where:)``.
    func waitFor(_ event: String, count: Int = 1, of service: String? = nil) throws {
        _ = try supervised.log.wait(for: event, count: count) { service == nil || $0["service"] == service }
    }

    /// Waits until `status` shows that many connections without a handler.
    func waitFor(waiting expected: Int, of service: String = "a") throws {
        try wait(for: "waiting", expected, of: service, supervised)
    }

    /// Waits until the log says what became of a client's connection.
    func waitForEnd(of client: RecordedClient) throws {
        let count = clients.count { $0.isOver && $0.peer == client.peer }
        let ends: Set = ["end", "refuse", "spawn_failed"]
        try wait(until: {
            supervised.log.all.count { ends.contains($0.event) && $0["peer"] == client.peer } >= count
        })
    }

    // MARK: the end

    /// Records the counters, once no gate serves a connection or keeps one waiting, or as they are.
    func count(whenIdle: Bool = true) throws {
        var services = try readCounters()
        try wait(until: {
            services = try readCounters()
            return !whenIdle || services.allSatisfy { $0.counts["active"] == 0 && $0.counts["waiting"] == 0 }
        })
        counters = services.map { name, counts in
            let shown = counts.filter { $0.value != 0 }.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
            return "== counters of \(name)\n\((shown.isEmpty ? ["none"] : shown).joined(separator: " "))\n"
        }.joined()
    }

    private func readCounters() throws -> [(name: String, counts: [String: Int])] {
        let outcome = try run([Supervised.program, "status", "--json"] + options)
        let all = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any]
        let services = try #require(all?["services"] as? [[String: Any]], "\(outcome.error)")
        return try services.map {
            (try #require($0["name"] as? String), try #require($0["counts"] as? [String: Int]))
        }.sorted { $0.name < $1.name }
    }

    /// Waits for the end of a supervisor that ends by a scenario's signal.
    func waitForEnd() { status = supervised.waitForEnd() }

    /// Ends the scenario, and returns its record.
    func end() throws -> String {
        for client in clients where !client.isOver { try client.close() }
        if counters == nil { try count() }
        let status = self.status ?? supervised.stop()
        let lines = supervised.log.all
        for line in lines where line.event == "ready" {
            for (number, address) in line.description.components(separatedBy: " listen=").dropFirst().enumerated() {
                let bound = address.prefix { $0 != " " }
                let host = bound.prefix { $0 != ":" }
                placeholders.addresses[String(bound)] = "\(host):<\(line["service"] ?? ""), listener \(number + 1)>"
            }
        }
        let heard = clients.map { "== \($0.name)\n" + $0.acts.map { "\($0)\n" }.joined() }.joined()
        let log = LogRecord(lines, placeholders).text
        return heard + commands.joined() + (counters ?? "") + "== the supervisor ended with status \(status)\n" + log
    }
}
