import ServiceModel
import Testing

@testable import Configuration

struct AccessReaderTests {
    @Test(
        "a rule after one with the same or a wider subject is a fault",
        arguments: [
            ("\"allow all\", \"deny 10.0.0.1\"", true), ("\"deny all\", \"allow unix\"", true),
            ("\"allow 10.0.0.0/8\", \"deny 10.1.0.0/16\"", true), ("\"allow 10.1.0.0/16\", \"deny 10.0.0.0/8\"", false),
            ("\"allow unix\", \"deny unix\"", true), ("\"allow 0.0.0.0/0\", \"allow ::/0\", \"allow unix\"", false),
            ("\"allow ::/0\", \"allow 10.0.0.0/8\"", false), ("\"allow 10.0.0.1\", \"deny 10.0.0.1\"", true),
            ("\"allow 0.0.0.0/0\", \"deny all\"", false), ("\"allow 10.0.0.0/8\", \"deny ::ffff:10.0.0.1\"", true),
        ])
    func covered(rules: String, isFault: Bool) {
        let found = faultsAfterTop("access = [\(rules)]")
        #expect(found.count == (isFault ? 1 : 0))
        if isFault { #expect(found[0].hasSuffix("error: never reached: rule at s.toml:3 decides first")) }
    }

    @Test("an empty list of rules is a fault, because it has two possible meanings")
    func empty() {
        #expect(faultsAfterTop("access = []").first?.contains("'access' is empty") == true)
    }

    @Test("a service without rules has those of the defaults, and one with rules has only its own")
    func defaults() throws {
        let defaults = "access = [\"deny 10.0.0.0/8\"]"
        #expect(try readService(goodTop, defaults: defaults).access.map(\.position.description) == ["d.toml:2:11"])
        let own = try readService(goodTop + "access = [\"allow all\"]", defaults: defaults).access
        #expect(own.map(\.position.description) == ["s.toml:3:11"])
    }
}
