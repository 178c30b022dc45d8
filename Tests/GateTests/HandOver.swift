// Each outcome in each state of a connection: where it goes, what is counted and logged, and that its place in
// admission is given back. The programs are those of a starter that starts nothing.
import Addresses
import DNS
import LinuxSystem
import Messages
import ServiceModel

import TestSupport
import Testing
import Wire

@testable import Admission
@testable import Gate
@testable import Spawner

private let now = Rig.now
private let second: Int64 = 1_000_000_000

/// One outcome in one state.
struct HandOver: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let service: Service
    /// What happens to the gate and its client, which is connected and accepted.
    let act: @Sendable (Rig, borrowing Descriptor) throws -> Void
    let counted: [String: UInt64]
    let events: [String]
    /// The programs that were started.
    var started = 0
    /// Connections that run, and that wait, after it.
    var running = 0
    var waiting = 0

    init(
        _ state: String, _ outcome: String, counted: [String: UInt64] = [:], events: [String] = [], started: Int = 0,
        running: Int = 0, waiting: Int = 0, _ change: (inout Service) -> Void,
        act: @escaping @Sendable (Rig, borrowing Descriptor) throws -> Void = { _, _ in }
    ) {
        testDescription = "\(state): \(outcome)"
        service = makeService(change)
        self.act = act
        self.counted = counted
        self.events = events
        self.started = started
        self.running = running
        self.waiting = waiting
    }
}

private func send(_ text: String, _ client: borrowing Descriptor) throws {
    try client.writeAll(Array(text.utf8).span)
}

private func plain(_ service: inout Service) {}
private func proxied(_ service: inout Service) {
    service.admission.upstreams = [IPPrefix(of: .v4(127 << 24), length: 8)]
}
private func listed(_ service: inout Service) {
    service.admission.dnsbl = [DNSBLRule(zone: "bl.example", effect: .deny)]
}
private func checked(_ service: inout Service) { service.admission.checks.programs = [.none, .none] }
private func greeting(_ service: inout Service) { service.admission.greetDelay = .seconds(2) }
private func data(_ service: inout Service) { service.admission.start = .data }
private func single(_ service: inout Service) {
    service.limits.connections = 1
    service.limits.waiting = 1
}

/// The resolver answers the question that it was asked.
private func answer(_ rig: Rig, _ word: ListAnswer.Word) throws {
    guard case .frame(let bytes)? = try rig.resolver?.receive() else { return }
    let request = try #require(ListRequest(bytes))
    rig.resolver?.offer(ListReply(to: request, ListAnswer(word, seconds: 60)).bytes)
    try rig.dispatch(.resolver)
}

/// The check that runs ends.
private func endCheck(_ rig: Rig, _ way: ProcessEnd.Way, at time: Int64 = now) throws {
    rig.starter.end(nil, way)
    try rig.reap(at: time)
}

private let header = "PROXY TCP4 192.0.2.1 192.0.2.2 1 25\r\n"

private let incomingRows: [HandOver] = [
    HandOver("accepted", "starts", counted: ["accepted": 1], events: ["accept"], started: 1, running: 1, plain),
    HandOver(
        "accepted", "is refused by a rule", counted: ["access_rule": 1], events: ["refuse access_rule"],
        {
            $0.access = [
                AccessRule(verdict: .deny, subject: .all, position: SourcePosition(file: "s.toml", line: 1, column: 1))
            ]
        }),
    HandOver("incoming", "waits for its header", waiting: 1, proxied),
    HandOver(
        "incoming", "its client starts", counted: ["accepted": 1], events: ["accept"], started: 1, running: 1, proxied
    ) { rig, client in
        try send(header, client)
        try rig.dispatch(.incoming(1))
    },
    HandOver(
        "incoming", "its client is refused by a rule", counted: ["no_rule_matches": 1],
        events: ["refuse no_rule_matches"],
        {
            proxied(&$0)
            let subject = AccessRule.Subject.prefix(IPPrefix(of: .v4(127 << 24), length: 8))
            $0.access = [
                AccessRule(
                    verdict: .allow, subject: subject, position: SourcePosition(file: "s.toml", line: 1, column: 1))
            ]
        }
    ) { rig, client in
        try send(header, client)
        try rig.dispatch(.incoming(1))
    },
    HandOver(
        "incoming", "its header is malformed", counted: ["proxy_header": 1], events: ["refuse proxy_header"], proxied
    ) { rig, client in
        try send("EHLO example.org\r\n", client)
        try rig.dispatch(.incoming(1))
    },
    HandOver(
        "incoming", "its header ends too soon", counted: ["proxy_header": 1], events: ["refuse proxy_header"], proxied
    ) { rig, client in
        _ = client.endOutput()
        try rig.dispatch(.incoming(1))
    },
    HandOver("incoming", "its header is late", counted: ["proxy_header": 1], events: ["refuse proxy_header"], proxied) {
        rig, _ in try rig.tend(.preConnection, at: now + PhasePlan.proxyHeader)
    },
    HandOver("incoming", "the gate ends", counted: ["drain": 1], events: ["refuse drain"], proxied) { rig, _ in
        try rig.gate.refuseAll(at: now)
    },
]

