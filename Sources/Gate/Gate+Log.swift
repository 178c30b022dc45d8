// The lines that a gate writes: one per event, with the cause and the setting that changes it.
internal import Admission
internal import EventLog
internal import LinuxSystem
internal import ServiceModel
internal import Spawner

extension Gate {
    private mutating func begin(_ event: StaticString) {
        log.begin(event, wallNanoseconds: Clock.wallNanoseconds())
        log.field("service", setup.service.name)
    }

    mutating func logAccept(_ number: UInt64, _ facts: ConnectionFacts, rule: Int?, child: Int32) {
        setup.counters.increment(.accepted)
        begin("accept")
        log.field(connection: ConnectionID(pid: pid, number: number))
        log.field("peer", facts.peer)
        log.field("decision", "allow" as StaticString)
        logRule(rule)
        logLists(facts.lists)
        log.field("pid", Int(child))
        log.end()
    }

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
            Self.add(ban, in: bans, to: &log)
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
            text.append(UInt8(ascii: "/"))
            text.append(decimal: prefix.length)
        }
        log.plainField("for") { BanList.appendCause(of: ban.index, in: bans.bytes, to: &$0) }
    }

    mutating func logSpawnFailure(_ place: ProcessPlace, _ failure: LaunchFailure) {
        let facts = connections.update(place.connection) { ($0.id, $0.peer, $0.admitted.rule) }
        guard let (id, peer, rule) = facts else { return }
        setup.counters.increment(.unstarted)
        begin("spawn_failed")
        log.field(connection: id)
        log.field("peer", peer)
        log.field("stage", failure.stage)
        log.field("errno", failure.errno.name)
        let program = setup.service.chain(rule: rule)[place.position]
        log.field("handler", program.command.path)
        if program.key != "handler" { log.field("setting", program.key) }
        log.end()
    }

    /// A handler, or what one left behind, that has changed its user: its gate has no right to end it.
    mutating func logOutOfReach(_ child: Int32, cause: StaticString) {
        begin("out_of_reach")
        log.field("pid", Int(child))
        log.field("cause", cause)
        log.end()
    }

    /// A line that a handler wrote to its standard error.
    mutating func logHandlerLine() {
        begin("stderr")
        Self.add(handlerLines, to: &log)
        log.end()
    }

    /// Lines of handlers beyond what a service may log.
    mutating func logSuppressed(_ count: Int) {
        begin("stderr_suppressed")
        log.field("lines", count)
        log.end()
    }

    private static func add(_ lines: borrowing HandlerLines, to log: inout EventLog) {
        log.field("text", lines.line)
    }

    /// What handlers left behind when they ended, and that was ended too.
    mutating func logOrphans(_ count: Int) {
        begin("orphans")
        log.field("count", count)
        log.field("signal", Signal.kill.name)
        log.end()
    }

    /// This gate accepts no more.
    mutating func logClosed() {
        begin("closed")
        log.field("pid", Int(pid))
        log.field("active", connections.count)
        log.end()
    }

    /// Once for each episode of a shortage.
    mutating func logPause(_ error: SystemError) {
        setup.counters.increment(.pauses)
        begin("pause")
        log.field("act", error.act)
        log.field("errno", error.errno.name)
        log.field("active", connections.count)
        log.end()
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

    /// Something that should not happen, and that nobody outside causes.
    mutating func logFault(_ error: SystemError) {
        begin("gate_fault")
        log.field("act", error.act)
        log.field("errno", error.errno.name)
        log.end()
    }

    mutating func logEnd(_ connection: borrowing RunningConnection, at now: Int64) {
        let isSuccess = connection.handlerEnd == .exited(status: 0) && connection.failedFilter == nil
        setup.counters.increment(isSuccess ? .succeeded : .failed)
        begin("end")
        log.field(connection: connection.id)
        log.field("peer", connection.peer)
        log.field("pid", Int(connection.handlerPID))
        log.field("duration", nanoseconds: now - connection.startedAt)
        if let way = connection.handlerEnd { logWay(way, status: "status", signal: "signal") }
        if let filter = connection.failedFilter {
            let program = setup.service.chain(rule: connection.admitted.rule)[filter.position]
            log.field("cause", filter.isPeerGone ? "peer_gone" : "filter" as StaticString)
            log.field("filter", program.command.path)
            logWay(filter.way, status: "filter_status", signal: "filter_signal")
            if !filter.isPeerGone { log.field("setting", program.key) }
        } else {
            logEnding(connection.ending)
        }
        log.end()
    }

    private mutating func logWay(_ way: ProcessEnd.Way, status: StaticString, signal: StaticString) {
        switch way {
        case .exited(let number):
            log.field(status, Int(number))
        case .killed(let number, let dumpedCore):
            log.field(signal, number.name)
            if dumpedCore { log.field("core", "yes" as StaticString) }
        }
    }

    private mutating func logEnding(_ ending: RunningConnection.Ending?) {
        switch ending {
        case nil: break
        case .lifetime:
            log.field("cause", "lifetime" as StaticString)
            log.field("setting", "limits.lifetime" as StaticString)
        case .drain:
            log.field("cause", "drain" as StaticString)
        case .outputOver:
            log.field("cause", "output_over" as StaticString)
            log.field("setting", "output_filters" as StaticString)
        }
    }

    /// The lists that somebody is on who comes in, each once.
    private mutating func logLists(_ matches: UInt32) {
        guard matches != 0 else { return }
        let rules = setup.service.admission.dnsbl
        for index in rules.indices where matches & 1 << UInt32(index) != 0 { log.field("list", rules[index].zone) }
    }

    private mutating func logRule(_ rule: Int?) {
        if let rule {
            let position = setup.service.access[rule].position
            log.field("rule", file: position.file, line: position.line)
        } else {
            log.field("rule", "none" as StaticString)
        }
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
