// A gate and `explain` decide alike for every pair of causes, in the order of doorward(8).
import Addresses
import Admission
import Control
import DNS
import Foundation
import Gate
import HostDefinition
import Messages
import ServiceModel
import Tables
import Testing
import Wire

@testable import Inspection

private let address = IPAddress.v4(0xc000_0207)
private let client = Peer.ip(address, port: 0)
/// Another address of the client's source. A cause that refuses the client by its address does not refuse this one.
private let neighbour = Peer.ip(.v4(0xc000_0208), port: 0)
private let now: Int64 = 1_000_000_000_000

private func rule(_ verdict: AccessRule.Verdict, _ address: UInt32, _ length: Int) -> AccessRule {
    AccessRule(
        verdict: verdict, subject: .prefix(IPPrefix(of: .v4(address), length: length)),
        position: SourcePosition(file: "s.toml", line: 9, column: 1))
}

/// A service and everything else that a decision depends on. It admits the client until a test adds a cause.
private struct Situation {
    var service = Service(
        name: "s", file: "s.toml", listen: [.ip(.v4(0), port: 7)],
        handler: HandlerCommand(path: "/bin/true", arguments: ["true"]), identity: Identity(user: .dynamic))
    var settings = HostSettings()
    var blockList: [BlockList.Entry] = []
    var bans = BanTable(exempt: [])
    var reading = MachineReading(minute: WeekMinute(.monday, minute: 630), load: 0)
    var connections = 0
    var isRateUsed = false
    var listAnswer = ListAnswer.Word.notListed
    var checkAnswer = CheckAnswer.passed

    static let perSource = 2
    static let burst = 3

    init() throws {
        settings.sourcePrefix.v4 = 24
        service.access = [rule(.allow, 0xc000_0200, 24)]
        service.limits.perSource = .at(Self.perSource)
        service.limits.rate = .at(try #require(Rate(count: 1, period: 3_600_000_000_000, burst: Int64(Self.burst))))
        var hours = Hours()
        hours.insert(WeekMinute(.monday, minute: 600), minutes: 60)
        service.admission.hours = hours
        service.admission.mostLoad = 100
        service.admission.dnsbl = [DNSBLRule(zone: "bl.example", effect: .deny)]
        service.admission.checks.programs = [HandlerCommand(path: "/bin/check", arguments: ["check"])]
    }

    mutating func add(_ cause: RefusalCause) {
        let prefix = IPPrefix(of: address, length: 32)
        switch cause {
        case .blockList: blockList = [BlockList.Entry(prefix: prefix, line: 3)]
        case .ban: _ = bans.block(prefix, reason: "why", length: 60_000_000_000, at: now)
        case .accessRule: service.access.insert(rule(.deny, 0xc000_0207, 32), at: 0)
        case .noRuleMatches: service.access = [rule(.allow, 0xc000_0208, 32)]
        case .sensor: service.admission.sensor = .seconds(60)
        case .hours: reading.minute = WeekMinute(.monday, minute: 660)
        case .load: reading.load = 101
        case .sourceLimit: connections = Self.perSource
        case .sourceRate: isRateUsed = true
        case .dnsbl: listAnswer = .listed([.v4(0x7f00_0002)])
        case .check: checkAnswer = .refused(check: 0)
        default: Issue.record("\(cause) follows from what a connection does")
        }
    }

    /// The bans as the supervisor answers `blocked`.
    var reportedBans: [BanStatus] {
        bans.active(at: now).map { ban in
            BanStatus(
                prefix: ban.prefix, cause: ban.cause.text, age: .zero,
                left: ban.end == .max ? nil : .nanoseconds(ban.end - now), hits: 0, strikes: ban.strikes)
        }
    }
}

/// The owners that a gate decides with, used as Gate uses them; without sockets and processes.
private struct GateModel: ~Copyable {
    private let situation: Situation
    private var admission: Admission
    private var lists: ListCache
    private var checks: CheckCache
    private let plan: PhasePlan
    private var kept: FixedMap<Int, Admitted>

