import Addresses
import Configuration
import Control
import Foundation
import HostDefinition
import LinuxSystem
import Messages
import Sandbox
import ServiceModel
import TestSupport
import Testing

@testable import ConfigurationLoader
@testable import Inspection

extension JSON {
    /// A line for each value, as ``JSONShape`` takes them.
    func walk(_ path: String = "") -> [String] {
        switch self {
        case .null: ["\(path) null"]
        case .boolean: ["\(path) boolean"]
        case .integer: ["\(path) integer"]
        case .seconds: ["\(path) seconds"]
        case .string: ["\(path) string"]
        case .list(let values): ["\(path) list"] + values.flatMap { $0.walk(path + "[]") }
        case .object(let object):
            ["\(path) {\(object.members.map(\.key).joined(separator: ","))}"]
                + object.members.flatMap { $0.value.walk(path.isEmpty ? $0.key : "\(path).\($0.key)") }
        }
    }

    /// The value at keys and indices.
    subscript(path: String...) -> JSON? {
        path.reduce(self) { value, key in
            switch value {
            case .object(let object): object.members.first { $0.key == key }?.value
            case .list(let values): Int(key).flatMap { values.indices.contains($0) ? values[$0] : nil }
            default: nil
            }
        }
    }
}

/// Expects that documents have the keys and types of a shape, and that they use all of it.
private func expect(_ documents: [JSON], _ shape: JSONShape, location: SourceLocation = #_sourceLocation) throws {
    for document in documents {
        #expect(shape.differences(from: document.walk()) == [], sourceLocation: location)
        let parsed = try JSONSerialization.jsonObject(with: Data(document.text.utf8))
        #expect(parsed is [String: Any], sourceLocation: location)
        #expect(document.text.hasPrefix("{\"version\":1,"), sourceLocation: location)
    }
    #expect(shape.uncovered(by: documents.map { $0.walk() }) == [], sourceLocation: location)
}

struct JSONShapeTests {
    @Test("status has its shape, whatever part is missing")
    func status() throws {
        var reports = filters.map { statusReport($0) } + resolvers.map { statusReport(.off, $0) }
        reports.append(StatusReport())
        try expect(reports.map(\.json), .status)
    }

