// A DNS block list, and what it decides: one line of `dnsbl = [...]`. Its text is in DNSBLRule+Text.swift.
// A list says that an address is on it by an answer in 127.0.0.0/8, and often why by which one.
// Not every answer says so: 127.0.0.1 is on no list, and large lists refuse whom they do not serve with 127.255.255.0/24.
// What is outside of 127.0.0.0/8 comes from a list that is gone, and whose name answers everything.
// Source: RFC 5782 2.1, 2.3, 5; the Spamhaus project's return codes.
package import Addresses

/// A list in the DNS, and what becomes of those who are on it.
package struct DNSBLRule: Hashable, Sendable {
    package enum Effect: Hashable, Sendable {
        case deny
        /// Comes in, whatever the lists behind this one say.
        case allow
        /// Is told to the handler; the lists behind this one decide.
        case mark
    }

    /// The list's name in the DNS, in lower case, without a dot at its end.
    package var zone: String
    /// The answers that count, in 127.0.0.0/8; empty: all that say that an address is listed.
    package var results: [IPPrefix]
    package var effect: Effect
    /// Set in the handler's environment when this rule matches; empty for ``Effect/deny``.
    package var environment: [EnvironmentVariable]
    /// How this rule refuses; nil: as its service does.
    package var refusal: RefusalAction?

    package init(
        zone: String, results: [IPPrefix] = [], effect: Effect, environment: [EnvironmentVariable] = [],
        refusal: RefusalAction? = nil
    ) {
        self.zone = zone
        self.results = results
        self.effect = effect
        self.environment = environment
        self.refusal = refusal
    }

    /// How many a service may have: a gate keeps a bit for each.
    package static let most = 32

    /// Whether a list that gives this answer for an address says that the address is on it.
    package static func saysListed(_ answer: IPAddress) -> Bool {
        answers.contains(answer) && answer != .v4(0x7f00_0001) && !refusals.contains(answer)
    }

    /// Where lists answer.
    private static let answers = IPPrefix(of: .v4(0x7f00_0000), length: 8)
    private static let refusals = IPPrefix(of: .v4(0x7fff_ff00), length: 24)

    /// Whether the rule speaks of an address that its zone gives those answers for.
    package func matches(_ answers: [IPAddress]) -> Bool {
        results.isEmpty ? !answers.isEmpty : answers.contains { answer in results.contains { $0.contains(answer) } }
    }
}