    init(_ situation: Situation) {
        self.situation = situation
        admission = Admission(service: situation.service, sourcePrefix: situation.settings.sourcePrefix)
        lists = ListCache(rules: situation.service.admission.dnsbl, answersPerFamily: 8)
        checks = CheckCache(holds: 60_000_000_000, sourcesPerFamily: 8)
        plan = PhasePlan(situation.service)
        kept = FixedMap(capacity: Situation.burst)
        lists.learn(
            ListReply(to: ListRequest(list: 0, address: address), ListAnswer(situation.listAnswer, seconds: 60)),
            at: now)
        checks.learn(situation.checkAnswer, of: admission.source(of: client), at: now)
        let begun = situation.isRateUsed ? Situation.burst : situation.connections
        // The connections that end come first, so that the source's limit refuses none of them.
        for number in 0..<begun { connect(keeping: number >= begun - situation.connections, number) }
    }

    private mutating func connect(keeping isKept: Bool, _ number: Int) {
        let (blockList, bans) = (BlockList.empty, SealedBans.empty)
        // Sound, here and below: the tables outlive the call.
        switch unsafe admission.decide(
            neighbour, blockList: blockList.span.bytes, bans: bans.span.bytes, closed: nil, at: now)
        {
        case .refuse(let refusal): Issue.record("the neighbour is refused: \(refusal)")
        case .admit(let admitted):
            if isKept { kept.insert(number, admitted) } else { admission.end(admitted) }
        }
    }

    func sourceStatus() throws -> SourceStatus {
        let status = SourceStatus(
            of: client, situation.service.admission, admission, lists: lists.knowledge(of: address, at: now),
            checks: checks.answer(for: admission.source(of: client), at: now), at: now)
        // `explain` gets the status as bytes.
        return try #require(SourceStatus(wireBytes: status.wireBytes))
    }

    /// The decision on the client.
    mutating func decide() -> Refusal? {
        let blockList = BlockList.table(of: situation.blockList)
        let bans = situation.bans.list(at: now)
        let settings = situation.service.admission
        let closed = ClosedReason(
            hours: settings.hours, minute: situation.reading.minute, mostLoad: settings.mostLoad,
            load: situation.reading.load)
        switch unsafe admission.decide(
            client, blockList: blockList.span.bytes, bans: bans.span.bytes, closed: closed, at: now)
        {
        case .refuse(let refusal): return refusal
        case .admit(let admitted): admission.end(admitted)
        }
        var phase = plan.phaseAfterAdmission
        while phase != .handler {
            if let refusal = refusal(in: phase) { return refusal }
            phase = plan.next(after: phase)
        }
        return nil
    }

    private func refusal(in phase: PreConnectionPhase) -> Refusal? {
        switch phase {
        case .lists:
            guard case .known(let verdict) = lists.knowledge(of: address, at: now) else { return nil }
            return verdict.refusal
        case .checks: return checks.answer(for: admission.source(of: client), at: now)?.refusal
        default: return nil
        }
    }

    mutating func end() {
        for number in 0..<Situation.burst {
            if let admitted = kept.remove(number) { admission.end(admitted) }
        }
    }
}

struct DecisionOrderTests {
    /// The causes in the order in which they decide. The two about access rules never apply at once.
    private static let order: [RefusalCause] = [
        .blockList, .ban, .accessRule, .noRuleMatches, .sensor, .hours, .load, .sourceLimit, .sourceRate, .dnsbl,
        .check,
    ]

    private static let pairs: [(RefusalCause, RefusalCause)] = order.indices.flatMap { first in
        order[first...].map { (order[first], $0) }
    }.filter { pair in
        // A sensor never has connections, so it counts none.
        pair != (.accessRule, .noRuleMatches) && pair != (.sensor, .sourceLimit) && pair != (.sensor, .sourceRate)
    }

