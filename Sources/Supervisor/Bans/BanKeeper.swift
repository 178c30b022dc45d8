// The bans of all services: the table, the sealed list that gates have, and the file in the state directory. When the
// table has changed, gates get the list a tenth of a second later at most, or a second later when it is long; the file
// follows after a second.
internal import Addresses
internal import Admission
internal import Control
internal import EventLog
internal import LinuxSystem
internal import Messages
internal import ServiceModel

/// The owner of the bans. What it decides, the supervisor logs and tells the gates and the kernel.
struct BanKeeper: ~Copyable {
    private var table: BanTable
    /// The sealed list of bans that the gates have.
    private(set) var list: SharedBytes
    private var coalescer = ChangeCoalescer()
    private var logBudget = LogBudget.refusals
    private var spared = SparedSources()
    private let file: BanFile
    /// Monotonic: when to save the bans.
    private var saveAt: Int64?

    private static let saveAfterNanoseconds: Int64 = 1_000_000_000
    /// Hits alone are saved once a minute: a banned client that goes on connecting is not worth a write every second.
    private static let saveHitsAfterNanoseconds: Int64 = 60_000_000_000
    /// Above this number of bans, gates get the list once a second. Building it takes the supervisor's time, and a
    /// flood must not use that up.
    private static let mostBansAtOnce = 1000

    /// - Parameter state: the state directory.
    init(state: String, exempt: [IPPrefix]) throws(SystemError) {
        table = BanTable(exempt: exempt)
        file = BanFile(state: state)
        list = try SharedBytes(sealing: SealedBans.empty, name: "bans")
    }

    /// Something that is due.
    enum Due: Hashable {
        /// The gates and the kernel need the new bans.
        case send
        case save
        /// So many bans were not logged, because there were too many.
        case logSuppressed(Int)
    }

    /// Monotonic: when to call ``due(at:)``; nil for never.
    func deadline(at now: Int64) -> Int64? {
        let sending = coalescer.wait(for: table.revision, at: now).map { now + $0 }
        return [sending, saveAt, logBudget.reportAt].compactMap { $0 }.min()
    }

    /// What has to be done now.
    mutating func due(at now: Int64) -> [Due] {
        var due: [Due] = []
        if coalescer.wait(for: table.revision, at: now) == 0 { due.append(.send) }
        if let saveAt, now >= saveAt { due.append(.save) }
        if let count = logBudget.report(at: now) { due.append(.logSuppressed(count)) }
        return due
    }

    var hasUnsaved: Bool { saveAt != nil }
    var path: String { file.path }
    var mostPerFamily: Int { table.mostPerFamily }

    func active(at now: Int64) -> [Ban] { table.active(at: now) }
    func effective(at now: Int64) -> [Ban] { table.effectiveBans(at: now) }

    /// Restores the bans that the previous supervisor saved.
    ///
    /// - Returns: for each line that could not be restored, a text for the log.
    mutating func restore() -> [String] { file.restore(into: &table) }

    /// The consequence of an offence that a gate reports.
    enum Report: Hashable {
        /// A gate of this service cannot report this offence.
        case nonsense
        case unchanged
        case banned(Ban, isLogged: Bool)
        case spared(SparedSources.Reason, isLogged: Bool)
    }

    /// Handles an offence that a gate reports. An attacker may control the gate: then it can ban any source that is
    /// neither exempt nor spared, but only with its own service as the cause.
    ///
    /// - Parameter upstreams: of all services.
    mutating func report(
        _ offence: Offence, of prefix: IPPrefix, by service: Service, upstreams: @autoclosure () -> [IPPrefix],
        at now: Int64
    ) -> Report {
        if let ban = table[prefix], ban.end > now { return .unchanged }
        if let reason = spared.reason(for: prefix, upstreams: upstreams(), at: now) {
            return .spared(reason, isLogged: logBudget.admits(at: now))
        }
        let penalties = service.admission.penalties
        let outcome: BanOutcome
        switch offence {
        case .sensor:
            guard let length = service.admission.sensor?.nanoseconds else { return .nonsense }
            outcome = table.ban(
                prefix, for: .sensor(service: service.name), length: length, longest: max(length, penalties.longest),
                at: now)
        case .penalties(let cause):
            guard !penalties.areNone else { return .nonsense }
            outcome = table.ban(
                prefix, for: .penalties(service: service.name, last: cause), length: penalties.ban,
                longest: penalties.longest, at: now)
        }
        guard case .banned(let ban) = outcome else { return .unchanged }
        changed(at: now)
        return .banned(ban, isLogged: logBudget.admits(at: now))
    }

