// Which protections a service turns off, in words: what an administrator reads before trusting a file.
// Promises a line for each of them, with the place that turns it off, in the service's file or in doorward.toml. Never
// judges: each may be needed.
internal import HostDefinition
internal import ServiceModel
internal import Text

/// `FILE:LINE: note: KEY = VALUE: MEANING` for each protection that the service does without.
func sandboxRelaxations(of definition: ServiceDefinition) -> [String] {
    opened(by: definition.service).map { opening in
        let place = definition.origins[opening.key]?.fileAndLine ?? definition.service.file
        return "\(place): note: \(opening.key) = \(opening.value): \(opening.meaning)"
    }
}

/// A key that turns off a protection.
private struct Opening {
    var key: String
    /// As a file would spell it.
    var value: String
    var meaning: String
}

private func opened(by service: Service) -> [Opening] {
    let sandbox = service.sandbox
    var openings: [Opening] = []
    func add(_ key: String, _ value: String, _ meaning: String) {
        openings.append(Opening(key: key, value: value, meaning: meaning))
    }

    if service.identity.user == .root { add("user", spelled("root"), "handlers run as uid 0") }
    let capabilities = heldCapabilities(service.identity.capabilities)
    if !capabilities.isEmpty {
        let names = capabilities.joined(separator: ", ")
        add("capabilities", spelled(service.identity.capabilities), "handlers have or can be given \(names)")
    }
    if sandbox.sharesNetwork {
        add("network", spelled(sandbox.network), "handlers share this machine's network")
    } else if !sandbox.network.isEmpty {
        add("network", spelled(sandbox.network), "handlers may connect to unix sockets that their user may")
    }
    if sandbox.seccomp == .off { add("seccomp", spelled("off"), "handlers may make every system call") }
    let allowed = sandbox.systemCalls.filter { $0.effect == .allow }.map(\.name)
    if !allowed.isEmpty {
        add(
            "system_calls", spelled(allowed.map { "+\($0)" }),
            "handlers may make system calls that are not in the standard set")
    }
    if sandbox.landlock == .off { add("landlock", spelled("off"), "handlers reach every file that their user may") }
    if !sandbox.files.write.isEmpty {
        add("files.write", spelled(sandbox.files.write), "handlers may change what is there, as far as their user may")
    }
    return openings
}

/// The names that an IAB text lets a handler have; what it only blocks is not among them. Source: cap_iab(3).
private func heldCapabilities(_ text: String) -> [String] {
    text.split(separator: ",").compactMap { item in
        let name = item.drop { "!^%".contains($0) }
        return item[..<name.startIndex].contains("!") ? nil : String(name)
    }
}

private func spelled(_ families: Set<SocketFamily>) -> String {
    let listed = SocketFamily.allCases.filter { families.contains($0) }
    return listed.count == SocketFamily.allCases.count ? "true" : spelled(listed.map(\.rawValue))
}

private func spelled(_ texts: [String]) -> String { "[\(texts.map(spelled).joined(separator: ", "))]" }

/// In quotes, as TOML has it.
private func spelled(_ text: String) -> String { "\"\(Escaping.toml.text(text))\"" }
