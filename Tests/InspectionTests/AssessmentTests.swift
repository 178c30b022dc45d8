import Foundation
import HostDefinition
import ServiceModel
import TestSupport
import Testing

@testable import Inspection

struct AssessmentTests {
    private func verdict(_ lines: String, _ address: String) throws -> String {
        let example = try Example(lines)
        let assessment = try example.assessment(address)
        guard let reason = assessment.refusalReason else {
            return "admitted \(assessment.ruleIndex.map(String.init) ?? "-")"
        }
        return "\(reason.sentence) \(reason.origin.split(separator: "/").last ?? "") [\(reason.remedy)]"
    }

    @Test("the block list decides first, then the rules in their order; a client that matches none is refused")
    func verdicts() throws {
        let rules = "access = [\"deny 192.0.2.7\",\n\"allow 192.0.2.0/24\",\n\"allow unix\"]\n"
        #expect(try verdict("", "192.0.2.7") == "admitted -")
        #expect(try verdict("", "203.0.113.9") == "it is on the block list blocked:2 [block_list]")
        #expect(try verdict(rules, "192.0.2.7") == "an access rule denies it cat.toml:3 [access]")
        #expect(try verdict(rules, "192.0.2.8") == "admitted 1")
        #expect(try verdict(rules, "unix") == "admitted 2")
        #expect(try verdict(rules, "2001:db8::1") == "no access rule matches it cat.toml:3 [access]")
    }

    @Test("a client gets the handler and the variables of its rule")
    func ruleHandler() throws {
        let example = try Example("access = [\"allow 192.0.2.1 handler=/bin/true A=1\", \"allow all\"]\n")
        #expect(try example.assessment("192.0.2.1").command.path == "/bin/true")
        #expect(try example.assessment("192.0.2.1").rule?.environment == [EnvironmentVariable(name: "A", value: "1")])
        #expect(try example.assessment("192.0.2.2").command.path == "/bin/cat")
    }

    @Test("a command line that names no client of a service is an error with a cause of its own")
    func commandLine() throws {
        let example = try Example("")
        #expect(throws: CommandFailure(.malformedAddress, "'localhost' is not an IP address, nor \"unix\"")) {
            try example.assessment("localhost")
        }
        #expect(throws: CommandFailure(.unknownService, "no service is called 'dog'; there are: cat")) {
            try example.assessment("127.0.0.1", service: "dog")
        }
        let lines = CommandFailure(.unknownService, "'a\u{1b}'").outcome.lines
        #expect(lines == ["doorward: 'a\\u{1b}'"])
        let deaf = try Example("", listen: "unix:/run/cat")
        #expect(throws: CommandFailure(.notListening, "'cat' does not listen on an IP address [listen]")) {
            try deaf.assessment("127.0.0.1")
        }
    }

    @Test(
        "a faulty file is the cause, with the place and the key of its fault",
        arguments: [
            (
                "hours = [\"Mon 08:00-09:00\"]\ntime_zone = \"Mars/Olympus\"\n", "time_zone",
                "cat.toml:4:1: error: read time zone 'Mars/Olympus' [time_zone]: ENOENT"
            ),
            ("umaskk = 1\n", nil, "cat.toml:3:1: error: unknown key 'umaskk'"),
        ])
    func faults(lines: String, key: String?, said: String) throws {
        let example = try Example(lines)
        do throws(CommandFailure) {
            _ = try example.assessment("127.0.0.1")
            Issue.record("a faulty file is no service")
        } catch {
            #expect(error.cause == .files && error.file == nil && error.errno == nil)
            #expect(error.faults.map(\.key) == [key])
            #expect(error.faults.first?.description.contains(said) == true, "\(error.faults)")
        }
    }

    @Test("a file that cannot be read is a cause of its own, with its name and the error", arguments: ["list", "file"])
    func unreadable(what: String) throws {
        let example = try Example("")
        let file = example.directory.path + (what == "list" ? "/blocked" : "/services/cat.toml")
        try FileManager.default.removeItem(atPath: file)
        try FileManager.default.createDirectory(atPath: file, withIntermediateDirectories: false)
        do throws(CommandFailure) {
            _ = try example.assessment("127.0.0.1")
            Issue.record("a directory is no file")
        } catch {
            #expect(error.cause == .unreadable && error.file == file && error.errno == "EISDIR", "\(error)")
            #expect(error.faults.first?.errno == "EISDIR")
        }
    }
}
