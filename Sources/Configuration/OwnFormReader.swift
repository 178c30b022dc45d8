// The forms that only one key has: where each is read.

import Addresses
import ServiceModel

extension Reading {
    /// The value of an entry whose key has a form of its own; nil with a fault.
    mutating func value(of entry: TOMLEntry, by form: OwnForm) -> SettingValue? {
        let alone = Section(title: "", entries: [entry])
        switch form {
        case .listen: return listeners.map(\.address).setting
        case .user:
            let user = user(of: alone)
            account = user
            return user?.user.setting
        case .capabilities: return capabilities(of: alone).setting
        case .access: return access(of: alone).setting
        case .environment: return environment(of: alone).setting
        case .denyMessage: return denyMessage(entry)?.setting
        case .hours: return hours(entry)?.setting
        case .timeZone: return timeZone(entry)?.setting
        case .dnsbl: return dnsbl(entry)?.setting
        case .network: return network(entry)?.setting
        case .systemCalls: return systemCalls(entry)?.setting
        case .privateTemporary: return privateTemporary(entry).map { $0?.setting ?? .none }
        case .root: if case .directory(let path, _) = root { return path.setting } else { return nil }
        case .exitPoints:
            return exitPoints(entry).map { points in
                .list(points.sorted { $0.key < $1.key }.map { .list([$0.key.setting, $0.value.setting]) })
            }
        }
    }

    /// What is said before the close; "": nothing.
    private mutating func denyMessage(_ entry: TOMLEntry) -> String? {
        guard let text = string(entry, expected: "a text in quotes, like \"421 not now\\r\\n\""), !text.isEmpty else {
            return nil
        }
        guard text.utf8.count <= RefusalAction.longestMessage else {
            fault(
                entry.value.position,
                "'deny_message' has \(text.utf8.count) bytes; expected at most \(RefusalAction.longestMessage)")
            return nil
        }
        guard !RefusalAction.hasUnreadEscape(text) else {
            fault(
                entry.value.position,
                "'deny_message' has a backslash for an end of line, which only \"...\" reads; expected \"421 not now\\r\\n\""
            )
            return nil
        }
        return text
    }
}
