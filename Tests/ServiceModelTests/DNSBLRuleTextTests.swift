import Addresses
import TestSupport
import Testing

@testable import ServiceModel

struct DNSBLRuleTextTests {
    @Test(
        "a rule has a list, the answers that count, and an effect",
        arguments: [
            ("zen.spamhaus.org deny", DNSBLRule(zone: "zen.spamhaus.org", effect: .deny)),
            ("Zen.Spamhaus.ORG \t deny ", DNSBLRule(zone: "zen.spamhaus.org", effect: .deny)),
            ("list.dnswl.org allow", DNSBLRule(zone: "list.dnswl.org", effect: .allow)),
            (
                "a_b-c.example=127.0.0.2 allow TRUSTED=1 WHY=",
                DNSBLRule(
                    zone: "a_b-c.example", results: [IPPrefix(of: .v4(0x7f00_0002), length: 32)], effect: .allow,
                    environment: [.init(name: "TRUSTED", value: "1"), .init(name: "WHY", value: "")])
            ),
            (
                "bl=127.0.0.4/31,127.1.0.0/16 LISTED=a=b",
                DNSBLRule(
                    zone: "bl",
                    results: [IPPrefix(of: .v4(0x7f00_0004), length: 31), IPPrefix(of: .v4(0x7f01_0000), length: 16)],
                    effect: .mark, environment: [.init(name: "LISTED", value: "a=b")])
            ),
            ("1.2.3.org deny", DNSBLRule(zone: "1.2.3.org", effect: .deny)),
            ("bl deny  refuse=reset ", DNSBLRule(zone: "bl", effect: .deny, refusal: .reset)),
            (
                "bl deny message=554 see http://bl.example/ \r\n",
                DNSBLRule(zone: "bl", effect: .deny, refusal: .message("554 see http://bl.example/ \r\n"))
            ),
        ])
    func rules(text: String, expected: DNSBLRule) throws {
        let rule = try DNSBLRule(text)
        #expect(rule == expected)
        #expect(try DNSBLRule(rule.description) == expected)
    }

    @Test(
        "the error of a malformed rule has its place",
        arguments: [
            ("", 0, "nothing is written here"), (" \t", 0, "nothing is written here"),
            ("zen.spamhaus.org", 16, "what becomes of those"), ("zen.spamhaus.org refuse", 17, "'refuse' is neither"),
            ("zen.spamhaus.org. deny", 17, "a part of the list's name is empty"),
            (".org deny", 0, "a part of the list's name is empty"), ("=127.0.0.2 deny", 0, "a part of the list's name"),
            ("zen spamhaus.org deny", 4, "'spamhaus.org' is neither"), ("z\u{e9}n.org deny", 1, "this is not part"),
            ("192.0.2.1 deny", 0, "this is an address"), ("http://a.b deny", 4, "this is not part"),
            ("bl= deny", 3, "'' is not an IP address"), ("bl=127.0.0.2, deny", 13, "'' is not an IP address"),
            ("bl=127.0.0.x deny", 3, "'127.0.0.x' is not an IP address"),
            ("bl=192.0.2.1 deny", 3, "'192.0.2.1' is not in 127.0.0.0/8"),
            ("bl=127.0.0.2,0.0.0.0/1 deny", 13, "'0.0.0.0/1' is not in 127.0.0.0/8"),
            ("bl=::1 deny", 3, "'::1' is not in 127.0.0.0/8"), ("bl=127.0.0.3/24 deny", 3, "'127.0.0.3/24' has bits"),
            ("bl=127.0.0.1 deny", 3, "'127.0.0.1' does not say"),
            ("bl=127.255.255.254 deny", 3, "'127.255.255.254' does not say"),
            ("bl deny deny", 8, "'deny' behind 'deny'"), ("bl deny A=1", 8, "'A=1' behind 'deny', which starts no"),
            ("bl deny refuse=drop", 8, "'refuse=drop'; expected"), ("bl message=x", 3, "'message=' goes behind 'deny'"),
            ("bl allow refuse=reset", 9, "'refuse=' goes behind 'deny'"),
            ("bl allow =1", 9, "'=1' is neither"), ("bl A=1 allow", 7, "'allow' is neither"),
            ("bl A=1 A=2", 7, "'A' is set twice"),
        ])
    func faults(text: String, offset: Int, reason: String) {
        #expect {
            try DNSBLRule(text)
        } throws: { error in
            let error = error as? RuleTextError
            return error?.offset == offset && error?.reason.hasPrefix(reason) == true
        }
    }

    @Test("names and lists have bounds, and a text that is too long is read up to the bound only")
    func bounds() throws {
        let label = String(repeating: "a", count: 63)
        _ = try DNSBLRule("\(label).\(label).\(label.dropLast(2)) deny")
        for (text, offset) in [
            ("\(label).\(label).\(label) deny", 0), ("b.a\(label) deny", 2),
            ("bl=" + String(repeating: "127.0.0.2,", count: 17) + " deny", 163),
            (String(repeating: " ", count: 100_000) + "bl deny", DNSBLRule.longestText),
        ] {
            let error = #expect(throws: RuleTextError.self) { try DNSBLRule(text) }
            #expect(error?.offset == offset)
        }
    }

    @Test("any text is a rule that reads back as the same, or an error inside of it", arguments: 0..<4)
    func mutations(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let bytes = Array("bl.=,/ 127A\u{e9}-_".utf8)
        for _ in 0..<2000 {
            let end = seed < 2 ? "allow NAME=value" : "deny message=554 no\r\n"
            var text = Array("bl.example=127.0.0.2,127.0.1.0/24 \(end)".utf8)
            for _ in 0...Int.random(in: 0..<4, using: &random) {
                let place = Int.random(in: 0..<text.count, using: &random)
                text[place] = try #require(bytes.randomElement(using: &random))
            }
            do {
                let rule = try DNSBLRule(String(decoding: text, as: UTF8.self))
                try #require(try DNSBLRule(rule.description) == rule)
            } catch let error as RuleTextError {
                // A byte that is not UTF-8 becomes a character of three bytes.
                try #require((0...text.count * 3).contains(error.offset))
            }
        }
    }

    @Test("a rule without answers matches every answer, and one with answers only those")
    func matching() throws {
        let every = try DNSBLRule("bl deny")
        let some = try DNSBLRule("bl=127.0.0.2,127.0.1.0/24 deny")
        for (text, isWanted) in [("127.0.0.2", true), ("127.0.1.9", true), ("127.0.0.3", false)] {
            let answer = try #require(IPAddress(text))
            #expect(every.matches([answer]))
            #expect(some.matches([answer]) == isWanted)
            #expect(some.matches([.v4(0x7f00_0009), answer]) == isWanted)
        }
        #expect(!every.matches([]) && !some.matches([]))
    }
}
