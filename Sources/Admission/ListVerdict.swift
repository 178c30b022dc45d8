// What the DNS block lists of a service decide on one address.

/// The decision, and the answers that led to it.
package struct ListVerdict: Hashable, Sendable {
    package enum Outcome: Hashable, Sendable {
        /// The rule with this index refuses.
        case deny(rule: Int)
        /// The rule with this index admits, whatever later rules say.
        case allow(rule: Int)
        /// No rule decides, so the lists do not refuse.
        case none
    }

    package var outcome = Outcome.none
    /// The matching rules that admit or only mark, a bit for each; the handler gets their variables.
    package var matches: UInt32 = 0
    /// The lists that gave no answer, a bit for each index.
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

/// The known decision, or the lists to ask.
package enum ListKnowledge: Hashable, Sendable {
    case known(ListVerdict)
    /// The lists without an answer, a bit for each index.
    case ask(lists: UInt32)
}
