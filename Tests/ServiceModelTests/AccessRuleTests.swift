import Addresses
import ServiceModel
import Testing

struct AccessRuleTests {
    private static let v4 = Peer.ip(.v4(0xc000_0207), port: 1)
    private static let v6 = Peer.ip(.v6(0x2001_0db8 << 96 | 1), port: 1)
    private static let root = Peer.unix(uid: 0, gid: 0, pid: 1)

    @Test(
        "a rule matches the peers of its subject only",
        arguments: [
            ("all", [true, true, true]), ("unix", [false, false, true]), ("192.0.2.0/24", [true, false, false]),
            ("192.0.3.0/24", [false, false, false]), ("0.0.0.0/0", [true, false, false]),
            ("::/0", [false, true, false]),
            ("2001:db8::/32", [false, true, false]), ("192.0.2.7", [true, false, false]),
        ])
    func matches(subject: String, expected: [Bool]) throws {
        let subject: AccessRule.Subject =
            switch subject {
            case "all": .all
            case "unix": .unix
            case let text: .prefix(try IPPrefix(text))
            }
        for verdict in [AccessRule.Verdict.allow, .deny] {
            let rule = AccessRule(
                verdict: verdict, subject: subject, position: SourcePosition(file: "f", line: 1, column: 1))
            #expect([Self.v4, Self.v6, Self.root].map { rule.matches($0) } == expected)
        }
    }
}
