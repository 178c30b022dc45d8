// The lines about those who never got a handler: why, by which line of which file, and the setting that changes it.
internal import Admission
internal import EventLog
internal import LinuxSystem
internal import ServiceModel
internal import Spawner

extension Gate {
    mutating func logRefusal(_ refusal: Refusal, peer: Peer, _ way: RefusalManner.Way, at now: Int64) {
        setup.counters.increment(refusal.counter)
        guard refusalBudget.admits(at: now) else { return }
        begin("refuse")
        log.field("peer", peer)
        switch refusal {
        case .blocked(let line):
            log.field("cause", "block_list" as StaticString)
            log.field("rule", file: setup.blockListFile, line: line)
            log.field("setting", "block_list" as StaticString)
            if case .ip(let address, _) = peer { log.blocked(address) }
        case .denied(let rule):
            log.field("cause", "access_rule" as StaticString)
            logRule(rule)
            log.field("setting", "access" as StaticString)
        case .noRule:
            log.field("cause", "no_rule_matches" as StaticString)
            log.field("setting", "access" as StaticString)
        case .banned(let ban):
            log.field("cause", "ban" as StaticString)
            Self.add(ban, in: bans.table, to: &log)
            if ban.end != .max { log.field("ends_in", nanoseconds: ban.end - now) }
            log.field("setting", "unblock" as StaticString)
        case .sensor:
            log.field("cause", "sensor" as StaticString)
            log.field("setting", "sensor" as StaticString)
        case .closed(.hours):
            log.field("cause", "hours" as StaticString)
            log.field("setting", "hours" as StaticString)
        case .closed(.load):
            log.field("cause", "load" as StaticString)
            log.field("setting", "max_load" as StaticString)
        case .rate:
            log.field("cause", "source_rate" as StaticString)
            log.field("setting", "limits.rate" as StaticString)
        case .listed(let rule):
            log.field("cause", "dnsbl" as StaticString)
            log.field("list", setup.service.admission.dnsbl[rule].zone)
            log.field("setting", "dnsbl" as StaticString)
        case .check(let check):
            log.field("cause", "check" as StaticString)
            log.field("check", setup.service.admission.checks.programs[check].path)
            log.field("setting", "checks" as StaticString)
        case .unserved(let reason): Self.add(reason, setup.service.admission, to: &log)
        case .sourceLimit(let limit):
            log.field("cause", "source_limit" as StaticString)
            log.field("limit", limit)
            log.field("setting", "limits.per_source" as StaticString)
        }
        switch way {
        case .close: break
        case .reset: log.field("by", "reset" as StaticString)
        case .tarpit: log.field("by", "tarpit" as StaticString)
        }
        log.end()
    }

    private static func add(_ reason: Unserved, _ settings: AdmissionSettings, to log: inout EventLog) {
        switch reason {
        case .noData:
            log.field("cause", "no_data" as StaticString)
            log.field("setting", settings.start == .data ? "start" : "greet_delay" as StaticString)
        case .firstByte:
            log.field("cause", "first_byte" as StaticString)
            log.field("setting", "first_byte" as StaticString)
        case .earlyTalker:
            log.field("cause", "early_talker" as StaticString)
            log.field("setting", "greet_delay" as StaticString)
        case .proxyHeader(let trouble):
            log.field("cause", "proxy_header" as StaticString)
            log.field("reason", trouble.description)
            log.field("setting", "proxy_protocol" as StaticString)
        case .checkTimeout:
            log.field("cause", "check_timeout" as StaticString)
            log.field("setting", "check_timeout" as StaticString)
        case .checkFailed(let check):
            log.field("cause", "check_failed" as StaticString)
            log.field("check", settings.checks.programs[check].path)
            log.field("setting", "checks" as StaticString)
        case .crowded:
            log.field("cause", "crowded" as StaticString)
            log.field("setting", "limits.waiting" as StaticString)
        case .drain:
            log.field("cause", "drain" as StaticString)
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
    private static func add(_ ban: BanList.Match, in bans: borrowing SharedBytes, to log: inout EventLog) {
        let prefix = BanList.prefix(of: ban.index, in: bans.bytes)
        log.plainField("ban") { text in
            text.append(prefix.network)
            // As `blocked` and the line of the ban spell it.
            guard prefix.length < prefix.network.bitWidth else { return }
            text.append(UInt8(ascii: "/"))
            text.append(decimal: prefix.length)
        }
        log.plainField("for") { BanList.appendCause(of: ban.index, in: bans.bytes, to: &$0) }
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
        if run.isLate { log.field("setting", "check_timeout" as StaticString) }
        log.end()
    }
}

extension Refusal {
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
