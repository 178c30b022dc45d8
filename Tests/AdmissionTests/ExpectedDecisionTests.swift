import Addresses
import Admission
import ServiceModel
import Tables
import TestSupport
import Testing

private let defaultPeer = Peer.ip(.v4(0xc000_0207), port: 0)

private func service(_ change: (inout Service) -> Void = { _ in }) -> Service {
    var service = Service(
        name: "s", file: "s.toml", listen: [], handler: HandlerCommand(path: "/bin/true", arguments: ["true"]),
        identity: Identity(user: .dynamic))
    change(&service)
    return service
}

struct ExpectedDecisionTests {
    private func decision(
        on peer: Peer = defaultPeer, of service: Service, _ answers: KnownAnswers = KnownAnswers()
    ) -> ExpectedDecision {
        var admission = Admission(service: service, sourcePrefix: SourcePrefix())
        let (empty, noBans) = (BlockList.empty, SealedBans.empty)
        let decision = unsafe admission.expectedDecision(
            on: peer, blockList: empty.span.bytes, bans: noBans.span.bytes, closed: nil, settings: service.admission,
            answers: answers, at: 1)
        let left = admission.sourceCount
        #expect(left == 0)
        return decision
    }

    /// A service with two lists, two checks and a greet delay.
    private static let asking = service {
        $0.admission.dnsbl = [
            DNSBLRule(zone: "a.example", effect: .deny), DNSBLRule(zone: "b.example", effect: .deny),
        ]
        $0.admission.checks.programs = [.none, .none]
        $0.admission.greetDelay = .seconds(1)
    }

    @Test("without lists and checks admission alone decides")
    func alone() {
        #expect(decision(of: service()) == .admitted(rule: nil, unanswered: []))
        #expect(decision(of: service { $0.admission.sensor = .seconds(1) }) == .refused(.plain(.sensor)))
        let said = KnownAnswers(lists: ListVerdict(.deny(rule: 0)), checks: .refused(check: 0))
        #expect(decision(of: service(), said) == .admitted(rule: nil, unanswered: []))
    }

    @Test("phases without an answer are named in the order in which a gate asks; DNS block lists know no users")
    func unanswered() {
        #expect(decision(of: Self.asking) == .admitted(rule: nil, unanswered: [.lists, .checks]))
        let user = Peer.unix(uid: 7, gid: 7, pid: 1)
        #expect(decision(on: user, of: Self.asking) == .admitted(rule: nil, unanswered: [.checks]))
        let listed = KnownAnswers(lists: ListVerdict())
        #expect(decision(of: Self.asking, listed) == .admitted(rule: nil, unanswered: [.checks]))
        let checked = KnownAnswers(checks: .passed)
        #expect(decision(of: Self.asking, checked) == .admitted(rule: nil, unanswered: [.lists]))
        let both = KnownAnswers(lists: ListVerdict(.allow(rule: 1)), checks: .passed)
        #expect(decision(of: Self.asking, both) == .admitted(rule: nil, unanswered: []))
    }

    @Test("lists refuse before checks do, and checks also when the lists have not answered")
    func refused() {
        let both = KnownAnswers(lists: ListVerdict(.deny(rule: 1)), checks: .refused(check: 1))
        #expect(decision(of: Self.asking, both) == .refused(.dnsbl(rule: 1)))
        #expect(decision(of: Self.asking, KnownAnswers(checks: .refused(check: 1))) == .refused(.check(1)))
    }

    @Test(
        "an admission with the restored counts of another one decides as that one does", arguments: [1, 2])
    func restored(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let rate = try #require(Rate(count: 7, period: 1_000_000_000, burst: 4))
        let limited = service {
            $0.limits.perSource = .at(3)
            $0.limits.connections = 40
            $0.limits.rate = .at(rate)
        }
        var gate = Admission(service: limited, sourcePrefix: SourcePrefix())
        var kept = FixedMap<Int, Admitted>(capacity: 40)
        var keys: [Int] = []
        let (empty, noBans) = (BlockList.empty, SealedBans.empty)
        var (now, failures, refusals) = (Int64(1), 0, Set<RefusalCause>())
        for step in 0..<20_000 {
            now += .random(in: 0..<40_000_000, using: &random)
            if keys.count == 40 || !keys.isEmpty && Bool.random(using: &random) {
                let key = keys.remove(at: .random(in: keys.indices, using: &random))
                if let admitted = kept.remove(key) { gate.end(admitted) }
            }
            let peer = Peer.ip(.v4(.random(in: 0..<9, using: &random)), port: 1)
            let source = gate.source(of: peer)
            var other = Admission(service: limited, sourcePrefix: SourcePrefix())
            other.restore(source, count: gate.count(of: source), rateWait: gate.rateWait(of: source, at: now), at: now)
            let expected = unsafe other.expectedDecision(
                on: peer, blockList: empty.span.bytes, bans: noBans.span.bytes, closed: nil,
                settings: limited.admission, answers: KnownAnswers(), at: now)
            switch unsafe gate.decide(
                peer, blockList: empty.span.bytes, bans: noBans.span.bytes, closed: nil, at: now)
            {
            case .refuse(let refusal):
                refusals.insert(refusal.cause)
                if expected != .refused(refusal) { failures += 1 }
            case .admit(let admitted):
                if expected != .admitted(rule: nil, unanswered: []) { failures += 1 }
                keys.append(step)
                kept.insert(step, admitted)
            }
        }
        for key in keys {
            if let admitted = kept.remove(key) { gate.end(admitted) }
        }
        #expect(failures == 0)
        #expect(refusals == [.sourceLimit, .sourceRate])
    }
}
