// Builds access rules so that each of them decides about some address, as Doorward demands of the rules of a file.

internal import Addresses
import ServiceModel

/// The value of `access`, rule by rule.
struct AccessList {
    private(set) var texts: [String] = []
    private var prefixes: Set<IPPrefix> = []
    private var hasRuleForAll = false

    /// Adds a rule about a prefix at the end, unless an earlier rule decides about all of it. Returns whether it was
    /// added.
    ///
    /// - Parameter tail: variables, each after a blank.
    @discardableResult
    mutating func append(_ verdict: AccessRule.Verdict, _ prefix: IPPrefix, tail: String = "") -> Bool {
        guard !covers(prefix) else { return false }
        prefixes.insert(prefix)
        texts.append("\(verdict) \(prefix)\(tail)")
        return true
    }

    /// Adds a rule about every client at the end, unless there is one.
    @discardableResult
    mutating func appendRest(_ verdict: AccessRule.Verdict, tail: String = "") -> Bool {
        guard !hasRuleForAll else { return false }
        hasRuleForAll = true
        texts.append("\(verdict) all\(tail)")
        return true
    }

    /// Whether one rule decides about the whole prefix.
    func covers(_ prefix: IPPrefix) -> Bool {
        hasRuleForAll
            || (0...prefix.length).contains { prefixes.contains(IPPrefix(of: prefix.network, length: $0)) }
    }
}
