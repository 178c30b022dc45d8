// The answers of a service's DNS block lists about addresses, and which lists have to be asked before the service can
// decide.
// An answer is kept as the rules that it matches, a bit for each, because the rules of a gate never change.
// Pure: the clock is a parameter. Promises what ForgettingMap does: memory is taken once; ever new addresses make it
// forget, and never grow.
package import Addresses
package import DNS
package import ServiceModel
internal import Tables

/// The lists of a service, and the answers that are known.
package struct ListCache: ~Copyable {
    private let rules: [DNSBLRule]
    /// The lists that the rules name, each once, in their order. A ``ListRequest`` names a list by its index here.
    package let lists: [String]
    /// For each rule, the index of its list.
    private let places: [Int]
    private var v4: ForgettingMap<Key<UInt32>, Entry>
    private var v6: ForgettingMap<Key<UInt128>, Entry>

    // These two are package, because Swift 6.3 cannot destroy a map of private values in another module.
    package struct Key<Bits: Hashable & BitwiseCopyable>: Hashable, BitwiseCopyable {
        let list: UInt32
        let bits: Bits
    }

    package struct Entry: BitwiseCopyable {
        /// The matching rules, a bit for each.
        var matches: UInt32
        /// Whether the list gave no answer.
        var isUnknown: Bool
        /// Monotonic, in nanoseconds.
        var until: Int64
    }

    /// The answers of each family that the cache remembers; both take 1.2 MB.
    package static let standardAnswers = 16_384

    /// - Parameter rules: at most ``DNSBLRule/most``.
    package init(rules: [DNSBLRule], answersPerFamily: Int = ListCache.standardAnswers) {
        precondition(rules.count <= DNSBLRule.most, "there is a bit for each rule")
        self.rules = rules
        let lists = Self.lists(of: rules)
        self.lists = lists
        // Every rule's zone is in `lists`, which was made from the rules above.
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

    /// The answers that were forgotten before their time was over.
    package var forgotten: UInt64 { v4.forgotten + v6.forgotten }

    /// Keeps an answer. An answer about a list that is not in ``lists`` is dropped.
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

    /// The decision on an address, or the lists that have to be asked before there is one.
    ///
    /// A list is not asked if its answer could change nothing: when one list refuses an address in any case, the others
    /// do not matter.
    package func knowledge(of address: IPAddress, at now: Int64) -> ListKnowledge {
        let judged = judge(address, at: now)
        var isSettled = judged.missing == 0
        if case .deny = judged.verdict.outcome, !judged.mayBeAllowed { isSettled = true }
        return isSettled ? .known(judged.verdict) : .ask(lists: judged.missing)
    }

    /// The decision by the answers so far, when there is no time to wait for others. A list without an answer decides
    /// nothing.
    package func verdict(on address: IPAddress, at now: Int64) -> ListVerdict {
        let judged = judge(address, at: now)
        var verdict = judged.verdict
        verdict.unknown |= judged.missing
        return verdict
    }

    /// Applies the rules in their order, up to the first that decides.
    ///
    /// - Returns: the decision; the lists before it that have no answer; whether one of these might allow the address.
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
