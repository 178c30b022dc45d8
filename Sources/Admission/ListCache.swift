// What the DNS block lists of one service have said about addresses, and who has to be asked before anybody can be judged.
// An answer is kept as the rules that it matches, a bit for each: of a gate, the rules never change.
// Pure: the clock is a parameter. Promises what ForgettingMap does: memory is taken once, and whoever comes with ever new
// addresses makes it forget, never grow.
package import Addresses
package import DNS
package import ServiceModel
internal import Tables

/// The lists of a service and what is known from them.
package struct ListCache: ~Copyable {
    private let rules: [DNSBLRule]
    /// The lists that the rules name, each once, in their order: what a place in a ``ListRequest`` means.
    package let lists: [String]
    /// For each rule, the place of its list.
    private let places: [Int]
    private var v4: ForgettingMap<Key<UInt32>, Entry>
    private var v6: ForgettingMap<Key<UInt128>, Entry>

    // These two are package because Swift 6.3 cannot tear a map of private ones down in another module.
    package struct Key<Bits: Hashable & BitwiseCopyable>: Hashable, BitwiseCopyable {
        let list: UInt32
        let bits: Bits
    }

    package struct Entry: BitwiseCopyable {
        /// The rules that match, a bit for each.
        var matches: UInt32
        /// Whether the list was asked in vain.
        var isUnknown: Bool
        /// Monotonic, in nanoseconds.
        var until: Int64
    }

    /// Answers of each family that are remembered; both take 1.2 MB.
    package static let standardAnswers = 16_384

    /// - Parameter rules: at most ``DNSBLRule/most``.
    package init(rules: [DNSBLRule], answersPerFamily: Int = ListCache.standardAnswers) {
        precondition(rules.count <= DNSBLRule.most, "there is a bit for each rule")
        self.rules = rules
        let lists = Self.lists(of: rules)
        self.lists = lists
        // Every zone stands in the list: it was put there above.
        places = rules.map { lists.firstIndex(of: $0.zone)! }
        v4 = ForgettingMap(capacity: answersPerFamily)
        v6 = ForgettingMap(capacity: answersPerFamily)
    }

    /// The lists that rules name, each once, in their order.
    package static func lists(of rules: [DNSBLRule]) -> [String] {
        var lists: [String] = []
        for rule in rules where !lists.contains(rule.zone) { lists.append(rule.zone) }
        return lists
    }

    /// Answers that were forgotten before their time was over.
    package var forgotten: UInt64 { v4.forgotten + v6.forgotten }

    /// Keeps an answer. One to a place that there is not is dropped.
    ///
    /// - Parameter now: nanoseconds of the monotonic clock.
    package mutating func learn(_ reply: ListReply, at now: Int64) {
        let list = reply.request.list
        guard lists.indices.contains(list) else { return }
        var entry = Entry(matches: 0, isUnknown: false, until: now + Int64(reply.answer.seconds) * 1_000_000_000)
        switch reply.answer.word {
        case .unknown: entry.isUnknown = true
        case .notListed: break
        case .listed(let answers):
            for index in rules.indices where places[index] == list && rules[index].matches(answers) {
                entry.matches |= 1 << UInt32(index)
            }
        }
        let isOver: (Entry) -> Bool = { now >= $0.until }
        switch reply.request.address {
        case .v4(let bits):
            v4.update(Key(list: UInt32(list), bits: bits), initial: entry, isIdle: isOver) { $0 = entry }
        case .v6(let bits):
            v6.update(Key(list: UInt32(list), bits: bits), initial: entry, isIdle: isOver) { $0 = entry }
        }
    }

    /// What is known about an address: what the lists decide, or who has to be asked.
    ///
    /// Nobody is asked whose answer could change nothing: who is denied by one list in any case need not be on another.
    package func knowledge(of address: IPAddress, at now: Int64) -> ListKnowledge {
        let judged = judge(address, at: now)
        var isSettled = judged.missing == 0
        if case .deny = judged.verdict.outcome, !judged.mayBeAllowed { isSettled = true }
        return isSettled ? .known(judged.verdict) : .ask(lists: judged.missing)
    }

    /// The decision by what is known, when nobody is to be waited for any longer: who has not answered has said nothing.
    package func verdict(on address: IPAddress, at now: Int64) -> ListVerdict {
        let judged = judge(address, at: now)
        var verdict = judged.verdict
        verdict.unknown |= judged.missing
        return verdict
    }

    /// The rules in their order, up to the first that decides.
    ///
    /// - Returns: what they decide; the lists among them that nothing is known of; whether one of those may allow.
    private func judge(
        _ address: IPAddress, at now: Int64
    ) -> (verdict: ListVerdict, missing: UInt32, mayBeAllowed: Bool) {
        var verdict = ListVerdict()
        var missing: UInt32 = 0
        var mayBeAllowed = false
        for index in rules.indices {
            guard let entry = entry(of: places[index], address, at: now) else {
                missing |= 1 << UInt32(places[index])
                if rules[index].effect == .allow { mayBeAllowed = true }
                continue
            }
            if entry.isUnknown { verdict.unknown |= 1 << UInt32(places[index]) }
            guard entry.matches & 1 << UInt32(index) != 0 else { continue }
            switch rules[index].effect {
            case .deny:
                verdict.outcome = .deny(rule: index)
                return (verdict, missing, mayBeAllowed)
            case .allow:
                verdict.outcome = .allow(rule: index)
                verdict.matches |= 1 << UInt32(index)
                return (verdict, missing, mayBeAllowed)
            case .mark: verdict.matches |= 1 << UInt32(index)
            }
        }
        return (verdict, missing, mayBeAllowed)
    }

    private func entry(of list: Int, _ address: IPAddress, at now: Int64) -> Entry? {
        let found: Entry? =
            switch address {
            case .v4(let bits): v4.value(of: Key(list: UInt32(list), bits: bits))
            case .v6(let bits): v6.value(of: Key(list: UInt32(list), bits: bits))
            }
        return found.flatMap { now < $0.until ? $0 : nil }
    }
}
