// The decision of a service's gate on a client that has not connected, at this moment.
// Reads the files, the clock, the load and the state of a running supervisor. Admission decides, with the tables that a
// gate has; Assessment+Reason.swift gives the reason, for people. Starts nothing, counts nothing.
package import Addresses
package import Admission
package import ConfigurationLoader
package import Configuration
internal import Control
package import HostDefinition
internal import LinuxSystem
internal import Messages
package import ServiceModel

package struct Assessment: Sendable {
    package let definition: ServiceDefinition
    package let settings: HostSettings
    package let peer: Peer
    /// The decision of the service's gate, whether there is one or not: a handler can be tried before its service is
    /// served.
    package let decision: ExpectedDecision
    /// The state of a running supervisor; nil when none answers.
    package let live: LiveState?
    /// The ban that refuses the client.
    let ban: BanStatus?
    /// The facts about the machine that the decision depends on.
    let reading: MachineReading

    /// The facts about this machine that a decision depends on.
    struct MachineReading: Hashable, Sendable {
        /// The minute of the week, in the service's time zone.
        var minute: WeekMinute
        /// The load average of the last minute, in hundredths.
        var load: Int
        /// The time of the monotonic clock, in nanoseconds.
        var now: Int64
    }

    /// Reads the files, asks the supervisor, and decides.
    ///
    /// - Parameter address: an IP address, or `unix` for a client on a unix socket with the user of this process.
    /// Errors: the files are at fault or cannot be read, no service has this name, or the address is none that can
    /// connect to it.
    package init(
        service name: String, address: String, _ choices: PathChoices, on host: Host
    ) throws(CommandFailure) {
        guard let peer = Self.peer(address) else {
            throw CommandFailure(.malformedAddress, "'\(address)' is not an IP address, nor \"unix\"")
        }
        let definitions = try CommandFailure.unlessFaulty { () throws(HostDefinitionError) in
            try HostDefinition.read(choices, on: host)
        }
        guard let definition = definitions.services[name] else {
            let faults = definitions.faults.filter { $0.service == name }
            guard faults.isEmpty else {
                throw CommandFailure(HostDefinitionError(problems: faults.map { Problem($0) }))
            }
            let known = definitions.services.keys.sorted().joined(separator: ", ")
            throw CommandFailure(.unknownService, "no service is called '\(name)'; there are: \(known)")
        }
        let isUnix = if case .unix = peer { true } else { false }
        let listens = definition.service.listen.contains { if case .unix = $0 { isUnix } else { !isUnix } }
        guard listens else {
            let kind = isUnix ? "a unix socket" : "an IP address"
            throw CommandFailure(.notListening, "'\(name)' does not listen on \(kind) [listen]")
        }
        let settings = definitions.settings
        let (entries, reading) = try CommandFailure.unlessFaulty { () throws(HostDefinitionError) in
            (try BlockList.entries(ofFile: settings.blockList), try Self.reading(for: definition))
        }
        self.init(
            of: peer, definition, settings, LiveState(state: settings.state, service: name, peer: peer),
            blockList: BlockList.table(of: entries), reading)
    }

    /// Decides, from values only.
    ///
    /// - Parameter blockList: a table that ``BlockList/table(of:)`` built.
    init(
        of peer: Peer, _ definition: ServiceDefinition, _ settings: HostSettings, _ live: LiveState?,
        blockList: [UInt8], _ reading: MachineReading
    ) {
        let service = definition.service
        let now = reading.now
        var admission = Admission(service: service, sourcePrefix: settings.sourcePrefix)
        let status = live?.sourceStatus
        if let status {
            admission.restore(
                admission.source(of: peer), count: status.connections, rateWait: status.rateWait?.nanoseconds, at: now)
        }
        let bans = Self.bans(live, exempt: settings.exempt, at: now)
        let closed = ClosedReason(
            hours: service.admission.hours, minute: reading.minute, mostLoad: service.admission.mostLoad,
            load: reading.load)
        // Sound: the tables outlive the call.
        decision = unsafe admission.expectedDecision(
            on: peer, blockList: blockList.span.bytes, bans: bans.span.bytes, closed: closed,
            settings: service.admission, answers: KnownAnswers(status, service.admission), at: now)
        if case .refused(.ban(let match)) = decision {
            let prefix = unsafe SealedBans.prefix(of: match.index, in: bans.span.bytes)
            ban = live?.bans.first { $0.prefix == prefix }
        } else {
            ban = nil
        }
        self.definition = definition
        self.settings = settings
        self.peer = peer
        self.live = live
        self.reading = reading
    }

    /// The client as it was asked about: an address, or `unix`.
    package var clientText: String {
        switch peer {
        case .ip(let address, _): address.description
        case .unix: "unix"
        }
    }

    private static func peer(_ address: String) -> Peer? {
        if address == "unix" {
            return .unix(uid: Accounts.effectiveUser, gid: Accounts.effectiveGroup, pid: Processes.ownPID)
        }
        return IPAddress(address).map { .ip($0, port: 0) }
    }

    private static func reading(for definition: ServiceDefinition) throws(HostDefinitionError) -> MachineReading {
        let settings = definition.service.admission
        if settings.hours != nil {
            do throws(SystemError) {
                try LocalTime.load(zone: settings.timeZone)
            } catch {
                // A gate of this service would not start either.
                let place = definition.origins["time_zone"].map { Problem.Place.position($0) }
                throw HostDefinitionError(
                    Problem(place ?? .file(definition.service.file), key: "time_zone", message: "\(error)"))
            }
        }
        return MachineReading(
            minute: WeekMinute(number: LocalTime.minuteOfWeek()), load: Processes.load(),
            now: Clock.monotonicNanoseconds())
    }

    /// The table of the bans in force, as the supervisor builds it for its gates: without the exempt prefixes of the
    /// files.
    private static func bans(_ live: LiveState?, exempt: [IPPrefix], at now: Int64) -> [UInt8] {
        let bans = live?.bans ?? []
        var table = BanTable(exempt: exempt, mostPerFamily: max(bans.count, 1))
        // The result does not matter: an exempt prefix stays out of the table, and the table has room for all.
        for ban in bans { _ = table.block(ban.prefix, reason: "", length: ban.left?.nanoseconds, at: now) }
        return table.list(at: now)
    }

    /// Whether the filter in the kernel drops the client's SYN, so that no gate sees it.
    package var isDroppedByKernel: Bool {
        guard let live, definition.service.admission.upstreams.isEmpty else { return false }
        return switch cause {
        case .blockList: live.kernelHasBlockList
        case .ban: live.kernelHasBans
        default: false
        }
    }

    /// The access rule that admits the client: an index into `Service.access`.
    package var ruleIndex: Int? {
        guard case .admitted(let index, _) = decision else { return nil }
        return index
    }

    /// The keys of the pre-connection phases without an answer yet.
    package var unansweredKeys: [String] {
        guard case .admitted(_, let unanswered) = decision else { return [] }
        return unanswered.map { $0 == .lists ? "dnsbl" : "checks" }
    }

    package var rule: AccessRule? { ruleIndex.map { definition.service.access[$0] } }

    /// The handler that serves the client.
    package var command: HandlerCommand { rule?.handler ?? definition.service.handler }

    /// The local address that the client connects to: the first one of the service of the client's kind.
    package var local: ListenAddress {
        let isUnix = if case .unix = peer { true } else { false }
        let listen = definition.service.listen
        return listen.first { if case .unix = $0 { isUnix } else { !isUnix } } ?? listen[0]
    }
}

extension KnownAnswers {
    /// Takes the answers of lists and checks from a gate's report. An answer by a rule or a check that the service no
    /// longer has counts as unknown.
    fileprivate init(_ status: SourceStatus?, _ settings: AdmissionSettings) {
        self.init()
        guard let status else { return }
        switch status.lists {
        case .none, .unknown: break
        case .admitted, .unanswered: lists = ListVerdict(matches: status.matches)
        case .denied(let rule):
            if settings.dnsbl.indices.contains(rule) { lists = ListVerdict(.deny(rule: rule)) }
        }
        switch status.checks {
        case .none, .unknown: break
        case .passed: checks = .passed
        case .refused(let check):
            if settings.checks.programs.indices.contains(check) { checks = .refused(check: check) }
        }
    }
}
