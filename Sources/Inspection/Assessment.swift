// One service, and one client that might come: what the files say of both at this moment. Starts nothing, counts nothing.
package import Addresses
internal import Admission
internal import Control
package import ConfigurationLoader
package import Configuration
package import HostDefinition
internal import LinuxSystem
internal import Messages
package import ServiceModel

/// A client at the door of a service.
package struct Assessment: Sendable {
    package enum Verdict: Hashable, Sendable {
        /// By the access rule with this index; nil where the service has no rules.
        case admitted(rule: Int?)
        /// `block_list`, with what decided, the key that changes it, and the rule's own manner.
        case refused(cause: String, at: String, setting: String, action: RefusalAction? = nil)
    }

    package let definition: ServiceDefinition
    package let settings: HostSettings
    package let peer: Peer
    package let verdict: Verdict
    /// As ``verdict``, unless nobody at all is served at this moment. A handler can be tried before its service is.
    package var outcome: Verdict {
        if case .admitted = verdict, let obstacle { obstacle } else { verdict }
    }
    /// What a running supervisor knows; nil when none answers.
    package let live: LiveState?

    /// Reads the files, and judges.
    ///
    /// - Parameter address: an IP address, or `unix` for a client on a unix socket, who is this user.
    /// Errors: ready to be printed, each line.
    package init(
        service name: String, address: String, _ choices: PathChoices, on host: Host
    ) throws(HostDefinitionError) {
        guard let peer = Self.peer(address) else {
            throw HostDefinitionError(lines: ["'\(address)' is not an IP address, nor \"unix\""])
        }
        let definitions = try HostDefinition.read(choices, on: host)
        guard let definition = definitions.services[name] else {
            let faults = definitions.faults.map(\.description).filter { $0.contains("/\(name).toml:") }
            let known = definitions.services.keys.sorted().joined(separator: ", ")
            throw HostDefinitionError(
                lines: faults.isEmpty ? ["no service is called '\(name)'; there are: \(known)"] : faults)
        }
        let isUnix = if case .unix = peer { true } else { false }
        let listens = definition.service.listen.contains { if case .unix = $0 { isUnix } else { !isUnix } }
        guard listens else {
            let kind = isUnix ? "a unix socket" : "an IP address"
            throw HostDefinitionError(lines: ["'\(name)' does not listen on \(kind) [listen]"])
        }
        self.definition = definition
        settings = definitions.settings
        self.peer = peer
        live = LiveState(state: definitions.settings.state, service: name, peer: peer)
        let verdict = try Self.judge(peer, definition, definitions.settings, live)
        self.verdict = Self.judge(verdict, by: live?.sourceStatus, definition) ?? verdict
    }

    private static func peer(_ address: String) -> Peer? {
        if address == "unix" {
            return .unix(uid: Accounts.effectiveUser, gid: Accounts.effectiveGroup, pid: Processes.ownPID)
        }
        return IPAddress(address).map { .ip($0, port: 0) }
    }

    private static func judge(
        _ peer: Peer, _ definition: ServiceDefinition, _ settings: HostSettings, _ live: LiveState?
    ) throws(HostDefinitionError) -> Verdict {
        let service = definition.service
        func place(_ key: String) -> String { definition.origins[key]?.fileAndLine ?? service.file }
        let table = BlockList.table(of: try BlockList.entries(ofFile: settings.blockList))
        var admission = Admission(service: service, sourcePrefix: settings.sourcePrefix)
        // The order of a gate's checks: the block list, then bans. Sound: the tables outlive the calls.
        if case .ip(let address, _) = peer, let ban = live?.ban(of: address),
            !settings.exempt.contains(where: { $0.contains(address) }),
            unsafe BlockList.line(matching: address, in: table.span.bytes) == nil
        {
            return banned(ban)
        }
        let nobody = SealedBans.empty
        let now = Clock.monotonicNanoseconds()
        switch unsafe admission.decide(
            peer, blockList: table.span.bytes, bans: nobody.span.bytes, closed: closedReason(of: service), at: now)
        {
        case .admit(let admitted):
            let rule = admitted.rule
            admission.end(admitted)
            return .admitted(rule: rule)
        case .refuse(.blockList(let line)):
            return .refused(
                cause: "it is on the block list", at: "\(settings.blockList ?? ""):\(line)", setting: "block_list")
        case .refuse(.accessRule(let rule)):
            return .refused(
                cause: "an access rule denies it", at: service.access[rule].position.fileAndLine, setting: "access",
                action: service.access[rule].refusal)
        case .refuse(.noRuleMatches):
            return .refused(cause: "no access rule matches it", at: place("access"), setting: "access")
        case .refuse(.sourceLimit(let limit)):
            return .refused(
                cause: "its source has \(limit) connections", at: place("limits.per_source"),
                setting: "limits.per_source")
        case .refuse(.sensor):
            let exempt = Self.exempt(peer, settings).map { "does not ban it: \($0) is exempt" } ?? "bans it"
            return .refused(cause: "the service is a sensor, and \(exempt)", at: place("sensor"), setting: "sensor")
        case .refuse(.closed(.hours)):
            return .refused(
                cause: "the service is closed at this time, \(WeekMinute(number: LocalTime.minuteOfWeek()))",
                at: place("hours"),
                setting: "hours")
        case .refuse(.closed(.load)):
            let load = Processes.load()
            return .refused(
                cause: "the machine has too much to do, a load of \(load / 100).\(load % 100 / 10)\(load % 10)",
                at: place("max_load"), setting: "max_load")
        case .refuse(let refusal):
            preconditionFailure(
                "\(refusal.cause) comes from what a gate has counted, and nothing has been counted here")
        }
    }

    /// What the gate refuses by what it has counted and learnt; nil when that changes nothing.
    private static func judge(
        _ verdict: Verdict, by sourceStatus: SourceStatus?, _ definition: ServiceDefinition
    ) -> Verdict? {
        guard case .admitted = verdict, let sourceStatus else { return nil }
        let service = definition.service
        func refused(_ cause: String, _ setting: String, _ action: RefusalAction? = nil) -> Verdict {
            .refused(
                cause: cause, at: definition.origins[setting]?.fileAndLine ?? definition.service.file, setting: setting,
                action: action)
        }
        if case .at(let most) = service.limits.perSource, sourceStatus.connections >= most {
            return refused("its source has \(sourceStatus.connections) connections", "limits.per_source")
        }
        if let wait = sourceStatus.rateWait, wait > .zero {
            return refused("its source comes too often, and may come again in \(shown(wait))", "limits.rate")
        }
        if case .denied(let rule) = sourceStatus.lists, service.admission.dnsbl.indices.contains(rule) {
            let list = service.admission.dnsbl[rule]
            return refused("it is listed by \(list.zone)", "dnsbl", list.refusal)
        }
        if case .refused(let check) = sourceStatus.checks, service.admission.checks.programs.indices.contains(check) {
            return refused("\(service.admission.checks.programs[check].path) has not let it in", "checks")
        }
        return nil
    }

    /// What keeps the service from serving anybody; nil when nothing does.
    private var obstacle: Verdict? {
        let file = definition.service.file
        if definition.activation == .disabled {
            let place = definition.origins["enabled"]?.fileAndLine ?? file
            return .refused(cause: "the service is switched off", at: place, setting: "enabled")
        }
        guard let live else { return nil }
        guard let status = live.services.first(where: { $0.name == definition.service.name }) else {
            return .refused(cause: "the running supervisor has no such service", at: file, setting: "doorward reload")
        }
        guard status.state == .failing else { return nil }
        let problem = status.problem.isEmpty ? "" : ": \(status.problem)"
        return .refused(cause: "nobody is served now\(problem)", at: file, setting: "doorward status")
    }

    /// The exempt prefix that somebody is in.
    private static func exempt(_ peer: Peer, _ settings: HostSettings) -> IPPrefix? {
        guard case .ip(let address, _) = peer else { return nil }
        return settings.exempt.first { $0.contains(address) }
    }

    /// Whether the filter in the kernel drops its SYN, so that no gate sees it.
    package var isDroppedByKernel: Bool {
        guard let live, case .refused(_, _, let setting, _) = verdict, case .ip(let address, _) = peer,
            definition.service.admission.upstreams.isEmpty
        else { return false }
        return setting == "block_list" ? live.kernelHasBlockList : live.kernelHasBans && live.ban(of: address) != nil
    }

    private static func banned(_ ban: BanStatus) -> Verdict {
        let left = ban.left.map { "for \(shown($0)) more" } ?? "for ever"
        return .refused(
            cause: "\(ban.prefix) is banned \(left), for \(ban.cause)", at: "",
            setting: "doorward unblock \(ban.prefix)")
    }

    /// Why the service takes nobody now.
    private static func closedReason(of service: Service) -> ClosedReason? {
        let settings = service.admission
        if settings.hours != nil {
            do throws(SystemError) {
                try LocalTime.load(zone: settings.timeZone)
            } catch {
                // Its gate would not start either.
                return .hours
            }
        }
        return ClosedReason(
            hours: settings.hours, minute: WeekMinute(number: LocalTime.minuteOfWeek()), mostLoad: settings.mostLoad,
            load: Processes.load())
    }

    /// The handler that serves it, and the rule's variables.
    package var command: HandlerCommand { rule?.handler ?? definition.service.handler }

    package var rule: AccessRule? {
        guard case .admitted(let index?) = verdict else { return nil }
        return definition.service.access[index]
    }

    /// The local address that it came to: the service's first of its kind.
    package var local: ListenAddress {
        let isUnix = if case .unix = peer { true } else { false }
        let listen = definition.service.listen
        return listen.first { if case .unix = $0 { isUnix } else { !isUnix } } ?? listen[0]
    }
}