    @Test("the state of the kernel's filter is words and numbers for programs")
    func kernelFilter() {
        let told = filters.map { filter in
            let json = statusReport(filter).json
            return [
                "state", "reason", "dropped_by_bans", "dropped_by_block_list", "has_bans", "bans_reason",
                "has_block_list", "block_list_reason",
            ].map { json["kernel_filter", $0]?.text ?? "-" }.joined(separator: " ")
        }
        #expect(
            told == [
                "\"off\" null null null false null false null",
                "\"unavailable\" \"EPERM\" null null false null false null",
                "\"on\" null 3 4 true null true null",
                "\"on\" \"EPERM\" null null false \"ENOMEM\" false \"EBUSY\"",
                "\"on\" \"ENOMEM\" 3 4 true null false \"too_long\"",
            ])
    }

    @Test("the state of the kernel's filter is a sentence for people")
    func kernelFilterText() {
        #expect(
            filters.map(\.text) == [
                "off: kernel_filter = false", "off: load the filter: EPERM (Operation not permitted)",
                "dropped 3 SYNs by bans, 4 by the block list",
                "read the filter's counters: EPERM (Operation not permitted)",
                "dropped 3 SYNs by bans, 4 by the block list; attach the filter: ENOMEM (Cannot allocate memory); "
                    + "the block list has 200000 lines, and at most 100000 go to the kernel",
            ])
    }

    @Test(
        "a missing protection is a word for programs and a sentence for people",
        arguments: [
            (ControlGroupLimitation?.none, [], nil),
            (.noGroups, ["control_groups"], "there are no control groups"),
            (.missing(.absent([.memory])), ["memory_controller"], "the hierarchy has no memory"),
            (
                .missing(.absent([.pids, .memory])), ["pids_controller", "memory_controller"],
                "the hierarchy has neither pids nor memory"
            ),
            (
                .missing(.refused(directory: "/g", SystemError("open", .access))),
                ["pids_controller", "memory_controller"],
                "/g: controllers cannot be handed down: open: EACCES (Permission denied)"
            ),
        ])
    func unprotected(groups: ControlGroupLimitation?, words: [String], reason: String?) {
        let report = statusReport(.off, .unused, groups)
        #expect(report.json["unprotected"] == .strings(["signal", "abstract_unix"] + words))
        let sentence = reason.map {
            "not protected: limits.total_memory and the number of a service's processes: \($0)\n"
        }
        #expect(report.text.contains("limits.total_memory") == (sentence != nil))
        if let sentence { #expect(report.text.contains(sentence)) }
        #expect(report.text.contains("not protected: signals between handlers of one service, and to their gate"))
    }

    @Test("the resolver has a state, and its end a reason")
    func resolver() {
        let texts = resolvers.map { statusReport(.off, $0) }
        #expect(
            texts.map { $0.json["dnsbl", "state"]?.text } == ["unused", "running", "failed", "failed"].map(JSON.text))
        #expect(texts[2].json["dnsbl", "reason"] == .string("ended"))
        #expect(texts[3].json["dnsbl", "message"] == .string("open: EACCES"))
        #expect(!texts[0].text.contains("DNS block lists"))
        #expect(texts[1].text.contains("\nDNS block lists: asked by pid 17\n"))
        #expect(texts[2].text.contains("\nDNS block lists: not asked: it ended without a report\n"))
        #expect(texts[3].text.contains("\nDNS block lists: not asked: open: EACCES\n"))
    }

    @Test("a fault has a member each for its place, its key and its message")
    func faults() {
        let faults = statusReport().json["faults"]
        #expect(faults?["0", "file"] == .string("services/a.toml"))
        #expect(faults?["0", "line"] == .integer(3) && faults?["0", "column"] == .integer(9))
        #expect(faults?["0", "key"] == .string("limits.memory"))
        #expect(faults?["1", "file"] == .string("services") && faults?["1", "line"] == .null)
        #expect(faults?["2", "file"] == .null && faults?["2", "message"] == .string("cannot start"))
        #expect(
            statusReport().text.hasSuffix(
                """

                not in force: services/a.toml:3:9: error: 'limits.memory' is a string
                not in force: services: error: cannot be read [services, --services]
                not in force: cannot start
                echo: 127.0.0.1:25 cannot be opened: bind: EADDRINUSE; the old definition stays in force
                echo: gate 8 drains, up for 3s, active: 2
                """))
    }

    @Test("a service whose file has faults has all of them, and the first one as its problem unless no gate serves")
    func faultsOfService() {
        var report = statusReport()
        report.services[1].faults = [problems[0], problems[2]]
        report.services[1].state = .serving
        let json = report.json
        #expect(json["services", "0", "problem"] == .string(failure.message))
        #expect(json["services", "0", "faults"] == json["faults"])
        let service = json["services", "1"]
        #expect(service?["problem"] == .string("'limits.memory' is a string"))
        #expect(service?["key"] == .string("limits.memory") && service?["key_file"] == .string("services/a.toml"))
        #expect(service?["line"] == .integer(3) && service?["column"] == .integer(9))
        #expect(service?["old_in_force"] == .boolean(true) && service?["faults", "1", "line"] == .null)
        report.services[1].state = .starting
        #expect(report.json["services", "1", "old_in_force"] == .boolean(false))
        report.services[1].faults = []
        #expect(report.json["services", "1", "problem"] == .string(""))
    }

    @Test("reload has its shape, and is done when everything is in force")
    func reload() throws {
        let sound = ReloadReport(services: 2, faults: [], failures: [])
        let faulty = ReloadReport(
            services: 2, faults: problems,
            failures: [
                .init(service: "a", file: "a.toml", problem: failure),
                .init(service: "b", file: "b.toml", problem: ServiceProblem(message: "it ended without a report")),
            ])
        let outcomes = [sound, faulty].map { ControlReply.reloaded($0).outcome }
        try expect(outcomes.map(\.json), .reload)
        #expect(outcomes.map(\.isDone) == [true, false])
        #expect(outcomes.map { $0.json["in_force"] } == [.boolean(true), .boolean(false)])
        #expect(outcomes[0].lines == ["services: 2"])
        #expect(
            outcomes[1].lines == [
                "services/a.toml:3:9: error: 'limits.memory' is a string",
                "services: error: cannot be read [services, --services]", "cannot start",
                "a.toml: 127.0.0.1:25 cannot be opened: bind: EADDRINUSE; the old definition stays in force",
                "b.toml: it ended without a report",
            ])
    }

    @Test("block and unblock have one shape, and an outcome in a word")
    func banChange() throws {
        let outcomes = banChanges.map { ControlReply.banChange($0).outcome }
        try expect(outcomes.map(\.json), .block)
        #expect(
            outcomes.map { $0.json["outcome"] }
                == ["banned", "banned", "exempt", "full", "unbanned", "unbanned", "forgotten", "not_banned"].map {
                    .string($0)
                })
        #expect(outcomes.map(\.isDone) == [true, true, false, false, true, true, true, false])
        #expect(outcomes[0].json["seconds"] == .seconds(.milliseconds(1500)))
        #expect(
            outcomes.flatMap(\.lines) == [
                "192.0.2.7 is banned for 2 s", "192.0.2.7 is banned",
                "192.0.2.0/24 is not banned: 192.0.2.0/24 is exempt [exempt]",
                "192.0.2.0/24 is not banned: there are 16384 bans by command already",
                "192.0.2.7 is not banned any more",
                "192.0.2.7 is not banned any more",
                "192.0.2.0/24 was not banned any more; that it had been is forgotten",
                "192.0.2.0/24 is not banned; 192.0.2.0/24 is",
            ])
    }

    @Test("a ban has its cause in one word, and members for the parts of it")
    func blocked() throws {
        let json = ControlReply.bans(bans).outcome.json
        try expect([json, ControlReply.bans([]).outcome.json], .blocked)
        let told = (0..<3).map { index in
            ["for", "cause", "service", "ending", "reason"].map { json["bans", "\(index)", $0]?.text ?? "-" }
        }
        #expect(
            told == [
                ["\"command:a%20test\"", "\"command\"", "null", "null", "\"a test\""],
                ["\"sensor:trap\"", "\"sensor\"", "\"trap\"", "null", "null"],
                ["\"penalties:login:no_data\"", "\"penalties\"", "\"login\"", "\"no_data\"", "null"],
            ])
    }

    @Test("drain and stop say how many connections go on")
    func stopping() throws {
        let outcome = ControlReply.stopping(active: 3).outcome
        try expect([outcome.json], .stopping)
        #expect(outcome.json["active"] == .integer(3))
        #expect(outcome.lines == ["connections that are served to their end: 3"])
    }

    @Test("an error has one shape, whatever its cause")
    func error() throws {
        let refusals: [ControlRefusal] = [
            .unknownRequest, .stopping, .notServed(service: "a"), .tooMany, .gateUnreachable, .gateSilent(pid: 7),
        ]
        let outcomes =
            [
                CommandFailure(HostDefinitionError(problems: [problems[0], problems[2]])).outcome,
                CommandFailure(noAnswerAt: "/s/control", SystemError("connect", .noEntry)).outcome,
                ControlReply.sourceStatus(SourceStatus()).outcome,
                CommandFailure(HostDefinitionError(problems: problems)).outcome,
                CommandFailure(.malformedAddress, "").outcome, CommandFailure(.unknownService, "").outcome,
                CommandFailure(.notListening, "").outcome,
            ] + refusals.map { ControlReply.refused($0).outcome }
        try expect(outcomes.map(\.json), .error)
        #expect(outcomes.allSatisfy { !$0.isDone })
        let causes = Set(outcomes.compactMap { $0.json["error", "cause"] })
        #expect(causes == Set(CommandFailure.Cause.allCases.map { .string($0.rawValue) }))
        #expect(outcomes[1].json["error", "errno"] == .string("ENOENT"))
        #expect(
            outcomes[1].lines == [
                "doorward: no supervisor answers at /s/control: connect: ENOENT (No such file or directory) "
                    + "[state, --state]"
            ])
        #expect(outcomes[0].lines.last == "doorward: cannot start")
        #expect(outcomes[3].json["error", "file"] == .string("services"))
        #expect(outcomes[3].json["error", "errno"] == .string("EACCES"))
        #expect(outcomes[8].lines == ["the supervisor is about to end"])
    }

    @Test("check has its shape, and a relaxation the value that its file has")
    func check() throws {
        let directory = try TemporaryDirectory()
        let handler = "handler = [\"/h\"]\n"
        try directory.makeDirectory("services")
        try directory.write(
            "services/a.toml",
            "listen = \"127.0.0.1:1\"\n\(handler)network = true\nseccomp = \"off\"\n[files]\nwrite = [\"/w\"]\n")
        try directory.write("services/b.toml", "listen = \"127.0.0.1:2\"\n\(handler)enabled = false\n")
        try directory.write("services/c.toml", "listen = \"127.0.0.1:3\"\n\(handler)landlock = \"of\"\n")
        try directory.write("list", "192.0.2.7\nnonsense\n")
        var choices = PathChoices()
        choices.services = directory.path + "/services"
        let plain = CheckReport.make(choices, on: Host())
        choices.configuration = try directory.write("doorward.toml", "block_list = \"list\"\n")
        let faultyList = CheckReport.make(choices, on: Host())
        try directory.write("list", "192.0.2.7\n")
        let sound = CheckReport.make(choices, on: Host())
        var other = CheckReport()
        other.limitations = LandlockLimitation.allCases
        other.skipped = RootStep.allCases
        other.faults = problems
        let unplaced = SandboxRelaxation(
            file: "a.toml", position: nil, key: "user", value: .word("root"), meaning: "handlers run as uid 0")
        let service = ServiceDefinition(
            service: Service(
                name: "a", file: "a.toml", listen: [], handler: HandlerCommand(path: "/h", arguments: ["h"]),
                identity: Identity(user: .root)), activation: .enabled, listeners: [])
        other.services = [.init(definition: service, relaxations: [unplaced])]
        let outcomes = [plain, faultyList, sound, other].map(\.outcome)
        try expect(outcomes.map(\.json), .check)
        #expect(outcomes.allSatisfy { !$0.isDone })
        let json = outcomes[2].json
        #expect(json["faults", "0", "file"] == .string(directory.path + "/services/c.toml"))
        #expect(json["faults", "0", "line"] == .integer(3) && json["faults", "0", "column"] == .integer(12))
        #expect(json["block_list", "entries"] == .integer(1))
        #expect(outcomes[1].json["block_list", "entries"] == .null)
        #expect(json["services", "1", "state"] == .string("disabled"))
        #expect(
            (0..<3).map { json["relaxations", "\($0)", "value"] } == [
                .boolean(true), .string("off"), .strings(["/w"]),
            ])
        #expect(
            json["relaxations", "1", "line"] == .integer(4) && json["relaxations", "1", "key"] == .string("seccomp"))
        #expect(outcomes[3].json["unprotected"] == .strings(LandlockLimitation.allCases.map(\.rawValue)))
        #expect(outcomes[3].lines.last?.hasPrefix("not root: run would skip user,group,groups,") == true)
    }
}
