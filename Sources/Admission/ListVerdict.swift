// What the DNS block lists of a service decide on one address.

/// The decision, and what is behind it.
package struct ListVerdict: Hashable, Sendable {
    package enum Outcome: Hashable, Sendable {
        /// Refused by the rule with this index in the service's.
        case deny(rule: Int)
        /// Let in by this rule, whatever the others say.
        case allow(rule: Int)
        /// No rule decides: comes in.
        case none
    }

    package var outcome = Outcome.none
    /// The rules that let in or only mark and that match, a bit for each: their variables are for the handler.
    package var matches: UInt32 = 0
    /// The lists that nobody could ask, a bit for each place.
    package var unknown: UInt32 = 0

    package init(_ outcome: Outcome = .none, matches: UInt32 = 0) {
        self.outcome = outcome
        self.matches = matches
    }

    /// Why the lists refuse the peer; nil: they do not.
    package var refusal: Refusal? {
        guard case .deny(let rule) = outcome else { return nil }
        return .dnsbl(rule: rule)
    }
}

/// What is known before anybody is asked.
package enum ListKnowledge: Hashable, Sendable {
    case known(ListVerdict)
    /// The answers of these lists are missing, a bit for each place.
    case ask(lists: UInt32)
}