private let admittedRows: [HandOver] = [
    HandOver("lists", "wait", waiting: 1, listed),
    HandOver(
        "lists", "do not list it", counted: ["accepted": 1], events: ["accept"], started: 1, running: 1, listed
    ) { rig, _ in try answer(rig, .notListed) },
    HandOver("lists", "list it", counted: ["dnsbl": 1], events: ["refuse dnsbl"], listed) { rig, _ in
        try answer(rig, .listed([.v4(0x7f00_0002)]))
    },
    HandOver(
        "lists", "do not know", counted: ["accepted": 1, "unlisted": 1], events: ["accept"], started: 1, running: 1,
        listed
    ) { rig, _ in try answer(rig, .unknown) },
    HandOver(
        "lists", "are late", counted: ["accepted": 1, "unlisted": 1], events: ["accept"], started: 1, running: 1,
        listed
    ) { rig, _ in try rig.tend(.preConnection, at: now + PhasePlan.lists) },
    HandOver("lists", "the gate ends", counted: ["drain": 1], events: ["refuse drain"], listed) { rig, _ in
        try rig.gate.refuseAll(at: now)
    },
    HandOver(
        "checks", "all pass", counted: ["accepted": 1], events: ["accept"], started: 1, running: 1, checked
    ) { rig, _ in
        rig.gate.startChecks(at: now)
        try endCheck(rig, .exited(status: 0))
        try endCheck(rig, .exited(status: 0))
        #expect(rig.starter.checks == [0, 1])
    },
    HandOver("checks", "the second refuses", counted: ["check": 1], events: ["refuse check"], checked) { rig, _ in
        rig.gate.startChecks(at: now)
        try endCheck(rig, .exited(status: 0))
        try endCheck(rig, .exited(status: 1))
    },
    HandOver(
        "checks", "the first fails", counted: ["check_failed": 1], events: ["check_failed", "refuse check_failed"],
        checked
    ) { rig, _ in
        rig.gate.startChecks(at: now)
        try endCheck(rig, .killed(by: .kill, dumpedCore: false))
    },
    HandOver("checks", "are late", counted: ["check_timeout": 1], events: ["refuse check_timeout"], checked) {
        rig, _ in
        rig.gate.startChecks(at: now)
        try rig.tend(.preConnection, at: now + 5 * second)
    },
    HandOver(
        "checks", "the last but one ends late", counted: ["check_timeout": 1], events: ["refuse check_timeout"], checked
    ) { rig, _ in
        rig.gate.startChecks(at: now)
        try endCheck(rig, .exited(status: 0), at: now + 5 * second)
    },
    HandOver("checks", "none can be cloned", counted: ["pauses": 1], events: ["pause"], waiting: 1, checked) {
        rig, _ in
        rig.starter.lacksProcesses = true
        rig.gate.startChecks(at: now)
        #expect(rig.isCheckDue)
    },
    HandOver("greet delay", "waits", waiting: 1, greeting),
    HandOver(
        "greet delay", "its peer speaks", counted: ["early_talker": 1], events: ["refuse early_talker"], greeting
    ) { rig, client in
        try send("EHLO", client)
        try rig.dispatch(.pending(1))
    },
    HandOver("greet delay", "its peer leaves", counted: ["no_data": 1], events: ["refuse no_data"], greeting) {
        rig, client in
        _ = client.endOutput()
        try rig.dispatch(.pending(1))
    },
    HandOver(
        "greet delay", "is over", counted: ["accepted": 1], events: ["accept"], started: 1, running: 1, greeting
    ) { rig, _ in try rig.tend(.preConnection, at: now + 2 * second) },
    HandOver(
        "greet delay", "its peer speaks in the last moment", counted: ["early_talker": 1],
        events: ["refuse early_talker"], greeting
    ) { rig, client in
        try send("EHLO", client)
        try rig.tend(.preConnection, at: now + 2 * second)
    },
    HandOver(
        "first byte", "comes", counted: ["accepted": 1], events: ["accept"], started: 1, running: 1, data
    ) { rig, client in
        try send("GET", client)
        try rig.dispatch(.pending(1))
    },
    HandOver("first byte", "its peer leaves", counted: ["no_data": 1], events: ["refuse no_data"], data) {
        rig, client in
        _ = client.endOutput()
        try rig.dispatch(.pending(1))
    },
    HandOver("first byte", "is late", counted: ["first_byte": 1], events: ["refuse first_byte"], data) { rig, _ in
        try rig.tend(.preConnection, at: now + 30 * second)
    },
    HandOver("first byte", "the gate drains", counted: ["drain": 1], events: ["refuse drain"], data) { rig, _ in
        try rig.supervisor.send(SupervisorMessage.drain(graceNanoseconds: second).bytes)
        try rig.dispatch(.channel)
    },
    HandOver("first byte", "another gate takes over", waiting: 1, data) { rig, _ in
        try rig.supervisor.send(SupervisorMessage.drain(graceNanoseconds: nil).bytes)
        try rig.dispatch(.channel)
    },
    HandOver(
        "handler queue", "waits for the other connection's end", counted: ["accepted": 1], events: ["accept"],
        started: 1, running: 1, waiting: 1, single
    ) { rig, _ in
        _ = try rig.connect()
        rig.gate.startQueued(at: now)
    },
    HandOver(
        "handler queue", "its turn comes", counted: ["accepted": 2, "succeeded": 1],
        events: ["accept", "end", "accept"], started: 2, running: 1, single
    ) { rig, _ in
        _ = try rig.connect()
        rig.starter.end()
        try rig.reap()
        rig.gate.startQueued(at: now)
    },
    HandOver(
        "handler queue", "the gate ends", counted: ["accepted": 1, "drain": 1], events: ["accept", "refuse drain"],
        started: 1, running: 1, single
    ) { rig, _ in
        _ = try rig.connect()
        try rig.gate.refuseAll(at: now)
    },
    HandOver(
        "handler queue", "gives way to another source",
        counted: ["accepted": 1, "displaced": 1], events: ["accept", "refuse displaced"], started: 1, running: 1,
        waiting: 2,
        {
            single(&$0)
            $0.limits.waiting = 2
        }
    ) { rig, _ in
        _ = try rig.connect()
        _ = try rig.connect()
        rig.gate.admit(
            AcceptedConnection(descriptor: try Startup.openNull(), peer: .ip(.v4(1), port: 1)), at: now
        ) { _ in .ip(.v4(2), port: 2) }
    },
]

