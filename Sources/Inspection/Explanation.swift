// `doorward explain`: everything that a client of a service would get, and which line of which file says so.
// The paths are looked up on this machine as a gate would look them up; nothing is started, and nothing changes.
internal import Addresses
internal import Control
internal import HostDefinition
internal import LinuxSystem
internal import Messages
internal import Sandbox
internal import ServiceModel
internal import Spawner

/// A setting, what it comes to, and where it was said.
package struct ExplainedFact: Hashable, Sendable {
    package var key: String
    package var value: String
    /// `FILE:LINE`, or `default`; empty where it is a consequence of others.
    package var origin: String
}

/// Facts of one kind.
package struct ExplainedSection: Hashable, Sendable {
    package var title: String
    package var facts: [ExplainedFact] = []
}

package struct Explanation: Hashable, Sendable {
    package private(set) var sections: [ExplainedSection] = []
    private let definition: ServiceDefinition
    private var service: Service { definition.service }

    package init(_ assessment: Assessment) {
        definition = assessment.definition
        explainAdmission(assessment)
        explainHandler(assessment)
        explainIdentity(assessment)
        explainLimits()
        explainPenalties()
        explainSystemCalls()
        explainFiles()
        explainNamespaces()
    }

    private mutating func section(_ title: String) { sections.append(ExplainedSection(title: title)) }

    private mutating func add(_ key: String, _ value: String, from origin: String? = nil) {
        let place = origin ?? definition.origins[key]?.fileAndLine ?? "default"
        sections[sections.count - 1].facts.append(ExplainedFact(key: key, value: value, origin: place))
    }

    private mutating func explainAdmission(_ assessment: Assessment) {
        section("admission")
        add("service", service.name, from: service.file)
        if definition.activation == .disabled { add("enabled", "false: it is switched off") }
        add("listen", service.listen.map(\.description).joined(separator: " "))
        if let reason = assessment.reason {
            add("decision", "refused: \(reason.sentence) [\(reason.remedy)]", from: reason.origin)
            if let cause = assessment.cause { add("cause", cause.rawValue, from: "") }
        } else if let rule = assessment.ruleIndex {
            let position = service.access[rule].position
            add("decision", "admitted by access rule \(rule + 1)" + provisos(assessment), from: position.fileAndLine)
        } else {
            add("decision", "admitted: there are no access rules" + provisos(assessment), from: "")
        }
        let rules = service.admission
        if let length = rules.sensor { add("sensor", "bans who touches it for \(shown(length))") }
        if let hours = rules.hours { add("hours", "\(hours), \(rules.timeZone ?? "local time")") }
        if let load = rules.mostLoad { add("max_load", "\(load / 100).\(load % 100 / 10)\(load % 10)") }
        explainRefusalAction(assessment)
        explainPreConnection(rules)
        explainLiveState(assessment)
    }

    /// What an admission still depends on.
    private func provisos(_ assessment: Assessment) -> String {
        let keys = assessment.unansweredKeys
        return keys.isEmpty ? "" : "; if \(keys.joined(separator: " and ")) let it in"
    }

    /// How it is refused, or would be.
    private mutating func explainRefusalAction(_ assessment: Assessment) {
        let ofService = service.admission.refusal
        if assessment.isDroppedByKernel { return add("refuse", "without a word: the kernel drops its SYNs", from: "") }
        if let action = assessment.actionOfRule, let reason = assessment.refusalReason {
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

    /// What happens before a handler is started.
    private mutating func explainPreConnection(_ rules: AdmissionSettings) {
        if !rules.upstreams.isEmpty {
            let upstreams = rules.upstreams.map(\.description).joined(separator: " ")
            add(
                "proxy_protocol",
                "connections from \(upstreams) begin with a PROXY header, which says who the client is")
        }
        for rule in rules.dnsbl { add("dnsbl", "\(rule)") }
        for check in rules.checks.programs {
            add("checks", ([check.path] + check.arguments.dropFirst()).joined(separator: " "))
        }
        if !rules.checks.programs.isEmpty {
            add("check_timeout", "all of them within \(shown(rules.checks.timeout)), or the connection is refused")
            add("check_cache", "an answer holds for \(shown(rules.checks.cache)) and its source")
        }
        if let delay = rules.greetDelay { add("greet_delay", "who talks in the first \(shown(delay)) is refused") }
        add("start", rules.start == .data ? "with the first byte" : "when somebody connects")
        if rules.start == .data { add("first_byte", "within \(shown(rules.firstByte))") }
        if service.waitingPlaces > 0 { add("limits.waiting", "\(service.waitingPlaces) at once in the gate") }
    }

    /// What only the running supervisor knows.
    private mutating func explainLiveState(_ assessment: Assessment) {
        guard let live = assessment.live else {
            add("now", "no supervisor answers here: bans and connections are not known", from: "")
            return
        }
        guard let status = live.services.first(where: { $0.name == service.name }) else {
            add("now", "not served", from: "")
            return
        }
        let wait = status.counts[.active] >= status.limit ? "; the next one \(waiting(status))" : ""
        add(
            "now", "\(status.state.rawValue), \(status.counts[.active]) of \(status.limit) connections\(wait)", from: ""
        )
        // Listeners that take PROXY headers do without: the addresses that the kernel sees are not the clients'.
        if case .ip = assessment.peer, service.admission.upstreams.isEmpty, !live.kernelFilter.isEmpty {
            add("kernel filter", live.kernelFilter, from: "")
        }
        if let sourceStatus = live.sourceStatus { explain(sourceStatus) }
    }

    /// What becomes of somebody who comes when every place is taken.
    private func waiting(_ status: ServiceStatus) -> String {
        if service.waitingPlaces == 0 { return "waits in the listen queue" }
        if status.counts[.waiting] < service.waitingPlaces { return "waits in the gate" }
        return
            "takes the place in the gate of a source that has more of them than its own, or is refused [limits.waiting]"
    }

    /// What the gate knows of the caller.
    private mutating func explain(_ sourceStatus: SourceStatus) {
        let most = text(service.limits.perSource) { "\($0)" }
        add("its connections", "\(sourceStatus.connections) of \(most)", from: "")
        if let wait = sourceStatus.rateWait {
            add("its rate", wait > .zero ? "used up for \(shown(wait))" : "not used up", from: "")
        }
        if sourceStatus.turnWait > .zero {
            add("limits.total_rate", "the next one waits for \(shown(sourceStatus.turnWait))")
        }
        if let points = sourceStatus.points {
            add("its points", "\(points) of \(service.admission.penalties.threshold)", from: "")
        }
        switch sourceStatus.lists {
        case .none, .denied: break
        case .unknown: add("its lists", "no answer is known: the next connection waits for one", from: "")
        case .admitted: add("its lists", "have answered, and let it in", from: "")
        case .unanswered: add("its lists", "not all have answered; those that have let it in", from: "")
        }
        for (index, rule) in service.admission.dnsbl.enumerated() where sourceStatus.matches & 1 << UInt32(index) != 0 {
            add("its lists", "matches: \(rule)", from: definition.origins["dnsbl"]?.fileAndLine)
        }
        switch sourceStatus.checks {
        case .none, .refused: break
        case .unknown: add("its checks", "no answer is known: the next connection waits for one", from: "")
        case .passed: add("its checks", "have let it in", from: "")
        }
    }

    private mutating func explainHandler(_ assessment: Assessment) {
        section("handler")
        guard service.admission.sensor == nil else {
            add("path", "none: a sensor starts nothing", from: "")
            return
        }
        add("path", assessment.command.path, from: origin(ofHandler: assessment))
        for (index, argument) in assessment.command.arguments.enumerated() {
            add("argument \(index)", argument, from: origin(ofHandler: assessment))
        }
        for (key, filters) in [("input_filters", service.inputFilters), ("output_filters", service.outputFilters)] {
            for filter in filters { add(key, ([filter.path] + filter.arguments.dropFirst()).joined(separator: " ")) }
        }
        var plan = SpawnPlan(service: service, limits: [], log: 2, null: 2)
        for entry in plan.environment(rule: assessment.ruleIndex, facts: assessment.facts) {
            let parts = entry.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            let isOfRule = assessment.rule?.environment.contains { $0.name == parts[0] } == true
            let isOfList = service.admission.dnsbl.enumerated().contains { index, rule in
                assessment.facts.lists & 1 << UInt32(index) != 0 && rule.environment.contains { $0.name == parts[0] }
            }
            let said =
                isOfList
                ? definition.origins["dnsbl"]
                : isOfRule ? assessment.rule?.position : definition.origins["environment.\(parts[0])"]
            add("environment \(parts[0])", parts[1], from: said?.fileAndLine ?? "")
        }
        add("stderr", service.standardError.rawValue)
        add("directory", service.directory)
        let mask = String(service.umask, radix: 8)
        add("umask", String(repeating: "0", count: max(3 - mask.count, 0)) + mask)
        add("nice", "\(service.nice)")
    }

    private func origin(ofHandler assessment: Assessment) -> String? {
        if let rule = assessment.rule, rule.handler != nil { return rule.position.fileAndLine }
        return definition.origins["handler"]?.fileAndLine
    }

    private mutating func explainIdentity(_ assessment: Assessment) {
        section("identity")
        let isDynamic = service.identity.user == .dynamic
        var number: UInt32?
        do throws(IdentityError) {
            number = isDynamic ? try DynamicUsers.known(service.name, state: assessment.settings.state) : nil
        } catch {
            add("state", "\(error)", from: "")
        }
        let range = DynamicUsers.range
        let unknown = "of its own, from \(range.lowerBound) to \(range.upperBound), given at its first start"
        let credentials = Credentials(of: service, dynamicNumber: number ?? 0)
        if let credentials, !isDynamic || number != nil {
            add("user", "uid \(credentials.uid)" + (isDynamic ? ", of its own" : ""))
            add("group", "gid \(credentials.gid)")
        } else {
            add("user", unknown)
            add("group", "the same number")
        }
        add("groups", service.identity.groups.isEmpty ? "none" : "\(service.identity.groups)")
        if let sets = credentials?.capabilities {
            let hexadecimal = { (bits: UInt64) in "0x" + String(bits, radix: 16) }
            add("capabilities", service.identity.capabilities.isEmpty ? "none" : service.identity.capabilities)
            add("permitted, effective, ambient", hexadecimal(sets.ambient), from: "")
            add("inheritable", hexadecimal(sets.inheritable), from: "")
            add("bounding", hexadecimal(sets.bounding), from: "")
        }
        add("no_new_privs", "yes: setuid files and file capabilities give nothing", from: "always")
    }

    private mutating func explainLimits() {
        section("limits")
        let limits = service.limits
        add("limits.connections", "\(limits.connections) at once")
        add("limits.per_source", text(limits.perSource) { "\($0) at once" })
        add("limits.rate", text(limits.rate) { "\($0) for each source" })
        add("limits.total_rate", text(limits.totalRate) { "\($0), further ones wait" })
        add("limits.lifetime", text(limits.lifetime) { "\($0.nanoseconds / 1_000_000_000) s, then TERM and KILL" })
        for limit in ResourceLimit.all(of: limits) { add("limits.\(limit.key)", "\(limit.value)") }
        for key in ["files", "memory", "cpu", "core", "file_size"] {
            let isSet = ResourceLimit.all(of: limits).contains { $0.key == key }
            if !isSet { add("limits.\(key)", "unlimited") }
        }
        add("limits.total_memory", text(limits.totalMemory) { "\($0.count)" } + ", where the cgroup has the controller")
    }

    private mutating func explainPenalties() {
        let penalties = service.admission.penalties
        guard !penalties.areNone else { return }
        section("penalties")
        for (status, points) in penalties.exit.sorted(by: { $0.key < $1.key }) {
            add("penalties.exit", "\(points) points for exit status \(status)")
        }
        for (key, points) in [
            ("failure", penalties.failure), ("signal", penalties.signal), ("no_data", penalties.noData),
            ("lifetime", penalties.lifetime), ("limit", penalties.limit),
        ] where points > 0 { add("penalties.\(key)", "\(points) points") }
        add("penalties.threshold", "\(penalties.threshold) points")
        add("penalties.half_life", shown(.nanoseconds(penalties.halfLife)))
        add("penalties.ban", shown(.nanoseconds(penalties.ban)) + ", each further one twice as long")
        add("penalties.longest_ban", shown(.nanoseconds(penalties.longest)))
    }

    private func text<Value>(_ limit: Limit<Value>, _ say: (Value) -> String) -> String {
        switch limit {
        case .unlimited: "unlimited"
        case .at(let value): say(value)
        }
    }

    private mutating func explainSystemCalls() {
        section("system calls")
        guard let filter = SystemCallFilter(settings: service.sandbox) else {
            add("seccomp", "off: every system call")
            return
        }
        let refusal = service.sandbox.seccomp == .kill ? "ends the process (SIGSYS)" : "fails with EPERM"
        let allowed = SystemCalls.groups(for: service.sandbox).reduce(0) { $0 + $1.calls.count }
        add("seccomp", "\(allowed) calls in the standard set, and some by their arguments; any other \(refusal)")
        for group in SystemCalls.groups(for: service.sandbox) {
            add(group.name, group.calls.joined(separator: " "), from: "")
        }
        for change in service.sandbox.systemCalls {
            add("system_calls", (change.effect == .allow ? "also " : "not ") + change.name)
        }
        let families = SocketFamily.allCases.filter { service.sandbox.network.contains($0) }.map(\.rawValue)
        add("network", families.isEmpty ? "no new sockets" : "new sockets of " + families.joined(separator: ", "))
        for call in ConditionalSystemCall.standard(network: service.sandbox.network) {
            add(call.name, call.meaning, from: "")
        }
        add("filter", "\(filter.program.count) instructions", from: "")
    }

    private mutating func explainFiles() {
        section("files")
        let abi = Landlock.abi
        guard service.sandbox.landlock == .enforced else {
            add("landlock", "off: every file that the user may reach")
            return
        }
        add("landlock", "ABI \(abi.version), and a domain for each connection")
        for limitation in abi.missing { add("not held back", limitation, from: "this kernel") }
        do throws(SandboxError) {
            for grant in try FileGrant.all(for: service, in: try ServiceRoot(service.sandbox.root)) {
                add(grant.path, grant.rights.description, from: origin(of: grant.reason))
            }
            for grant in FileGrant.ofPrivateTemporary where service.sandbox.privateTemporary != nil {
                add(grant.path, "\(grant.rights), of its own", from: origin(of: grant.reason))
            }
        } catch {
            add("unusable", "\(error)", from: "")
        }
    }

    private func origin(of reason: FileGrant.Reason) -> String {
        switch reason {
        case .handler: definition.origins["handler"].map { "\($0.fileAndLine) (handler)" } ?? "handler"
        case .interpreter: "what starts the handler"
        case .libraries: "system libraries"
        case .devices: "every handler"
        case .privateTemporary: definition.origins["private_tmp"]?.fileAndLine ?? "default"
        case .setting(let key): definition.origins[key]?.fileAndLine ?? "default"
        }
    }

    private mutating func explainNamespaces() {
        section("namespaces")
        add("network", service.sandbox.sharesNetwork ? "this machine's" : "an empty one")
        add("private_tmp", service.sandbox.privateTemporary.map { "/tmp, \($0.count) bytes" } ?? "no")
        add("root", service.sandbox.root ?? "/")
        if !Accounts.isRoot { add("not root", "skipped: \(Sandbox.skippedWithoutRoot)", from: "") }
    }
}
