// The lines about refused connections: the reason, the line of the file that decided, and the setting that changes it.
internal import Addresses
internal import Admission
internal import EventLog
internal import LinuxSystem
internal import Messages
internal import ServiceModel
internal import Spawner
internal import Text

extension Journal {
    /// Logs a refusal, if the budget has a line left for it.
    ///
    /// - Parameter bans: the table that a ban's index is of.
    mutating func logRefusal(
        _ refusal: Refusal, peer: Peer, _ action: RefusalAction, bans: borrowing SharedBytes, at now: Int64
    ) {
        guard refusalBudget.admits(at: now) else { return }
        begin("refuse")
        log.field("peer", peer)
        log.field("cause", refusal.cause.rawValue)
        logDetails(of: refusal, peer: peer, bans, at: now)
        if let setting = refusal.cause.setting(service.admission.start) { log.field("setting", setting) }
        switch action {
        case .close: break
        case .message: log.field("by", "message" as StaticString)
        case .reset: log.field("by", "reset" as StaticString)
        case .tarpit: log.field("by", "tarpit" as StaticString)
        }
        log.end()
    }

    /// Logs what decided, if the cause alone does not tell it.
    private mutating func logDetails(
        of refusal: Refusal, peer: Peer, _ bans: borrowing SharedBytes, at now: Int64
    ) {
        switch refusal {
        case .blockList(let line):
            log.field("rule", file: blockListFile, line: line)
            if case .ip(let address, _) = peer { log.blocked(address) }
        case .accessRule(let rule): logRule(rule)
        case .ban(let ban):
            add(ban, in: bans)
            if ban.end != .max { log.field("ends_in", nanoseconds: ban.end - now) }
        case .dnsbl(let rule): log.field("list", service.admission.dnsbl[rule].zone)
        case .check(let check), .checkFailed(let check):
            log.field("check", service.admission.checks.programs[check].path)
        case .sourceLimit(let limit): log.field("limit", limit)
        case .proxyHeader(let trouble): log.field("reason", trouble.description)
        case .plain: break
        }
    }

    /// Logs the number of refusals that were not logged because the budget was used up.
    mutating func logSuppressedRefusals(at now: Int64) {
        guard let count = refusalBudget.report(at: now) else { return }
        begin("refuse_suppressed")
        log.field("count", count)
        log.end()
    }

    /// Logs the prefix that a ban is for, and the ban's cause.
    private mutating func add(_ ban: SealedBans.Match, in bans: borrowing SharedBytes) {
        let prefix = SealedBans.prefix(of: ban.index, in: bans.bytes)
        log.plainField("ban") { text in
            text.append(prefix.network.text.bytes)
            // An address without its length, as `blocked` and the log line of the ban write it.
            guard prefix.length < prefix.network.bitWidth else { return }
            text.append(UInt8(ascii: "/"))
            text.append(decimal: prefix.length)
        }
        log.plainField("for") { SealedBans.appendCause(of: ban.index, in: bans.bytes, to: &$0) }
    }

    /// Logs a check that gave no answer, and how it ended.
    mutating func logCheckFailure(_ run: CheckRun, _ way: ProcessEnd.Way, _ failure: LaunchFailure?, at now: Int64) {
        guard refusalBudget.admits(at: now) else { return }
        begin("check_failed")
        log.field("peer", run.facts.peer)
        log.field("check", service.admission.checks.programs[run.position].path)
        if let failure {
            log.field("stage", failure.stage)
            log.field("errno", failure.errno.name)
        } else {
            logWay(way, status: "status", signal: "signal")
        }
        log.field("setting", run.isLate ? "check_timeout" : "checks" as StaticString)
        log.end()
    }
}
