// Access rules as they are put together: each able to decide something, as Doorward asks of the rules of a file.

import Configuration
import ServiceModel

/// The value of `access`, rule by rule.
struct AccessList {
    private(set) var texts: [String] = []
    private var subjects: [AccessRule.Subject] = []

    /// Adds a rule at the end, unless one before it decides about everybody whom it speaks of; returns whether it was added.
    ///
    /// - Parameter tail: variables, each with a blank before it.
    @discardableResult
    mutating func append(_ verdict: AccessRule.Verdict, _ subject: AccessRule.Subject, tail: String = "") -> Bool {
        guard !covers(subject) else { return false }
        subjects.append(subject)
        texts.append("\(verdict) \(text(of: subject))\(tail)")
        return true
    }

    /// Whether a rule decides about everybody whom the subject speaks of.
    func covers(_ subject: AccessRule.Subject) -> Bool {
        subjects.contains { $0.covers(subject) }
    }

    private func text(of subject: AccessRule.Subject) -> String {
        switch subject {
        case .all: "all"
        case .unix: "unix"
        case .prefix(let prefix): prefix.description
        }
    }
}
