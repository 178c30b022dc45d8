// A DNS block list, and what it decides: one line of `dnsbl = [...]`. Its text is in DNSBLRule+Text.swift.
// A list says that an address is on it by an answer in 127.0.0.0/8. Often the exact answer gives the reason.
// Some answers do not mean "listed": no list has 127.0.0.1, and large lists refuse clients that they do not serve with
// 127.255.255.0/24. An answer outside of 127.0.0.0/8 comes from a list that has ended: its name answers everything.
// Source: RFC 5782 2.1, 2.3, 5; the Spamhaus project's return codes.
package import Addresses

/// A list in the DNS, and its effect on the addresses that are on it.
package struct DNSBLRule: Hashable, Sendable {
    package enum Effect: Hashable, Sendable {
        case deny
        /// Admits the client, whatever later lists say.
        case allow
        /// Sets variables for the handler; later lists decide.
        case mark
    }

    /// The list's name in the DNS, in lower case, without a dot at its end.
    package var zone: String
    /// The answers that count, in 127.0.0.0/8; empty: all that mean "listed".
    package var results: [IPPrefix]
    package var effect: Effect
    /// The variables that the handler gets when this rule matches; empty for ``Effect/deny``.
    package var environment: [EnvironmentVariable]
    /// The action of a refusal by this rule; nil: that of the service.
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

    /// The most rules of a service: a gate keeps a bit for each.
    package static let most = 32

    /// Whether this answer of a list means that the address is on the list.
    package static func saysListed(_ answer: IPAddress) -> Bool {
        answers.contains(answer) && answer != .v4(0x7f00_0001) && !refusals.contains(answer)
    }

    /// The prefix that lists answer from.
    private static let answers = IPPrefix(of: .v4(0x7f00_0000), length: 8)
    private static let refusals = IPPrefix(of: .v4(0x7fff_ff00), length: 24)

    /// Whether the rule matches an address for which its zone gives these answers.
    package func matches(_ answers: [IPAddress]) -> Bool {
        results.isEmpty ? !answers.isEmpty : answers.contains { answer in results.contains { $0.contains(answer) } }
    }
}
