// The lines about those who never got a handler: why, by which line of which file, and the setting that changes it.
internal import Addresses
internal import Admission
internal import EventLog
internal import LinuxSystem
internal import Messages
internal import ServiceModel
internal import Spawner
internal import Text

extension Gate {
    mutating func logRefusal(_ refusal: Refusal, peer: Peer, _ action: RefusalAction, at now: Int64) {
        setup.counters.increment(refusal.counter)
        guard refusalBudget.admits(at: now) else { return }
        begin("refuse")
        log.field("peer", peer)
        let (cause, setting) = refusal.cause(start: setup.service.admission.start)
        log.field("cause", cause)
        logDetails(of: refusal, peer: peer, at: now)
        if let setting { log.field("setting", setting) }
        switch action {
        case .close: break
        case .message: log.field("by", "message" as StaticString)
        case .reset: log.field("by", "reset" as StaticString)
        case .tarpit: log.field("by", "tarpit" as StaticString)
        }
        log.end()
    }

    /// What decided, where its cause does not say it.
    private mutating func logDetails(of refusal: Refusal, peer: Peer, at now: Int64) {
        switch refusal {
        case .blocked(let line):
            log.field("rule", file: setup.blockListFile, line: line)
            if case .ip(let address, _) = peer { log.blocked(address) }
        case .denied(let rule): logRule(rule)
        case .banned(let ban):
            Self.add(ban, in: bans.table, to: &log)
            if ban.end != .max { log.field("ends_in", nanoseconds: ban.end - now) }
        case .listed(let rule): log.field("list", setup.service.admission.dnsbl[rule].zone)
        case .check(let check), .unserved(.checkFailed(let check)):
            log.field("check", setup.service.admission.checks.programs[check].path)
        case .sourceLimit(let limit): log.field("limit", limit)
        case .unserved(.proxyHeader(let trouble)): log.field("reason", trouble.description)
        case .noRule, .sensor, .closed, .rate, .unserved: break
        }
    }

    /// Refusals beyond what a service may log.
    mutating func logSuppressedRefusals(at now: Int64) {
        guard let count = refusalBudget.report(at: now) else { return }
        begin("refuse_suppressed")
        log.field("count", count)
        log.end()
    }

    /// Whom a ban is for, and its cause.
    private static func add(_ ban: SealedBans.Match, in bans: borrowing SharedBytes, to log: inout EventLog) {
        let prefix = SealedBans.prefix(of: ban.index, in: bans.bytes)
        log.plainField("ban") { text in
            text.append(prefix.network.text.bytes)
            // As `blocked` and the line of the ban spell it.
            guard prefix.length < prefix.network.bitWidth else { return }
            text.append(UInt8(ascii: "/"))
            text.append(decimal: prefix.length)
        }
        log.plainField("for") { SealedBans.appendCause(of: ban.index, in: bans.bytes, to: &$0) }
    }

    /// A check that says nothing, and how it ended.
    mutating func logCheckFailure(_ run: CheckRun, _ way: ProcessEnd.Way, _ failure: LaunchFailure?, at now: Int64) {
        guard refusalBudget.admits(at: now) else { return }
        begin("check_failed")
        log.field("peer", run.facts.peer)
        log.field("check", setup.service.admission.checks.programs[run.position].path)
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

extension Refusal {
    /// What the log calls it, and the setting that changes it.
    fileprivate func cause(start: AdmissionSettings.Start) -> (cause: StaticString, setting: StaticString?) {
        switch self {
        case .blocked: ("block_list", "block_list")
        case .denied: ("access_rule", "access")
        case .noRule: ("no_rule_matches", "access")
        case .banned: ("ban", "unblock")
        case .sensor: ("sensor", "sensor")
        case .closed(.hours): ("hours", "hours")
        case .closed(.load): ("load", "max_load")
        case .sourceLimit: ("source_limit", "limits.per_source")
        case .rate: ("source_rate", "limits.rate")
        case .listed: ("dnsbl", "dnsbl")
        case .check: ("check", "checks")
        case .unserved(.noData): ("no_data", start == .data ? "start" : "greet_delay")
        case .unserved(.firstByte): ("first_byte", "first_byte")
        case .unserved(.earlyTalker): ("early_talker", "greet_delay")
        case .unserved(.proxyHeader): ("proxy_header", "proxy_protocol")
        case .unserved(.checkTimeout): ("check_timeout", "check_timeout")
        case .unserved(.checkFailed): ("check_failed", "checks")
        case .unserved(.crowded): ("crowded", "limits.waiting")
        case .unserved(.drain): ("drain", nil)
        }
    }

    /// What counts it.
    fileprivate var counter: GateCounter {
        switch self {
        case .blocked: .blocked
        case .denied, .noRule: .denied
        case .sourceLimit: .overLimit
        case .banned: .banned
        case .sensor: .sensed
        case .closed: .closed
        case .rate: .overRate
        case .unserved(.noData): .noData
        case .unserved(.firstByte): .firstByte
        case .unserved(.earlyTalker): .earlyTalkers
        case .unserved(.proxyHeader): .proxyFaults
        case .listed: .listed
        case .check: .checked
        case .unserved(.checkTimeout), .unserved(.checkFailed): .unchecked
        case .unserved(.drain): .drained
        case .unserved(.crowded): .crowded
        }
    }
}
