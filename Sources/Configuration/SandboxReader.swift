// Reads the keys of the sandbox with a form of their own: `network`, `system_calls` and `private_tmp`.

import ServiceModel

/// The smallest size of a private /tmp: one page of the largest size that Linux uses on any machine.
private let leastTemporary = Bytes(64 << 10)

extension Reading {
    private static let networkForms = "true, false, or a list of \"unix\", \"inet\", \"inet6\", \"netlink\""
    private static let systemCallForms = "a list of names with a sign, like [\"+ptrace\", \"-socket\"]"
    private static let temporaryForms = "true, false, or a size like \"64M\""

    mutating func network(_ entry: TOMLEntry) -> Set<SocketFamily>? {
        if case .boolean(let isShared) = entry.value.content { return isShared ? Set(SocketFamily.allCases) : [] }
        guard let texts = strings(entry, expected: Self.networkForms) else { return nil }
        var families: Set<SocketFamily> = []
        for (text, node) in texts {
            guard let family = SocketFamily(rawValue: text) else {
                fault(node.position, "'network' has \(quoted(text)); expected \(Self.networkForms)")
                continue
            }
            if !families.insert(family).inserted {
                fault(node.position, "'network' has \(quoted(text)) twice; expected it once")
            }
        }
        return families
    }

    mutating func systemCalls(_ entry: TOMLEntry) -> [SystemCallChange]? {
        guard let texts = strings(entry, expected: Self.systemCallForms) else { return nil }
        var changes: [SystemCallChange] = []
        for (text, node) in texts {
            guard let change = systemCallChange(text, at: node) else { continue }
            guard !changes.contains(where: { $0.name == change.name }) else {
                fault(node.position, "'system_calls' has \(quoted(change.name)) twice; expected it once")
                continue
            }
            changes.append(change)
        }
        return changes
    }

    private mutating func systemCallChange(_ text: String, at node: TOMLNode) -> SystemCallChange? {
        let effect: SystemCallChange.Effect
        switch text.utf8.first {
        case UInt8(ascii: "+"): effect = .allow
        case UInt8(ascii: "-"): effect = .refuse
        default:
            let shown = text.isEmpty ? "name" : text
            fault(
                node.position,
                "'system_calls': \(quoted(text)) has no sign; expected \"+\(shown)\" to allow or "
                    + "\"-\(shown)\" to refuse")
            return nil
        }
        let name = String(decoding: text.utf8.dropFirst(), as: UTF8.self)
        guard !name.isEmpty else {
            fault(node.position, "'system_calls': \(quoted(text)) has no name; expected one like \"+ptrace\"")
            return nil
        }
        let change = SystemCallChange(effect, name)
        if let problem = host.systemCallProblem(change) {
            fault(node.position, "'system_calls': \(problem)")
            return nil
        }
        return change
    }

    /// The size of a private /tmp. The outer nil is a fault, the inner one means that the service has none.
    mutating func privateTemporary(_ entry: TOMLEntry) -> Bytes?? {
        switch entry.value.content {
        case .boolean(let isPrivate): return .some(isPrivate ? SandboxSettings.standardTemporary : nil)
        case .string:
            guard let size = size(entry) else { return nil }
            guard size.count >= leastTemporary.count else {
                fault(entry.value.position, "'private_tmp' is \(size.count) bytes; expected \"64K\" at least")
                return nil
            }
            return size
        default:
            wrongType(entry, expected: Self.temporaryForms)
            return nil
        }
    }
}
