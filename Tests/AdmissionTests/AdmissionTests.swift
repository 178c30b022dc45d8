import Addresses
import ServiceModel
import Tables
import TestSupport
import Testing

@testable import Admission

private let nowhere = SourcePosition(file: "f", line: 1, column: 1)

private func rule(_ verdict: AccessRule.Verdict, _ subject: String) throws -> AccessRule {
    let subject: AccessRule.Subject =
        switch subject {
        case "all": .all
        case "unix": .unix
        case let text: .prefix(try IPPrefix(text))
        }
    return AccessRule(verdict: verdict, subject: subject, position: nowhere)
}

private func service(
    _ access: [AccessRule] = [], perSource: Limit<Int> = .at(10), connections: Int = 100
) -> Service {
    var service = Service(
        name: "s", file: "s.toml", listen: [], handler: HandlerCommand(path: "/bin/true", arguments: ["true"]),
        identity: Identity(user: .dynamic))
    service.access = access
    service.limits.perSource = perSource
    service.limits.connections = connections
    return service
}

private func peer(_ text: String, port: UInt16 = 1) throws -> Peer {
    if text.hasPrefix("uid ") { return .unix(uid: try #require(UInt32(text.dropFirst(4))), gid: 0, pid: 1) }
    return .ip(try #require(IPAddress(text)), port: port)
}

/// The decision, without the place of an admitted connection.
private enum Outcome: Hashable {
    case admitted(rule: Int?, sourceCount: Int)
    case refused(Refusal)
}

extension Admission {
    /// Decides; an admitted connection goes to `keep`.
    fileprivate mutating func decide(
        _ peer: Peer, _ blockList: [UInt8] = BlockList.empty, keep: inout FixedMap<Int, Admitted>
    ) -> Outcome {
        let noBans = SealedBans.empty
        switch decide(peer, blockList: unsafe blockList.span.bytes, bans: unsafe noBans.span.bytes, closed: nil, at: 1)
        {
        case .refuse(let refusal): return .refused(refusal)
        case .admit(let admitted):
            let outcome = Outcome.admitted(rule: admitted.rule, sourceCount: admitted.sourceCount)
            keep.insert(keep.count, admitted)
            return outcome
        }
    }

    /// Decides, and ends an admitted connection at once.
    fileprivate mutating func tryOut(
        _ peer: Peer, _ blockList: [UInt8] = BlockList.empty, bans: [UInt8] = SealedBans.empty,
        closed: ClosedReason? = nil, at now: Int64 = 1
    ) -> Outcome {
        switch decide(
            peer, blockList: unsafe blockList.span.bytes, bans: unsafe bans.span.bytes, closed: closed, at: now)
        {
        case .refuse(let refusal): return .refused(refusal)
        case .admit(let admitted):
            let outcome = Outcome.admitted(rule: admitted.rule, sourceCount: admitted.sourceCount)
            end(admitted)
            return outcome
        }
    }

    fileprivate mutating func endAll(_ kept: inout FixedMap<Int, Admitted>) {
        for number in 0..<kept.count {
            if let admitted = kept.remove(number) { end(admitted) }
        }
    }
}

struct AdmissionTests {
    private static let blockList = BlockList.table(of: [
        .init(prefix: IPPrefix(of: .v4(0xc000_0200), length: 24), line: 7)
    ])

    @Test("without rules every peer comes in, by no rule", arguments: ["192.0.2.7", "::1", "uid 1000"])
    func noRules(text: String) throws {
        var admission = Admission(service: service(), sourcePrefix: SourcePrefix())
        #expect(admission.tryOut(try peer(text)) == .admitted(rule: nil, sourceCount: 1))
    }

    @Test("the block list decides before any rule", arguments: [AccessRule.Verdict.allow, .deny])
    func blockListFirst(verdict: AccessRule.Verdict) throws {
        var admission = Admission(service: service([try rule(verdict, "all")]), sourcePrefix: SourcePrefix())
        #expect(admission.tryOut(try peer("192.0.2.7"), Self.blockList) == .refused(.blockList(line: 7)))
        #expect(admission.tryOut(try peer("::ffff:192.0.2.7"), Self.blockList) == .refused(.blockList(line: 7)))
    }

    @Test("a ban refuses until it ends, after the block list and before any rule, and never a peer on a unix socket")
    func banned() throws {
        var table = BanTable(exempt: [])
        for prefix in ["192.0.2.7", "10.0.0.0/8"] {
            _ = table.block(try IPPrefix(prefix), reason: "", length: 100, at: 0)
        }
        let bans = table.list(at: 0)
        var admission = Admission(service: service([try rule(.deny, "all")]), sourcePrefix: SourcePrefix())
        guard case .refused(.ban(let ban)) = admission.tryOut(try peer("10.1.2.3"), bans: bans, at: 99) else {
            Issue.record("it is banned")
            return
        }
        #expect(ban.end == 100)
        #expect(admission.tryOut(try peer("10.1.2.3"), bans: bans, at: 100) == .refused(.accessRule(0)))
        let listed = admission.tryOut(try peer("192.0.2.7"), Self.blockList, bans: bans, at: 1)
        #expect(listed == .refused(.blockList(line: 7)))
        #expect(admission.tryOut(try peer("uid 7"), bans: bans, at: 1) == .refused(.accessRule(0)))
    }

    @Test("a sensor admits no peer: its rules deny some, and every other one counts as caught")
    func sensor() throws {
        var trap = service([try rule(.deny, "10.0.0.0/8"), try rule(.allow, "all")])
        trap.admission.sensor = .seconds(60)
        var admission = Admission(service: trap, sourcePrefix: SourcePrefix())
        #expect(admission.tryOut(try peer("192.0.2.7")) == .refused(.plain(.sensor)))
        #expect(admission.tryOut(try peer("10.0.0.1")) == .refused(.accessRule(0)))
    }

    @Test("a closed service refuses a peer that its rules allow", arguments: [ClosedReason.hours, .load])
    func closed(closedReason: ClosedReason) throws {
        var admission = Admission(service: service([try rule(.allow, "10.0.0.0/8")]), sourcePrefix: SourcePrefix())
        #expect(admission.tryOut(try peer("10.0.0.1"), closed: closedReason) == .refused(.closed(closedReason)))
        #expect(admission.tryOut(try peer("192.0.2.7"), closed: closedReason) == .refused(.plain(.noRuleMatches)))
        #expect(admission.tryOut(try peer("10.0.0.1")) == .admitted(rule: 0, sourceCount: 1))
    }

    @Test("a source over its rate is refused, others are not; a refusal for another cause does not count")
    func rate() throws {
        var limited = service([try rule(.allow, "10.0.0.0/8")], perSource: .at(2))
        limited.limits.rate = .at(try #require(Rate(count: 1, period: 1_000_000_000, burst: 2)))
        var admission = Admission(service: limited, sourcePrefix: SourcePrefix())
        for _ in 0..<5 { #expect(admission.tryOut(try peer("192.0.2.7")) == .refused(.plain(.noRuleMatches))) }
        #expect(admission.tryOut(try peer("10.0.0.1")) == .admitted(rule: 0, sourceCount: 1))
        #expect(admission.tryOut(try peer("10.0.0.1")) == .admitted(rule: 0, sourceCount: 1))
        #expect(admission.tryOut(try peer("10.0.0.1")) == .refused(.plain(.sourceRate)))
        #expect(admission.tryOut(try peer("10.0.0.2")) == .admitted(rule: 0, sourceCount: 1))
        #expect(admission.tryOut(try peer("10.0.0.1"), at: 1_000_000_001) == .admitted(rule: 0, sourceCount: 1))
        #expect(admission.sourceCount == 0)
    }

    @Test("a peer that another admission has decided on has a place like any other")
    func decidedElsewhere() throws {
        let rules = [try rule(.deny, "10.0.0.0/8"), try rule(.allow, "all")]
        var admission = Admission(service: service(rules, perSource: .at(1)), sourcePrefix: SourcePrefix())
        let admitted = admission.admit(try peer("192.0.2.7"), by: 1)
        let (rule, count) = (admitted.rule, admitted.sourceCount)
        let second = admission.tryOut(try peer("192.0.2.7"))
        admission.end(admitted)
        #expect(rule == 1 && count == 1 && second == .refused(.sourceLimit(1)))
        #expect(admission.tryOut(try peer("192.0.2.7")) == .admitted(rule: 1, sourceCount: 1))
    }

    @Test("a peer on a unix socket is on no block list")
    func unixIsNotBlocked() throws {
        var admission = Admission(service: service(), sourcePrefix: SourcePrefix())
        let everyAddress = BlockList.table(of: [
            .init(prefix: IPPrefix(of: .v4(0), length: 0), line: 1),
            .init(prefix: IPPrefix(of: .v6(0), length: 0), line: 2),
        ])
        #expect(admission.tryOut(try peer("uid 0"), everyAddress) == .admitted(rule: nil, sourceCount: 1))
    }

    @Test(
        "the first rule that matches decides, and when none matches the peer is refused",
        arguments: [
            ("10.1.2.3", Outcome.refused(.accessRule(0))), ("10.2.2.3", .admitted(rule: 1, sourceCount: 1)),
            ("2001:db8::1", .admitted(rule: 2, sourceCount: 1)), ("uid 1000", .admitted(rule: 3, sourceCount: 1)),
            ("192.0.2.7", .refused(.plain(.noRuleMatches))), ("::1", .refused(.plain(.noRuleMatches))),
        ])
    fileprivate func rules(text: String, expected: Outcome) throws {
        let access = [
            try rule(.deny, "10.1.0.0/16"), try rule(.allow, "10.0.0.0/8"), try rule(.allow, "2001:db8::/32"),
            try rule(.allow, "unix"), try rule(.deny, "unix"), try rule(.deny, "10.0.0.0/8"),
        ]
        var admission = Admission(service: service(access), sourcePrefix: SourcePrefix())
        #expect(admission.tryOut(try peer(text)) == expected)
    }

    @Test("a rule that denies is applied before the limit of the source")
    func ruleBeforeLimit() throws {
        let access = [try rule(.deny, "10.1.0.0/16"), try rule(.allow, "all")]
        var prefix = SourcePrefix()
        prefix.v4 = 8
        var admission = Admission(service: service(access, perSource: .at(1)), sourcePrefix: prefix)
        var kept = FixedMap<Int, Admitted>(capacity: 10)
        #expect(admission.decide(try peer("10.2.0.1"), keep: &kept) == .admitted(rule: 1, sourceCount: 1))
        #expect(admission.decide(try peer("10.1.0.1"), keep: &kept) == .refused(.accessRule(0)))
        #expect(admission.decide(try peer("10.3.0.1"), keep: &kept) == .refused(.sourceLimit(1)))
        admission.endAll(&kept)
    }

    @Test(
        "connections count per source: an IPv4 address, an IPv6 /64, a local user",
        arguments: [
            ("192.0.2.7", "::ffff:192.0.2.7", "192.0.2.8"), ("2001:db8::1", "2001:db8::ffff:0:0:1", "2001:db8:0:1::1"),
            ("uid 1000", "uid 1000", "uid 1001"), ("0.0.0.0", "0.0.0.0", "::"), ("uid 0", "uid 0", "0.0.0.0"),
        ])
    func perSource(first: String, same: String, other: String) throws {
        var admission = Admission(service: service(perSource: .at(2)), sourcePrefix: SourcePrefix())
        var kept = FixedMap<Int, Admitted>(capacity: 10)
        #expect(admission.decide(try peer(first), keep: &kept) == .admitted(rule: nil, sourceCount: 1))
        #expect(admission.decide(try peer(same, port: 2), keep: &kept) == .admitted(rule: nil, sourceCount: 2))
        #expect(admission.decide(try peer(first, port: 3), keep: &kept) == .refused(.sourceLimit(2)))
        #expect(admission.decide(try peer(same, port: 4), keep: &kept) == .refused(.sourceLimit(2)))
        #expect(admission.decide(try peer(other), keep: &kept) == .admitted(rule: nil, sourceCount: 1))
        let sources = admission.sourceCount
        #expect(sources == 2)
        admission.endAll(&kept)
        let left = admission.sourceCount
        #expect(left == 0)
    }

    @Test("an end gives the place back, and a refusal takes no place")
    func end() throws {
        var admission = Admission(service: service(perSource: .at(1)), sourcePrefix: SourcePrefix())
        let peer = try peer("192.0.2.7")
        for _ in 0..<3 {
            var kept = FixedMap<Int, Admitted>(capacity: 1)
            #expect(admission.decide(peer, keep: &kept) == .admitted(rule: nil, sourceCount: 1))
            for _ in 0..<3 { #expect(admission.tryOut(peer) == .refused(.sourceLimit(1))) }
            admission.endAll(&kept)
            let left = admission.sourceCount
            #expect(left == 0)
        }
    }

    @Test("without a limit a source may have every connection")
    func unlimited() throws {
        var admission = Admission(
            service: service(perSource: .unlimited, connections: 50), sourcePrefix: SourcePrefix())
        var kept = FixedMap<Int, Admitted>(capacity: 50)
        for count in 1...50 {
            #expect(admission.decide(try peer("::1"), keep: &kept) == .admitted(rule: nil, sourceCount: count))
        }
        admission.endAll(&kept)
    }

    @Test("a place that is lost instead of given back traps")
    func lost() async {
        await #expect(processExitsWith: .failure) {
            var admission = Admission(service: service(), sourcePrefix: SourcePrefix())
            let (empty, noBans) = (BlockList.empty, SealedBans.empty)
            _ = admission.decide(
                .ip(.v4(1), port: 1), blockList: unsafe empty.span.bytes, bans: unsafe noBans.span.bytes, closed: nil,
                at: 1)
        }
    }

    @Test("a hundred thousand connections that come and go are counted as a dictionary counts them", arguments: [1, 2])
    func many(seed: UInt64) {
        let (connections, perSource) = (40, 3)
        var random = SeededGenerator(seed: seed)
        var admission = Admission(
            service: service(perSource: .at(perSource), connections: connections), sourcePrefix: SourcePrefix())
        var kept = FixedMap<Int, Admitted>(capacity: connections)
        var keys: [(key: Int, source: UInt64)] = []
        var counts: [UInt64: Int] = [:]
        var failures = 0
        let (empty, noBans) = (BlockList.empty, SealedBans.empty)
        for step in 0..<100_000 {
            if keys.count == connections || (!keys.isEmpty && Bool.random(using: &random)) {
                let (key, source) = keys.remove(at: Int.random(in: keys.indices, using: &random))
                guard let admitted = kept.remove(key) else { preconditionFailure("it was kept") }
                admission.end(admitted)
                counts[source] = counts[source] == 1 ? nil : (counts[source] ?? 0) - 1
            } else {
                let source = UInt64.random(in: 0..<30, using: &random)
                let peer: Peer =
                    switch source % 3 {
                    case 0: .ip(.v4(UInt32(source)), port: UInt16(step & 0xffff))
                    case 1: .ip(.v6(UInt128(source) << 64 | UInt128(step)), port: 1)
                    default: .unix(uid: UInt32(source), gid: 0, pid: Int32(step))
                    }
                let expected = (counts[source] ?? 0) < perSource
                switch admission.decide(
                    peer, blockList: unsafe empty.span.bytes, bans: unsafe noBans.span.bytes, closed: nil, at: 1)
                {
                case .refuse(let refusal):
                    if expected || refusal != .sourceLimit(perSource) { failures += 1 }
                case .admit(let admitted):
                    counts[source, default: 0] += 1
                    if !expected || admitted.sourceCount != counts[source] { failures += 1 }
                    keys.append((step, source))
                    kept.insert(step, admitted)
                }
            }
            if admission.sourceCount != counts.count { failures += 1 }
        }
        #expect(failures == 0)
        for (key, _) in keys {
            if let admitted = kept.remove(key) { admission.end(admitted) }
        }
        let left = admission.sourceCount
        #expect(left == 0)
    }
}
