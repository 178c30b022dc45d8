// Apache's Order, Allow, Deny and Satisfy as access rules: one list, in which the first rule that matches decides.
// Satisfy needs a handler too; CommandLoginTests tests that part.
// Source: https://httpd.apache.org/docs/2.4/mod/mod_access_compat.html.

import Addresses
import ServiceModel
import Testing

@testable import Configuration

struct ApacheAccessTests {
    /// The verdict on a peer; nil when no rule matches, which Admission refuses.
    private func verdict(_ rules: String, _ address: String) throws -> AccessRule.Verdict? {
        try rule(rules, address)?.verdict
    }

    private func rule(_ rules: String, _ address: String) throws -> AccessRule? {
        let peer = Peer.ip(try #require(IPAddress(address)), port: 1)
        return try readService(goodTop + "access = [\(rules)]").access.first { $0.matches(peer) }
    }

    @Test("the first rule that matches decides, and without one the verdict is not the opposite of the last rule")
    func order() throws {
        let denyFirst = "\"deny 10.1.0.0/16\", \"allow 10.0.0.0/8\""
        #expect(try verdict(denyFirst, "10.1.2.3") == .deny)
        #expect(try verdict(denyFirst, "10.2.2.3") == .allow)
        #expect(try verdict(denyFirst, "192.0.2.1") == nil)
        #expect(try verdict("\"deny 10.0.0.0/8\"", "192.0.2.1") == nil)
    }

    @Test("addresses, prefixes and all are subjects")
    func subjects() throws {
        let rules = "\"allow 127.0.0.1\", \"allow 10.0.0.0/8\", \"deny all\""
        #expect(try verdict(rules, "127.0.0.1") == .allow)
        #expect(try verdict(rules, "10.200.0.1") == .allow)
        #expect(try verdict(rules, "127.0.0.2") == .deny)
    }

    @Test(
        "another subject is a fault at its place, and never a host's name that matches no peer",
        arguments: ["10.*", "10", "10.", "10.0.0.0/255.0.0.0", ".example.org", "example.org", "localhost"])
    func unknownSubjects(subject: String) {
        let found = faultsAfterTop("access = [\"allow \(subject)\"]")
        #expect(found.count == 1)
        #expect(found.first?.hasPrefix("s.toml:3:18: error: ") == true, "\(found)")
    }

    @Test("Satisfy any is a variable that a rule sets for its own peers only")
    func satisfyAny() throws {
        let rules = "\"allow 127.0.0.1 TRUSTED=1\", \"allow 10.0.0.0/8\""
        #expect(try rule(rules, "127.0.0.1")?.environment == [EnvironmentVariable(name: "TRUSTED", value: "1")])
        #expect(try rule(rules, "10.0.0.1")?.environment.isEmpty == true)
    }

    @Test("a list with only trusted peers matches no other peer; Apache's default admits every other one")
    func noDefaultVerdict() throws {
        let rules = "\"allow 127.0.0.1 TRUSTED=1\""
        #expect(try verdict(rules, "127.0.0.1") == .allow)
        #expect(try verdict(rules, "192.0.2.1") == nil)
    }

    @Test("the rules of a service replace those of the defaults")
    func ownRules() throws {
        let service = try readService(goodTop + "access = [\"allow 10.0.0.0/8\"]", defaults: "access = [\"deny all\"]")
        #expect(service.access.count == 1)
        #expect(service.access.first?.verdict == .allow)
        #expect(service.name == "s")
    }
}
