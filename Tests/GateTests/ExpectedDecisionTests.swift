import Addresses
import Admission
import LinuxSystem
import Messages
import ServiceModel
import Testing

@testable import Gate

private let defaultPeer = Peer.ip(.v4(0xc000_0207), port: 0)
private let user = Peer.unix(uid: 7, gid: 7, pid: 1)

private func status(
    lists: SourceStatus.Lists = .none, checks: SourceStatus.Checks = .none, connections: Int = 0
) -> SourceStatus {
    var status = SourceStatus()
    (status.lists, status.checks, status.connections) = (lists, checks, connections)
    return status
}

/// The decision that a gate of the service would make; its own admission is as before.
private func decision(
    on peer: Peer = defaultPeer, of service: Service, _ status: SourceStatus? = nil
) throws -> ExpectedDecision {
    var admission = try makeAdmission(service)
    let decision = admission.expectedDecision(on: peer, by: status, at: 1)
    let left = admission.count(of: admission.source(of: peer))
    #expect(left == status?.connections ?? 0)
    return decision
}

struct ExpectedDecisionTests {
    /// A service with two lists, two checks and a greet delay.
    private static let asking = makeService {
        $0.admission.dnsbl = [
            DNSBLRule(zone: "a.example", effect: .deny), DNSBLRule(zone: "b.example", effect: .deny),
        ]
        $0.admission.checks.programs = [.none, .none]
        $0.admission.greetDelay = .seconds(1)
    }

    @Test("without lists and checks admission alone decides")
    func alone() throws {
        let (service, sensor) = (makeService(), makeService { $0.admission.sensor = .seconds(1) })
        #expect(try decision(of: service) == .admitted(rule: nil, unanswered: []))
        #expect(try decision(of: sensor) == .refused(.plain(.sensor)))
        let said = status(lists: .denied(rule: 0), checks: .refused(check: 0))
        #expect(try decision(of: service, said) == .admitted(rule: nil, unanswered: []))
    }

    @Test("the connections that the gate has counted are taken over")
    func counts() throws {
        let limited = makeService { $0.limits.perSource = .at(2) }
        #expect(try decision(of: limited, status(connections: 1)) == .admitted(rule: nil, unanswered: []))
        #expect(try decision(of: limited, status(connections: 2)) == .refused(.sourceLimit(2)))
    }

    @Test("phases without an answer are named in the order in which a gate asks; DNS block lists know no users")
    func unanswered() throws {
        #expect(try decision(of: Self.asking) == .admitted(rule: nil, unanswered: [.lists, .checks]))
        #expect(try decision(on: user, of: Self.asking) == .admitted(rule: nil, unanswered: [.checks]))
        let listed = status(lists: .admitted, checks: .unknown)
        #expect(try decision(of: Self.asking, listed) == .admitted(rule: nil, unanswered: [.checks]))
        let checked = status(lists: .unknown, checks: .passed)
        #expect(try decision(of: Self.asking, checked) == .admitted(rule: nil, unanswered: [.lists]))
        let both = status(lists: .unanswered, checks: .passed)
        #expect(try decision(of: Self.asking, both) == .admitted(rule: nil, unanswered: []))
    }

    @Test("lists refuse before checks do, and checks also when the lists have not answered")
    func refused() throws {
        let both = status(lists: .denied(rule: 1), checks: .refused(check: 1))
        #expect(try decision(of: Self.asking, both) == .refused(.dnsbl(rule: 1)))
        #expect(try decision(of: Self.asking, status(checks: .refused(check: 1))) == .refused(.check(1)))
    }

    @Test("a refusal by a rule or a check that the service no longer has is no answer")
    func olderGate() throws {
        let older = status(lists: .denied(rule: 2), checks: .refused(check: 2))
        #expect(try decision(of: Self.asking, older) == .admitted(rule: nil, unanswered: [.lists, .checks]))
    }

    @Test("what a gate says of a client is what is read in its place")
    func roundTrip() throws {
        let verdicts: [ListVerdict] = [ListVerdict(.deny(rule: 1)), ListVerdict(.allow(rule: 0)), ListVerdict()]
        let answers: [CheckAnswer?] = [.passed, .refused(check: 0), nil]
        for (verdict, answer) in zip(verdicts, answers) {
            let admission = try makeAdmission(Self.asking)
            let status = admission.status(of: defaultPeer, lists: .known(verdict), checks: answer, at: 1)
            #expect(status.verdict(by: Self.asking.admission.dnsbl)?.refusal == verdict.refusal)
            #expect(status.answer(of: Self.asking.admission.checks.programs) == answer)
        }
        let admission = try makeAdmission(Self.asking)
        let unknown = admission.status(of: defaultPeer, lists: .ask(lists: 1), checks: nil, at: 1)
        #expect(unknown.verdict(by: Self.asking.admission.dnsbl) == nil)
    }
}
