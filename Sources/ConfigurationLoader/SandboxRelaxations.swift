// Lists the protections that a service turns off: an administrator reads the list before trusting a file.
// Promises an entry for each of them, with the place that turns it off, in the service's file or in doorward.toml.
// The list does not judge: a service may need each of them.
internal import HostDefinition
package import ServiceModel
internal import Text

/// A setting that turns off a protection.
package struct SandboxRelaxation: Hashable, Sendable, CustomStringConvertible {
    /// A value of a file.
    package enum Value: Hashable, Sendable {
        case yes
        case word(String)
        case words([String])
    }

    /// The file of the setting: that of the service or that of the defaults.
    package let file: String
    /// nil when the place is not known.
    package let position: SourcePosition?
    package let key: String
    package let value: Value
    /// What the setting lets handlers do, for people.
    package let meaning: String

    /// `FILE:LINE: note: KEY = VALUE: MEANING`.
    package var description: String {
        "\(position?.fileAndLine ?? file): note: \(key) = \(value.spelling): \(meaning)"
    }
}

extension SandboxRelaxation.Value {
    /// The value as a file spells it.
    fileprivate var spelling: String {
        switch self {
        case .yes: "true"
        case .word(let text): quoted(text)
        case .words(let texts): "[\(texts.map(quoted).joined(separator: ", "))]"
        }
    }
}

/// An entry for each protection that the service turns off.
func sandboxRelaxations(of definition: ServiceDefinition) -> [SandboxRelaxation] {
    settings(relaxing: definition.service).map { setting in
        let position = definition.origins[setting.key]
        return SandboxRelaxation(
            file: position?.file ?? definition.service.file, position: position, key: setting.key,
            value: setting.value, meaning: setting.meaning)
    }
}

/// A key that turns off a protection.
private struct RelaxingSetting {
    var key: String
    var value: SandboxRelaxation.Value
    var meaning: String
}

private func settings(relaxing service: Service) -> [RelaxingSetting] {
    let sandbox = service.sandbox
    var settings: [RelaxingSetting] = []
    func add(_ key: String, _ value: SandboxRelaxation.Value, _ meaning: String) {
        settings.append(RelaxingSetting(key: key, value: value, meaning: meaning))
    }

    if service.identity.user == .root { add("user", .word("root"), "handlers run as uid 0") }
    let capabilities = heldCapabilities(service.identity.capabilities)
    if !capabilities.isEmpty {
        let names = capabilities.joined(separator: ", ")
        add("capabilities", .word(service.identity.capabilities), "handlers have or can be given \(names)")
    }
    if sandbox.sharesNetwork {
        add("network", value(of: sandbox.network), "handlers share this machine's network")
    } else if !sandbox.network.isEmpty {
        add("network", value(of: sandbox.network), "handlers may connect to unix sockets that their user may")
    }
    if sandbox.seccomp == .off { add("seccomp", .word("off"), "handlers may make every system call") }
    let allowed = sandbox.systemCalls.filter { $0.effect == .allow }.map(\.name)
    if !allowed.isEmpty {
        add(
            "system_calls", .words(allowed.map { "+\($0)" }),
            "handlers may make system calls that are not in the standard set")
    }
    if sandbox.landlock == .off { add("landlock", .word("off"), "handlers reach every file that their user may") }
    if !sandbox.files.write.isEmpty {
        add("files.write", .words(sandbox.files.write), "handlers may change what is there, as far as their user may")
    }
    return settings
}

/// The capabilities that an IAB text lets a handler have, without those that it only blocks. Source: cap_iab(3).
private func heldCapabilities(_ text: String) -> [String] {
    text.split(separator: ",").compactMap { item in
        let name = item.drop { "!^%".contains($0) }
        return item[..<name.startIndex].contains("!") ? nil : String(name)
    }
}

private func value(of families: Set<SocketFamily>) -> SandboxRelaxation.Value {
    let listed = SocketFamily.allCases.filter { families.contains($0) }
    return listed.count == SocketFamily.allCases.count ? .yes : .words(listed.map(\.rawValue))
}

/// The text in quotes, as TOML spells it.
private func quoted(_ text: String) -> String { "\"\(Escaping.toml.text(text))\"" }
