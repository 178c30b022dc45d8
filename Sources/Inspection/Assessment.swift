// The decision of a service's gate on a client that has not connected, at this moment.
// Reads the files, the clock, the load and the state of a running supervisor. The gate's own admission decides, with
// the tables that a gate has; Assessment+Reason.swift gives the reason, for people. Starts nothing, counts nothing.
package import Addresses
internal import Admission
package import ConfigurationLoader
package import Configuration
internal import Control
package import Gate
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
        do throws(SystemError) {
            try self.init(
                of: peer, definition, settings, LiveState(state: settings.state, service: name, peer: peer),
                blockList: BlockList.table(of: entries), reading, at: Clock.monotonicNanoseconds())
        } catch {
            throw CommandFailure(.unreadable, "\(error)", errno: error.errno.name)
        }
    }

    /// Decides, from values only.
    ///
    /// - Parameters:
    ///   - blockList: a table that ``BlockList/table(of:)`` built.
    ///   - now: nanoseconds of the monotonic clock.
    /// Errors: memfd_create(2).
    init(
        of peer: Peer, _ definition: ServiceDefinition, _ settings: HostSettings, _ live: LiveState?,
        blockList: [UInt8], _ reading: MachineReading, at now: Int64
    ) throws(SystemError) {
        let service = definition.service
        var admission = AdmissionControl(
            service, sourcePrefix: settings.sourcePrefix,
            blockList: try SharedBytes(sealing: blockList, name: "block list"),
            bans: try SharedBytes(sealing: Self.bans(live, exempt: settings.exempt, at: now), name: "bans"),
            openingHours: OpeningHours(service.admission, at: reading))
        decision = admission.expectedDecision(on: peer, by: live?.sourceStatus, at: now)
        if case .refused(.ban(let match)) = decision {
            let prefix = admission.prefix(of: match)
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
        do throws(SystemError) {
            return try MachineReading(for: definition.service.admission)
        } catch {
            // A gate of this service would not start either.
            let place = definition.origins["time_zone"].map { Problem.Place.position($0) }
            throw HostDefinitionError(
                Problem(place ?? .file(definition.service.file), key: "time_zone", message: "\(error)"))
        }
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

    /// The rules of `dnsbl` that are known to match the client, a bit for each.
    var matchingLists: UInt32 { live?.sourceStatus?.matches ?? 0 }

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
