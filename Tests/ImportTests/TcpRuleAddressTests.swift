import Addresses
import Testing

@testable import Import

struct TcpRuleAddressTests {
    @Test(
        "an address gives prefixes, and its number of parts",
        arguments: [
            ("", [], 0), ("1.2.3.4", ["1.2.3.4"], 4), ("1.2.3.", ["1.2.3.0/24"], 3), ("10.", ["10.0.0.0/8"], 1),
            ("10.2-3.", ["10.2.0.0/15"], 2), ("1.2.3.0-255", ["1.2.3.0/24"], 4), ("0-255.", ["0.0.0.0/0"], 1),
            ("1.2.3.37-53", ["1.2.3.37", "1.2.3.38/31", "1.2.3.40/29", "1.2.3.48/30", "1.2.3.52/31"], 4),
            ("1.2-3.4.5", ["1.2.4.5", "1.3.4.5"], 4), ("1.2-3.4.", ["1.2.4.0/24", "1.3.4.0/24"], 3),
        ])
    func prefixes(text: String, prefixes: [String], parts: Int) {
        guard case .prefixes(let found, let count) = TcpRuleAddress(text) else {
            Issue.record("\(text) is no address")
            return
        }
        #expect(found.map(\.description) == prefixes && count == parts)
    }

    @Test(
        "other addresses are not carried over",
        arguments: [
            ("=", "names"), ("=.example.org", "names"), ("joe@1.2.3.4", "ident"), ("joe@=host", "ident"),
            ("10.0", "matches no"),
            ("1.2.3.4.", "matches no"), ("1.2.3.4.5", "matches no"), ("010.", "matches no"), ("256.", "matches no"),
            ("1.2.3.5-4", "matches no"), ("1.2.3.x", "matches no"), (".", "matches no"),
            ("1.2-3.4-5.", "matches no"),
        ])
    func others(text: String, reason: String) {
        guard case .other(let why) = TcpRuleAddress(text) else {
            Issue.record("\(text) is an address")
            return
        }
        #expect(why.contains(reason))
    }
}
