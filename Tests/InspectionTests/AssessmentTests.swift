import HostDefinition
import ServiceModel
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

    @Test("an invalid address, an unknown service and a faulty file are errors with their reason")
    func faults() throws {
        let example = try Example("")
        #expect(throws: HostDefinitionError(lines: ["'localhost' is not an IP address, nor \"unix\""])) {
            try example.assessment("localhost")
        }
        #expect(throws: HostDefinitionError(lines: ["no service is called 'dog'; there are: cat"])) {
            try example.assessment("127.0.0.1", service: "dog")
        }
        let nowhere = try Example("hours = [\"Mon 08:00-09:00\"]\ntime_zone = \"Mars/Olympus\"\n")
        do throws(HostDefinitionError) {
            _ = try nowhere.assessment("127.0.0.1")
            Issue.record("hours without a zone say nothing")
        } catch {
            #expect(error.lines.count == 1)
            #expect(error.lines[0].contains("cat.toml:4: read time zone 'Mars/Olympus' [time_zone]: ENOENT"))
        }
        let broken = try Example("umaskk = 1\n")
        do throws(HostDefinitionError) {
            _ = try broken.assessment("127.0.0.1")
            Issue.record("a broken file is no service")
        } catch {
            #expect(error.lines.count == 1)
            #expect(error.lines[0].contains("cat.toml:3:1: error: unknown key 'umaskk'"))
        }
    }
}
