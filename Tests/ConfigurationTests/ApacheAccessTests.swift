// What Apache's Order, Allow, Deny and Satisfy became: one list, of which the first rule that matches decides.
// The items are those of protocols.md 1.6; the handler's part of CS-15 to CS-17 is in CommandLoginTests.

import Addresses
import ServiceModel
import Testing

@testable import Configuration

struct ApacheAccessTests {
    /// What a peer gets: a verdict, or nil because no rule matches, which is a refusal (Admission).
    private func verdict(_ rules: String, _ address: String) throws -> AccessRule.Verdict? {
        try rule(rules, address)?.verdict
    }

    private func rule(_ rules: String, _ address: String) throws -> AccessRule? {
        let peer = Peer.ip(try #require(IPAddress(address)), port: 1)
        return try readService(goodTop + "access = [\(rules)]").access.first { $0.matches(peer) }
    }

    @Test("CS-12: the order is the written one, and whoever no rule names is refused, whichever the last rule was")
    func order() throws {
        let denyFirst = "\"deny 10.1.0.0/16\", \"allow 10.0.0.0/8\""
        #expect(try verdict(denyFirst, "10.1.2.3") == .deny)
        #expect(try verdict(denyFirst, "10.2.2.3") == .allow)
        #expect(try verdict(denyFirst, "192.0.2.1") == nil)
        #expect(try verdict("\"deny 10.0.0.0/8\"", "192.0.2.1") == nil)
    }

    @Test("CS-13: full addresses and prefixes are subjects, and all is one")
    func subjects() throws {
        let rules = "\"allow 127.0.0.1\", \"allow 10.0.0.0/8\", \"deny all\""
        #expect(try verdict(rules, "127.0.0.1") == .allow)
        #expect(try verdict(rules, "10.200.0.1") == .allow)
        #expect(try verdict(rules, "127.0.0.2") == .deny)
    }

    @Test(
        "CS-13, CS-14: what is neither is refused where it stands, and never taken for a host's name that matches nobody",
        arguments: ["10.*", "10", "10.", "10.0.0.0/255.0.0.0", ".example.org", "example.org", "localhost"])
    func unknownSubjects(subject: String) {
        let found = faultsBehindTop("access = [\"allow \(subject)\"]")
        #expect(found.count == 1)
        #expect(found.first?.hasPrefix("s.toml:3:18: error: ") == true, "\(found)")
    }

    @Test("CS-16: Satisfy any is a variable that a rule sets, for those whom it names and for nobody else")
    func satisfyAny() throws {
        let rules = "\"allow 127.0.0.1 TRUSTED=1\", \"allow 10.0.0.0/8\""
        #expect(try rule(rules, "127.0.0.1")?.environment == [EnvironmentVariable(name: "TRUSTED", value: "1")])
        #expect(try rule(rules, "10.0.0.1")?.environment.isEmpty == true)
    }

    @Test("CS-18: a list that names only who is trusted lets in nobody else; the original's let in everybody")
    func nobodyByDefault() throws {
        let rules = "\"allow 127.0.0.1 TRUSTED=1\""
        #expect(try verdict(rules, "127.0.0.1") == .allow)
        #expect(try verdict(rules, "192.0.2.1") == nil)
    }

    @Test("CS-11: rules are the service's own, looked up by its name, in place of those of the defaults")
    func ownRules() throws {
        let service = try readService(goodTop + "access = [\"allow 10.0.0.0/8\"]", defaults: "access = [\"deny all\"]")
        #expect(service.access.count == 1)
        #expect(service.access.first?.verdict == .allow)
        #expect(service.name == "s")
    }
}
