// The lines that a gate writes: one for each event, with the cause and the setting that changes it.
// Journal+Refusals.swift has the lines about refused connections.
internal import Addresses
internal import Admission
internal import EventLog
internal import LinuxSystem
internal import Messages
internal import ServiceModel
internal import Spawner

extension Journal {
    mutating func begin(_ event: StaticString) {
        log.begin(event, wallNanoseconds: Clock.wallNanoseconds())
        log.field("service", service.name)
    }

    mutating func logAccept(_ number: UInt64, _ facts: ConnectionFacts, rule: Int?, child: Int32) {
        begin("accept")
        log.field(connection: ConnectionID(pid: pid, number: number))
        log.field("peer", facts.peer)
        log.field("decision", "allow" as StaticString)
        logRule(rule)
        logLists(facts.lists)
        log.field("pid", Int(child))
        log.end()
    }

    /// Logs that a program of a connection could not be started.
    ///
    /// - Parameter rule: the access rule that admitted the connection.
    mutating func logSpawnFailure(
        _ place: ProcessPlace, of id: ConnectionID, _ peer: Peer, rule: Int?, _ failure: LaunchFailure
    ) {
        begin("spawn_failed")
        log.field(connection: id)
        log.field("peer", peer)
        log.field("stage", failure.stage)
        log.field("errno", failure.errno.name)
        let program = service.chain(rule: rule)[place.position]
        log.field("handler", program.command.path)
        if program.key != "handler" { log.field("setting", program.key) }
        log.end()
    }

    /// Logs a process that has changed its user, a handler or an orphan of one: the gate has no right to end it.
    mutating func logOutOfReach(_ child: Int32, cause: StaticString) {
        begin("out_of_reach")
        log.field("pid", Int(child))
        log.field("cause", cause)
        log.end()
    }

    /// Logs how many orphans of handlers were killed.
    mutating func logOrphans(_ count: Int) {
        begin("orphans")
        log.field("count", count)
        log.field("signal", Signal.kill.name)
        log.end()
    }

    /// Logs that this gate has stopped accepting.
    ///
    /// - Parameter active: the number of connections with a handler.
    mutating func logClosed(active: Int) {
        begin("closed")
        log.field("pid", Int(pid))
        log.field("active", active)
        log.end()
    }

    /// Logs the first failure of each shortage of resources.
    ///
    /// - Parameter active: the number of connections with a handler.
    mutating func logPause(_ error: SystemError, active: Int) {
        begin("pause")
        log.field("act", error.act)
        log.field("errno", error.errno.name)
        log.field("active", active)
        log.end()
    }

    /// Logs a failure of the gate's own that no peer and no handler can cause.
    mutating func logFault(_ error: SystemError) {
        begin("gate_fault")
        log.field("act", error.act)
        log.field("errno", error.errno.name)
        log.end()
    }

    /// Logs the first message of the supervisor that this gate does not know.
    mutating func logUnknownMessage(of sender: StaticString, firstByte: UInt8) {
        begin("unknown_message")
        log.field("from", sender)
        log.field("pid", Int(pid))
        log.field("byte", Int(firstByte))
        log.end()
    }

    mutating func logMalformedResolver() {
        begin("resolver_nonsense")
        log.field("pid", Int(pid))
        log.field("message", "the resolver has sent what is no message; this gate asks it no more" as StaticString)
        log.end()
    }

    mutating func logEnd(_ connection: borrowing RunningConnection, at now: Int64) {
        begin("end")
        log.field(connection: connection.id)
        log.field("peer", connection.peer)
        log.field("pid", Int(connection.handlerPID))
        log.field("duration", nanoseconds: now - connection.startedAt)
        if let way = connection.handlerEnd { logWay(way, status: "status", signal: "signal") }
        if let filter = connection.failedFilter {
            let program = service.chain(rule: connection.admitted.rule)[filter.position]
            log.field("cause", filter.isPeerGone ? "peer_gone" : "filter" as StaticString)
            log.field("filter", program.command.path)
            logWay(filter.way, status: "filter_status", signal: "filter_signal")
            if !filter.isPeerGone { log.field("setting", program.key) }
        } else {
            logTermination(connection.terminationCause)
        }
        log.end()
    }

    mutating func logWay(_ way: ProcessEnd.Way, status: StaticString, signal: StaticString) {
        switch way {
        case .exited(let number):
            log.field(status, Int(number))
        case .killed(let number, let dumpedCore):
            log.field(signal, number.name)
            if dumpedCore { log.field("core", "yes" as StaticString) }
        }
    }

    private mutating func logTermination(_ terminationCause: RunningConnection.TerminationCause?) {
        switch terminationCause {
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

    /// Logs the DNS block lists that match the client of an accepted connection, each once.
    private mutating func logLists(_ matches: UInt32) {
        guard matches != 0 else { return }
        let rules = service.admission.dnsbl
        for index in rules.indices where matches & 1 << UInt32(index) != 0 { log.field("list", rules[index].zone) }
    }

    mutating func logRule(_ rule: Int?) {
        if let rule {
            let position = service.access[rule].position
            log.field("rule", file: position.file, line: position.line)
        } else {
            log.field("rule", "none" as StaticString)
        }
    }
}
