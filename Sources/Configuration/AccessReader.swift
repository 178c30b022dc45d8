// Reads the key `access`: the rules in their order. A rule that can never decide is a fault.

internal import Addresses
import ServiceModel

extension Reading {
    private static let accessForms = "a list of rules like [\"allow 10.0.0.0/8\", \"deny all\"]"

    /// The rules; nil with a fault when the value is not a list of strings.
    mutating func access(_ entry: TOMLEntry) -> [AccessRule]? {
        guard let texts = strings(entry, expected: Self.accessForms) else { return nil }
        if case .list(let elements) = entry.value.content, elements.isEmpty {
            fault(
                entry.value.position,
                "'access' is empty, which could mean everyone or no one; expected [\"allow all\"] or [\"deny all\"]")
        }
        var rules: [AccessRule] = []
        for (text, node) in texts {
            guard let rule = accessRule(text, at: node) else { continue }
            if let earlier = rules.first(where: { $0.subject.covers(rule.subject) }) {
                fault(rule.position, "never reached: rule at \(earlier.position.fileAndLine) decides first")
            }
            rules.append(rule)
        }
        return rules
    }
}

extension AccessRule.Subject {
    /// Whether this subject includes every peer of the other one.
    func covers(_ other: AccessRule.Subject) -> Bool {
        switch (self, other) {
        case (.all, _), (.unix, .unix): true
        case (.prefix(let mine), .prefix(let theirs)): mine.length <= theirs.length && mine.contains(theirs.network)
        case (.unix, _), (.prefix, _): false
        }
    }
}
