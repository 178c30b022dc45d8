import ServiceModel
import Testing

@testable import Import

struct TcpRuleTests {
    @Test("a rule has an address, a verdict, and variables in any quotes")
    func rules() throws {
        let rule = try TcpRule("10.0.:allow,A=\"x,y\",B=//,C='\"'")
        #expect(rule.address == "10.0." && rule.verdict == .allow)
        #expect(rule.variables.map { "\($0.name)|\($0.value)" } == ["A|x,y", "B|", "C|\""])
        #expect(try TcpRule(":deny").address.isEmpty)
    }

    @Test(
        "a line that is no rule has a reason",
        arguments: [
            ("hello", "no colon"), ("1.2.3.4:", "expected allow or deny"), ("2001:db8::1:allow", "IPv6"),
            (":allow,", "expected ,NAME"),
            (":allowed", "expected ,NAME"), (":allow,A", "expected ,NAME"), (":allow,A=", "has no end"),
            (":allow,A=\"b", "has no end"),
            (":allow,A=\"b\"c", "expected ,NAME"),
        ])
    func problems(line: String, reason: String) {
        do {
            _ = try TcpRule(line)
            Issue.record("\(line) is a rule")
        } catch {
            #expect(error.reason.contains(reason))
        }
    }
}
