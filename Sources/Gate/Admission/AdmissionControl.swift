// Who comes in: everything that a gate knows of sources, and what each outcome costs them. `Admission` decides; this
// owner keeps what it decides by: the block list, the bans, the opening hours, the penalties. `explain` and `exec` make
// one of their own for their decision, with the same tables.
// Promises that nothing is allocated for a decision.
package import Addresses
package import Admission
package import LinuxSystem
internal import Messages
package import ServiceModel

/// The admission of one gate.
package struct AdmissionControl: ~Copyable {
    private(set) var admission: Admission
    private var blockList: SharedBytes
    private(set) var bans: BanView
    /// nil if the service has no penalties.
    private var penalties: PenaltyTable?
    private var openingHours: OpeningHours
    private let sourcePrefix: SourcePrefix
    let settings: AdmissionSettings

    /// - Parameters:
    ///   - blockList: a table that ``BlockList/table(of:)`` built.
    ///   - bans: a table that ``BanTable/list(at:)`` built.
    package init(
        _ service: Service, sourcePrefix: SourcePrefix, blockList: consuming SharedBytes, bans: consuming SharedBytes,
        openingHours: OpeningHours
    ) {
        admission = Admission(service: service, sourcePrefix: sourcePrefix)
        self.blockList = blockList
        self.bans = BanView(bans)
        penalties = service.admission.penalties.areNone ? nil : PenaltyTable(penalties: service.admission.penalties)
        self.openingHours = openingHours
        self.sourcePrefix = sourcePrefix
        settings = service.admission
    }

    /// Monotonic: when the hits of bans are to be reported; nil for never.
    var deadline: Int64? { bans.deadline }

    /// Removes and returns the hits of bans for one report, when a report is due; nil when none are left.
    mutating func hitsDue(at now: Int64) -> GateMessage? {
        guard let deadline, now >= deadline else { return nil }
        return takeHits()
    }

    /// Removes and returns the hits of bans for one report; nil when none are left.
    mutating func takeHits() -> GateMessage? { bans.takeHits() }

    mutating func decide(on peer: Peer, at now: Int64) -> Decision {
        let closed = openingHours.closedReason(at: now)
        return Self.decide(on: peer, &admission, blockList, bans.table, closed, now)
    }

    private static func decide(
        on peer: Peer, _ admission: inout Admission, _ blockList: borrowing SharedBytes,
        _ bans: borrowing SharedBytes, _ closed: ClosedReason?, _ now: Int64
    ) -> Decision {
        admission.decide(peer, blockList: blockList.bytes, bans: bans.bytes, closed: closed, at: now)
    }

    /// The prefix of the ban that refused a peer; of a table that was not replaced since.
    package func prefix(of ban: SealedBans.Match) -> IPPrefix {
        SealedBans.prefix(of: ban.index, in: bans.table.bytes)
    }

    /// Takes over what the service's gate has counted of a peer's source.
    mutating func restore(_ status: SourceStatus, of peer: Peer, at now: Int64) {
        admission.restore(
            source(of: peer), count: status.connections, rateWait: status.rateWait?.nanoseconds, at: now)
    }

    /// Gives back the place of a connection that is over.
    mutating func end(_ admitted: consuming Admitted) { admission.end(admitted) }

    mutating func replaceBlockList(with table: consuming SharedBytes) { blockList = table }

    /// Replaces the bans; the caller has taken the hits of the old ones.
    mutating func replaceBans(with table: consuming SharedBytes) { bans.replace(with: table) }

    /// The source that a peer's connections are counted by.
    func source(of peer: Peer) -> Source { admission.source(of: peer) }

    /// The connections of a source that were admitted and are not over.
    func count(of source: Source) -> Int { admission.count(of: source) }
}

/// What outcomes cost a source.
extension AdmissionControl {
    /// Charges a refusal to its peer: a hit of its ban, penalty points, or a ban.
    ///
    /// - Returns: the offence to report, if there is one.
    mutating func charge(_ refusal: Refusal, to peer: Peer, at now: Int64) -> GateMessage? {
        switch refusal {
        case .ban(let ban):
            bans.addHit(ban.index, at: now)
            return nil
        case .plain(.sensor): return report(.sensor, of: peer)
        case .sourceLimit, .plain(.sourceRate), .plain(.displaced): return charge(.limit, to: peer, at: now)
        case .plain(.noData), .plain(.firstByte):
            return settings.start == .data ? charge(.noData, to: peer, at: now) : nil
        default: return nil
        }
    }

    /// Adds the points that an outcome costs the source of its peer.
    ///
    /// - Returns: the offence to report, when the source has reached the threshold.
    mutating func charge(_ outcome: ConnectionOutcome, to peer: Peer, at now: Int64) -> GateMessage? {
        let source = source(of: peer)
        guard let cause = penalties?.add(outcome, of: source, at: now) else { return nil }
        return report(.penalties(cause), of: peer)
    }

    /// The penalty points of a source; nil if the service has no penalties.
    func points(of source: Source, at now: Int64) -> Int? {
        switch penalties {
        case .some(let penalties): penalties.points(of: source, at: now)
        case .none: nil
        }
    }

    /// An offence in the supervisor's terms. Users of unix sockets are not banned.
    private func report(_ offence: Offence, of peer: Peer) -> GateMessage? {
        guard case .ip(let address, _) = peer else { return nil }
        return .offence(sourcePrefix.source(of: address), offence)
    }
}
