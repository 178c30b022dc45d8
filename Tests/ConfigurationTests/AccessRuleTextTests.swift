import Addresses
import ServiceModel
import Testing

@testable import Configuration

struct AccessRuleTextTests {
    @Test("a rule is a verdict, a subject and assignments")
    func values() throws {
        let service = try readService(
            goodTop
                + "access = [\"deny 203.0.113.0/24\",\n \"allow\\t10.0.0.0/8  RELAYCLIENT= A=b=c handler=cat\", "
                + "'allow unix']")
        #expect(
            service.access == [
                AccessRule(
                    verdict: .deny, subject: .prefix(try IPPrefix("203.0.113.0/24")),
                    position: SourcePosition(file: "s.toml", line: 3, column: 11)),
                AccessRule(
                    verdict: .allow, subject: .prefix(try IPPrefix("10.0.0.0/8")),
                    environment: [.init(name: "RELAYCLIENT", value: ""), .init(name: "A", value: "b=c")],
                    handler: HandlerCommand(path: "/libexec/cat", arguments: ["cat"]),
                    position: SourcePosition(file: "s.toml", line: 4, column: 2)),
                AccessRule(
                    verdict: .allow, subject: .unix, position: SourcePosition(file: "s.toml", line: 4, column: 55)),
            ])
    }

    @Test(
        "a fault has the place of its word",
        arguments: [
            ("\"\"", "11: error: an empty access rule"), ("\"permit all\"", "12: error: 'permit' is not a verdict"),
            ("\"allow\"", "11: error: 'allow' speaks of nobody"),
            ("\"allow  localhost\"", "19: error: 'localhost' is not an IP"),
            (
                "\"allow 10.0.0.1/8\"",
                "18: error: '10.0.0.1/8' has bits set behind its prefix length; expected 10.0.0.0/8"
            ),
            ("\"allow 10.0.0.0/33\"", "18: error: '33' is not a prefix length; expected 0 to 32"),
            ("'allow all X'", "22: error: 'X' has no '='; expected NAME=value or handler=NAME"),
            ("\"allow all 1X=\"", "22: error: '1X' is not a variable's name"),
            ("\"allow all LD_PRELOAD=x\"", "22: error: 'LD_PRELOAD' is refused"),
            ("\"allow all TCPX=x\"", "22: error: 'TCPX' is refused"),
            ("\"allow all A=1 A=2\"", "26: error: 'A' is set twice"),
            ("\"allow all handler=missing\"", "22: error: handler '/libexec/missing': no such file"),
            ("\"allow all handler=a/b\"", "22: error: 'handler' is 'a/b'"),
            ("\"allow all handler=\"", "22: error: 'handler' is ''"),
            ("\"allow all handler=a handler=b\"", "32: error: a second 'handler='"),
            ("\"deny all A=1\"", "21: error: 'A=1' behind 'deny'"),
            ("\"deny all handler=a\"", "21: error: 'handler=a' behind"),
            ("\"deny all refuse=drop\"", "21: error: 'refuse=drop'; expected refuse=close, "),
            ("\"deny all refuse=close refuse=reset\"", "34: error: 'refuse=reset' behind 'refuse=close' in one rule"),
            ("\"deny all message=\"", "21: error: 'message=' has no text"),
            ("\"allow all refuse=close\"", "22: error: 'refuse=close' on an allow rule, which refuses nobody"),
            ("\"allow all message=x\"", "22: error: 'message=x' on an allow rule"),
            ("\"allow \\u0061ll X\"", "11: error: 'X' has no '='"),
            ("\"\"\"allow all X\"\"\"", "11: error: 'X' has no '='"),
        ])
    func errors(value: String, expected: String) {
        let found = faultsAfterTop("access = [\(value)]")
        #expect(found.count == 1)
        #expect(found.first?.hasPrefix("s.toml:3:\(expected)") == true, "\(found)")
    }

    @Test("a deny rule may have an action, and a message is the rest of the rule")
    func manners() throws {
        let texts = [
            "deny 10.0.0.0/8 refuse=tarpit", "deny 11.0.0.0/8 message=554 not  from there\\r\\n", "deny 12.0.0.0/8",
            "allow all",
        ]
        let service = try readService(goodTop + "access = [\(texts.map { "\"\($0)\"" }.joined(separator: ", "))]")
        #expect(service.access.map(\.refusal) == [.tarpit, .message("554 not  from there\r\n"), nil, nil])
    }
}
