import Configuration
import ConfigurationLoader
import HostDefinition
import Foundation
import ServiceModel
import TestSupport
import Testing

@testable import Inspection

/// A host of one service, /bin/cat, with a block list.
struct Example {
    let directory: TemporaryDirectory
    private var choices = PathChoices()

    init(_ lines: String, listen: String = "127.0.0.1:7\", \"unix:/run/cat") throws {
        directory = try TemporaryDirectory()
        try directory.write(
            "cat.toml", "listen = [\"\(listen)\"]\nhandler = [\"/bin/cat\", \"-n\"]\n\(lines)")
        try directory.write("blocked", "# nobody\n203.0.113.0/24\n")
        try directory.write("doorward.toml", "block_list = \"blocked\"\n[defaults.limits]\nfiles = 99\n")
        choices.configuration = directory.path + "/doorward.toml"
        choices.services = directory.path
        choices.state = directory.path + "/state"
        // The settings are no service.
        try Self.moveServices(directory.path)
        choices.services = directory.path + "/services"
    }

    private static func moveServices(_ path: String) throws {
        let manager = FileManager.default
        try manager.createDirectory(atPath: path + "/services", withIntermediateDirectories: false)
        try manager.moveItem(atPath: path + "/cat.toml", toPath: path + "/services/cat.toml")
    }

    func assessment(_ address: String, service: String = "cat") throws(CommandFailure) -> Assessment {
        try Assessment(service: service, address: address, choices, on: Host())
    }
}

extension Explanation {
    /// `VALUE (ORIGIN)` of a fact; the directory of the files is left out.
    func fact(_ key: String, _ example: Example) -> String? {
        let fact = sections.flatMap(\.facts).first { $0.key == key }
        return fact.map { "\($0.value) (\($0.origin))" }?.replacingOccurrences(
            of: example.directory.path + "/", with: "")
    }
}

struct ExplanationTests {
    @Test("each setting comes with the line that says it, of the service's file or of the defaults, or is a default")
    func origins() throws {
        let example = try Example("umask = \"77\"\n[limits]\nmemory = \"64M\"\n[environment]\nCOLOUR = \"green\"\n")
        let explanation = Explanation(try example.assessment("192.0.2.1"))
        #expect(explanation.fact("umask", example) == "077 (services/cat.toml:3)")
        #expect(explanation.fact("limits.memory", example) == "67108864 (services/cat.toml:5)")
        #expect(explanation.fact("limits.files", example) == "99 (doorward.toml:3)")
        #expect(explanation.fact("limits.cpu", example) == "unlimited (default)")
        #expect(explanation.fact("environment COLOUR", example) == "green (services/cat.toml:7)")
        #expect(explanation.fact("environment TCPREMOTEIP", example) == "192.0.2.1 ()")
        #expect(explanation.fact("argument 1", example) == "-n (services/cat.toml:2)")
        #expect(explanation.fact("network", example) == "no new sockets (default)")
        #expect(explanation.fact("user", example)?.hasPrefix("of its own, from 80000 to 89999") == true)
    }

    @Test("how somebody is refused is said with the line that says it: of the rule that refuses, or of the service")
    func manners() throws {
        let rules = "access = [\"deny 192.0.2.7 message=554 no\\r\\n\",\n\"deny 192.0.2.8\",\n\"allow all\"]\n"
        let told = try Example(rules + "deny_message = \"421 later\\r\\n\"\n")
        func action(_ address: String, _ example: Example) throws -> String? {
            Explanation(try example.assessment(address)).fact("refuse", example)
        }
        #expect(try action("192.0.2.7", told) == "says \"554 no\\r\\n\", then closes (services/cat.toml:3)")
        #expect(try action("192.0.2.8", told) == "says \"421 later\\r\\n\", then closes (services/cat.toml:6)")
        #expect(try action("192.0.2.9", told) == "says \"421 later\\r\\n\", then closes (services/cat.toml:6)")
        #expect(try action("192.0.2.9", Example("refuse = \"tarpit\"\n")) == "tarpit (services/cat.toml:3)")
        #expect(try action("192.0.2.9", Example("")) == "close (default)")
    }

    @Test("a refusal has the log's word for its cause; an admission, and a service that is switched off, have none")
    func causes() throws {
        func cause(_ address: String, _ lines: String) throws -> String? {
            let example = try Example(lines)
            return Explanation(try example.assessment(address)).fact("cause", example)
        }
        #expect(try cause("203.0.113.9", "") == "block_list ()")
        #expect(try cause("192.0.2.1", "access = [\"deny all\"]\n") == "access_rule ()")
        #expect(try cause("192.0.2.1", "") == nil)
        #expect(try cause("192.0.2.1", "enabled = false\n") == nil)
    }

    @Test("filters are said with their arguments and their line, and what they need to start is granted")
    func filters() throws {
        let example = try Example("output_filters = [[\"/usr/bin/tr\", \"A-Z\", \"a-z\"]]\n")
        let explanation = Explanation(try example.assessment("192.0.2.1"))
        #expect(explanation.fact("output_filters", example) == "/usr/bin/tr A-Z a-z (services/cat.toml:3)")
        #expect(explanation.fact("input_filters", example) == nil)
    }