    /// Adds hits that a gate reports.
    mutating func addHits(_ hits: [BanHit], at now: Int64) {
        for hit in hits { table.addHits(UInt64(hit.count), of: hit.prefix) }
        saveAt = saveAt ?? now + Self.saveHitsAfterNanoseconds
    }

    /// Adds hits of the kernel's filter. They are saved with the next change.
    mutating func addHits(_ count: UInt64, of prefix: IPPrefix) { table.addHits(count, of: prefix) }

    /// The answer to a command, and the ban that it has changed.
    struct Change {
        var reply: ControlReply
        var ban: Ban?
    }

    mutating func block(_ prefix: IPPrefix, reason: String, length: Duration?, at now: Int64) -> Change {
        switch table.block(prefix, reason: reason, length: length?.nanoseconds, at: now) {
        case .banned(let ban), .already(let ban):
            changed(at: now)
            return Change(reply: .banChange(.banned(BanStatus(ban, at: now))), ban: ban)
        case .exempt(let exempt): return Change(reply: .banChange(.exempt(prefix, by: exempt)))
        case .full: return Change(reply: .banChange(.full(prefix, most: table.mostPerFamily)))
        }
    }

    mutating func unblock(_ prefix: IPPrefix, at now: Int64) -> Change {
        let wasBanned = table[prefix] != nil
        if let ban = table.unblock(prefix, at: now) {
            changed(at: now)
            return Change(reply: .banChange(.unbanned(BanStatus(ban, at: now))), ban: ban)
        }
        if wasBanned {
            changed(at: now)
            return Change(reply: .banChange(.forgotten(prefix)))
        }
        let around = table.active(at: now).filter { $0.prefix.contains(prefix.network) }
        return Change(reply: .banChange(.notBanned(prefix, wider: around.map(\.prefix))))
    }

    /// Takes over the exempt prefixes of new settings.
    ///
    /// - Returns: whether the gates need a new list.
    mutating func setExempt(_ exempt: [IPPrefix]) -> Bool {
        guard table.exempt != exempt else { return false }
        table.exempt = exempt
        return true
    }

    private mutating func changed(at now: Int64) {
        let due = now + Self.saveAfterNanoseconds
        saveAt = min(saveAt ?? due, due)
    }

    /// Makes the list that gates get.
    ///
    /// - Returns: why there is no new one; the old one stays.
    mutating func seal(at now: Int64) -> SystemError? {
        coalescer.sent(table.revision, at: now)
        coalescer.interval =
            table.count > Self.mostBansAtOnce ? ChangeCoalescer.longInterval : ChangeCoalescer.standardInterval
        do throws(SystemError) {
            list = try SharedBytes(sealing: table.list(at: now), name: "bans")
            return nil
        } catch {
            return error
        }
    }

    /// - Returns: why the file could not be written; the old one stays.
    mutating func save() -> SystemError? {
        saveAt = nil
        do throws(SystemError) {
            try file.save(table)
            return nil
        } catch {
            return error
        }
    }
}

extension BanStatus {
    /// The state of a ban at one time.
    init(_ ban: Ban, at now: Int64) {
        self.init(
            prefix: ban.prefix, cause: ban.cause.text, age: .nanoseconds(now - ban.began),
            left: ban.end == .max ? nil : .nanoseconds(ban.end - now), hits: Int(clamping: ban.hits),
            strikes: ban.strikes)
    }
}