    /// The decision of a gate, and the one that `explain` expects.
    private func decisions(in situation: Situation) throws -> (gate: Refusal?, explained: Assessment) {
        var gate = GateModel(situation)
        let live = LiveState(bans: situation.reportedBans, sourceStatus: try gate.sourceStatus())
        let definition = ServiceDefinition(service: situation.service, activation: .enabled, listeners: [])
        let assessment = try Assessment(
            of: client, definition, situation.settings, live, blockList: BlockList.table(of: situation.blockList),
            situation.reading, at: now)
        let refusal = gate.decide()
        gate.end()
        return (refusal, assessment)
    }

    @Test("of two causes a gate and explain give the first one", arguments: pairs)
    func firstRefuses(first: RefusalCause, second: RefusalCause) throws {
        var situation = try Situation()
        situation.add(second)
        situation.add(first)
        let (gate, explained) = try decisions(in: situation)
        #expect(gate?.cause == first)
        #expect(explained.refusal == gate)
        let reason = try #require(explained.refusalReason)
        let setting = try #require(first.setting(.connect))
        #expect(reason.remedy == (first == .ban ? "doorward unblock 192.0.2.7" : setting))
        #expect(!reason.sentence.isEmpty)
    }

    @Test("without a cause a gate and explain admit, by the same rule")
    func admitted() throws {
        let (gate, explained) = try decisions(in: Situation())
        #expect(gate == nil)
        #expect(explained.decision == .admitted(rule: 0, unanswered: []))
    }

    @Test("an exempt prefix is not banned; of bans that overlap, explain shows the one that lasts longest")
    func bans() throws {
        var situation = try Situation()
        _ = situation.bans.block(IPPrefix(of: address, length: 32), reason: "", length: 60_000_000_000, at: now)
        _ = situation.bans.block(IPPrefix(of: address, length: 24), reason: "", length: nil, at: now)
        let (gate, explained) = try decisions(in: situation)
        #expect(gate == explained.refusal)
        #expect(explained.refusalReason?.sentence == "192.0.2.0/24 is banned for ever, for command")
        situation.settings.exempt = [IPPrefix(of: address, length: 28)]
        #expect(try decisions(in: situation).explained.decision == .admitted(rule: 0, unanswered: []))
    }

    @Test("doorward-admission(7) lists the checks in the order in which they decide")
    func manual() throws {
        let sentence = try #require(try Self.manualList("Each connection is checked in this order"))
        let phases = PreConnectionPhase.allCases.compactMap { Self.word(for: $0) }
        let admission = Self.order.compactMap { Self.word(for: $0) }
        var rest = sentence[...]
        for word in phases.prefix(1) + admission + phases.dropFirst() {
            let place = try #require(rest.range(of: word), "'\(word)' in its place: \(sentence)")
            rest = rest[place.upperBound...]
        }
    }

    /// The manual's word for a cause of admission; nil for a cause of a phase.
    private static func word(for cause: RefusalCause) -> String? {
        switch cause {
        case .blockList: "block_list"
        case .ban: "Bans"
        case .accessRule: "access rules"
        case .sensor: "sensor"
        case .hours: "hours"
        case .load: "load"
        case .sourceLimit: "connections"
        case .sourceRate: "rate"
        default: nil
        }
    }

    private static func word(for phase: PreConnectionPhase) -> String? {
        switch phase {
        case .proxyHeader: "PROXY"
        case .lists: "DNS block lists"
        case .checks: "Checks"
        case .greetDelay: "Silence"
        case .firstByte: "first byte"
        // The handler queue refuses only when it is full; a phase that only waits refuses nothing.
        default: nil
        }
    }

    /// The text of a list in doorward-admission(7), on one line.
    private static func manualList(_ beginning: String) throws -> String? {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(
            path: "../../etc/man/doorward-admission.7")
        let text = try String(contentsOf: file, encoding: .utf8).replacing("\n", with: " ")
        guard let start = text.range(of: beginning), let end = text[start.upperBound...].range(of: ".El") else {
            return nil
        }
        return String(text[start.upperBound..<end.lowerBound])
    }
}