    @Test("what the sandbox opens is said with its line: files, calls, families")
    func sandbox() throws {
        let example = try Example(
            "network = [\"unix\"]\nsystem_calls = [\"-fork\"]\nprivate_tmp = true\nseccomp = \"kill\"\n"
                + "[files]\nread = [\"/etc/passwd\"]\n"
        )
        let explanation = Explanation(try example.assessment("192.0.2.1"))
        #expect(explanation.fact("/etc/passwd", example) == "read,list (services/cat.toml:8)")
        #expect(explanation.fact("/usr/bin", example) == "read,execute (services/cat.toml:2 (handler))")
        #expect(explanation.fact("system_calls", example) == "not fork (services/cat.toml:4)")
        #expect(explanation.fact("private_tmp", example) == "/tmp, 67108864 bytes (services/cat.toml:5)")
        #expect(explanation.fact("seccomp", example)?.contains("ends the process") == true)
        #expect(explanation.fact("network", example) == "new sockets of unix (services/cat.toml:3)")
        #expect(explanation.text.contains("\nfiles\n"))
    }

    @Test("JSON is JSON, and says the same")
    func json() throws {
        let example = try Example("[environment]\nODD = \"a \\\"quote\\\" \\\\ and \\u001b\"\n")
        let explanation = Explanation(try example.assessment("2001:db8::1"))
        let parsed = try JSONSerialization.jsonObject(with: Data(explanation.json.text.utf8)) as? [String: Any]
        let sections = parsed?["sections"] as? [[String: Any]]
        let facts = sections?.flatMap { $0["facts"] as? [[String: String]] ?? [] }
        #expect(facts?.count == explanation.sections.map(\.facts.count).reduce(0, +))
        #expect(facts?.first { $0["key"] == "environment ODD" }?["value"] == "a \"quote\" \\ and \u{1b}")
        #expect(!explanation.text.contains("\u{1b}"))
    }

    @Test("JSON has the decision and each key with its value and its line as data")
    func data() throws {
        let example = try Example("umask = \"77\"\n[limits]\nlifetime = \"90s\"\n")
        let explanation = Explanation(try example.assessment("203.0.113.7"))
        let parsed = try #require(
            try JSONSerialization.jsonObject(with: Data(explanation.json.text.utf8)) as? [String: Any])
        #expect(parsed["version"] as? Int == 1 && parsed["address"] as? String == "203.0.113.7")
        let decision = parsed["decision"] as? [String: Any]
        #expect(decision?["outcome"] as? String == "refused" && decision?["cause"] as? String == "block_list")
        #expect(decision?["setting"] as? String == "block_list")
        let settings = try #require(parsed["settings"] as? [[String: Any]])
        #expect(settings.compactMap { $0["key"] as? String } == Service.keys.map(\.name))
        func setting(_ key: String) -> [String: Any]? { settings.first { $0["key"] as? String == key } }
        #expect(
            setting("limits.lifetime")?["value"] as? Double == 90 && setting("limits.lifetime")?["line"] as? Int == 5)
        #expect(setting("umask")?["value"] as? String == "077")
        #expect(setting("limits.memory")?["value"] as? Int == 512 << 20 && setting("limits.memory")?["line"] is NSNull)
        #expect(setting("socket.nodelay")?["value"] as? Bool == true)
    }

    @Test(
        "JSON has the number of processes and of places to wait that the service gets, not null for a default",
        arguments: [
            ("", 512, 0), ("start = \"data\"\n", 512, 1000), ("[limits]\nprocesses = 7\nwaiting = 5\n", 7, 5),
            ("[limits]\nprocesses = \"unlimited\"\n", nil, 0),
        ])
    func defaultsOfService(lines: String, processes: Int?, waiting: Int) throws {
        let json = Explanation(try Example(lines).assessment("192.0.2.1")).json
        func value(_ key: String) -> JSON? {
            Service.keys.firstIndex { $0.name == key }.flatMap { json["settings", "\($0)", "value"] }
        }
        #expect(value("limits.processes") == processes.map { .integer($0) } ?? .string("unlimited"))
        #expect(value("limits.waiting") == .integer(waiting))
    }

    @Test("every key of a service is shown, or named as not set")
    func complete() throws {
        for lines in ["", "access = [\"allow all\"]\nhours = [\"Mon\"]\n[penalties]\nexit = { 77 = 20 }\n"] {
            let explanation = Explanation(try Example(lines).assessment("192.0.2.1"))
            let facts = explanation.sections.flatMap(\.facts)
            let unset = facts.filter { $0.key == "not set" }.flatMap {
                $0.value.split(separator: ", ").map(String.init)
            }
            let shown = Set(facts.map(\.key) + unset)
            let inOtherWords = ["handler": "path", "environment": "environment PATH"]
            for key in Service.keys {
                #expect(shown.contains(inOtherWords[key.name] ?? key.name), "\(key.name)")
            }
        }
    }
}
