// An access rule as a file spells it.
internal import Addresses

extension AccessRule: CustomStringConvertible {
    /// `allow 10.0.0.0/8 A=1 handler=cat`, `deny all refuse=reset`.
    package var description: String {
        let words: [String] =
            [verdict == .allow ? "allow" : "deny", "\(subject)"]
            + environment.map { "\($0.name)=\($0.value)" }
            + (handler?.arguments.first.map { ["handler=\($0)"] } ?? [])
            + (refusal.map { [$0.configText] } ?? [])
        return words.joined(separator: " ")
    }
}

extension AccessRule.Subject: CustomStringConvertible {
    package var description: String {
        switch self {
        case .all: "all"
        case .unix: "unix"
        case .prefix(let prefix): prefix.description
        }
    }
}
