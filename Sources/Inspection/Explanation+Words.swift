// The keys that an explanation shows in words of their own: what they come to for this client, not what the file says.
internal import Addresses
internal import Admission
internal import HostDefinition
internal import Sandbox
internal import ServiceModel

extension Explanation {
    /// Explains a key, if it is one of these.
    ///
    /// - Returns: whether it is.
    mutating func explainInWords(_ key: Key<Service>) -> Bool {
        let settings = service.admission
        switch key.name {
        case "environment": return !service.environment.isEmpty
        case "handler", "user", "group", "capabilities": break
        case "enabled" where !service.isEnabled: add("enabled", "false: it is switched off")
        case "groups": add("groups", service.identity.groups.isEmpty ? "none" : "\(service.identity.groups)")
        case "access" where !service.access.isEmpty:
            for rule in service.access { add("access", "\(rule)", from: rule.position.fileAndLine) }
        case "refuse": explainRefusalAction()
        case "hours":
            guard let hours = settings.hours else { return false }
            add("hours", "\(hours), \(settings.timeZone ?? "local time")")
        case "sensor":
            guard let length = settings.sensor else { return false }
            add("sensor", "bans who touches it for \(Form.duration(.any).shown(length.setting))")
        case "start": add("start", settings.start == .data ? "with the first byte" : "when a client connects")
        case "greet_delay":
            guard let delay = settings.greetDelay else { return false }
            add(
                "greet_delay", "a client that talks in the first \(Form.duration(.any).shown(delay.setting)) is refused"
            )
        case "proxy_protocol":
            guard !settings.upstreams.isEmpty else { return false }
            let upstreams = settings.upstreams.map(\.description).joined(separator: " ")
            add("proxy_protocol", "connections from \(upstreams) begin with a PROXY header, which names the client")
        case "dnsbl" where !settings.dnsbl.isEmpty: for rule in settings.dnsbl { add("dnsbl", "\(rule)") }
        case "checks" where !settings.checks.programs.isEmpty:
            for check in settings.checks.programs { add("checks", check.shown) }
        case "input_filters" where !service.inputFilters.isEmpty:
            for filter in service.inputFilters { add("input_filters", filter.shown) }
        case "output_filters" where !service.outputFilters.isEmpty:
            for filter in service.outputFilters { add("output_filters", filter.shown) }
        case "limits.processes":
            add("limits.processes", Form.shown(service.limits.processesOrStandard))
        case "limits.waiting":
            add("limits.waiting", service.waitingPlaces > 0 ? "\(service.waitingPlaces) at once in the gate" : "none")
        case "penalties.exit" where !settings.penalties.exit.isEmpty:
            for (status, points) in settings.penalties.exit.sorted(by: { $0.key < $1.key }) {
                add("penalties.exit", "\(points) points for exit status \(status)")
            }
        case "seccomp": break
        case "system_calls" where !service.sandbox.systemCalls.isEmpty:
            for change in service.sandbox.systemCalls {
                add("system_calls", (change.effect == .allow ? "also " : "not ") + change.name)
            }
        case "network":
            let families = SocketFamily.allCases.filter { service.sandbox.network.contains($0) }.map(\.rawValue)
            add("network", families.isEmpty ? "no new sockets" : "new sockets of " + families.joined(separator: ", "))
        case "landlock":
            let isOff = service.sandbox.landlock == .off
            add(
                "landlock",
                isOff
                    ? "off: every file that the user may reach"
                    : "ABI \(Landlock.abi.version), and a domain for each connection")
        case "private_tmp":
            add("private_tmp", service.sandbox.privateTemporary.map { "/tmp, \($0.count) bytes" } ?? "no")
        case "root": add("root", service.sandbox.root ?? "/")
        default: return false
        }
        return true
    }

    /// How the client is refused, or would be.
    private mutating func explainRefusalAction() {
        let ofService = service.admission.refusal
        if assessment.isDroppedByKernel {
            add("refuse", "without a word: the kernel drops its SYNs", from: "")
        } else if let action = assessment.actionOfRule, let reason = assessment.refusalReason {
            add("refuse", text(action), from: reason.origin)
        } else {
            let key = if case .message = ofService { "deny_message" } else { "refuse" }
            add("refuse", text(ofService), from: definition.origins[key]?.fileAndLine)
        }
    }

    private func text(_ action: RefusalAction) -> String {
        switch action {
        case .close: "close"
        case .reset: "reset"
        case .tarpit: "tarpit"
        case .message(let text): "says \(JSON.text(text)), then closes"
        }
    }
}

extension Form {
    fileprivate static func shown(_ limit: Limit<Int>) -> String {
        Form.orUnlimited(.count(0...0)).shown(limit.setting)
    }
}