private let runningRows: [HandOver] = [
    HandOver(
        "starting", "fork fails, and succeeds after the pause", counted: ["accepted": 1, "pauses": 1],
        events: ["pause", "accept"], started: 2, running: 1, plain
    ) { rig, _ in
        // The connection of the test has started already: another one stalls in its place.
        rig.starter.end()
        try rig.reap()
        _ = try rig.log.events()
        rig.counters[.accepted] = 0
        rig.counters[.succeeded] = 0
        rig.starter.lacksProcesses = true
        _ = try rig.connect()
        #expect(rig.isStalled && rig.runningCount == 1)
        rig.starter.lacksProcesses = false
        try rig.tend(.listeners, at: now + Throttle.shortNanoseconds - 1)
        #expect(rig.isStalled)
        try rig.tend(.listeners, at: now + Throttle.shortNanoseconds)
    },
    HandOver(
        "running", "its handler succeeds", counted: ["accepted": 1, "succeeded": 1], events: ["accept", "end"],
        started: 1, plain
    ) { rig, _ in
        rig.starter.end()
        try rig.reap()
    },
    HandOver(
        "running", "its handler fails", counted: ["accepted": 1, "failed": 1], events: ["accept", "end"], started: 1,
        plain
    ) { rig, _ in
        rig.starter.end(nil, .exited(status: 1))
        try rig.reap()
    },
    HandOver(
        "running", "its handler is killed", counted: ["accepted": 1, "failed": 1], events: ["accept", "end"],
        started: 1, plain
    ) { rig, _ in
        rig.starter.end(nil, .killed(by: .kill, dumpedCore: false))
        try rig.reap()
    },
    HandOver(
        "running", "its program cannot be executed", counted: ["accepted": 1, "unstarted": 1],
        events: ["accept", "spawn_failed"], started: 1, plain
    ) { rig, _ in
        rig.starter.end(nil, .exited(status: 111), LaunchFailure(stage: "exec", errno: .noEntry))
        try rig.reap()
        #expect(rig.isPaused)
    },
    HandOver(
        "running", "its lifetime ends", counted: ["accepted": 1, "failed": 1], events: ["accept", "end lifetime"],
        started: 1, plain
    ) { rig, _ in
        try rig.tend(.running, at: now + 3600 * second)
        rig.starter.end(nil, .killed(by: .terminate, dumpedCore: false))
        try rig.reap()
    },
    HandOver(
        "running", "the gate ends it", counted: ["accepted": 1, "failed": 1],
        events: ["accept", "end drain"], started: 1, plain
    ) { rig, _ in
        rig.gate.running.drain(with: .kill)
        rig.starter.end(nil, .killed(by: .kill, dumpedCore: false))
        try rig.reap()
    },
    HandOver(
        "running", "an orphan's end is no end", counted: ["accepted": 1], events: ["accept"], started: 1, running: 1,
        plain
    ) { rig, _ in
        rig.starter.endOrphan()
        try rig.reap()
    },
    HandOver(
        "running with filters", "ends when all of its programs have", counted: ["accepted": 1, "succeeded": 1],
        events: ["accept", "end"], started: 3,
        {
            $0.inputFilters = [.none]
            $0.outputFilters = [.none]
        }
    ) { rig, _ in
        #expect(rig.starter.positions == [2, 1, 0])
        let pids = rig.starter.running
        for pid in pids {
            rig.starter.end(pid)
            #expect(rig.runningCount == 1)
            try rig.reap()
        }
    },
]

extension HandOver {
    /// Every row: the connection is incoming, admitted or running.
    static let all = incomingRows + admittedRows + runningRows
}
