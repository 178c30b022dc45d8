import Addresses
import Admission
import Gate
import LinuxSystem
import ServiceModel
import Testing

struct PhasePlanTests {
    private func rules(_ change: (inout AdmissionSettings) -> Void = { _ in }) -> PhasePlan {
        var service = Service(
            name: "a", file: "a.toml", listen: [], handler: .none, identity: Identity(user: .root))
        change(&service.admission)
        return PhasePlan(service)
    }

    @Test("a service without phases has no pending connections")
    func none() {
        #expect(!rules().areAny)
        #expect(rules().phaseAfterAdmission == .handler)
        #expect(!rules().isUpstream(.ip(.v4(1), port: 2)))
    }

    @Test("each setting has its phase, which lasts as long as the setting says")
    func phases() {
        let data = rules {
            $0.start = .data
            $0.firstByte = .milliseconds(1500)
        }
        #expect(data.areAny && data.phaseAfterAdmission == .firstByte)
        #expect(data.duration(of: .firstByte) == 1_500_000_000)
        let greeting = rules { $0.greetDelay = .seconds(2) }
        #expect(greeting.areAny && greeting.phaseAfterAdmission == .greetDelay)
        #expect(greeting.duration(of: .greetDelay) == 2_000_000_000)
        let proxied = rules { $0.upstreams = [IPPrefix(of: .v4(10 << 24), length: 8)] }
        #expect(proxied.areAny && proxied.phaseAfterAdmission == .handler)
        #expect(proxied.duration(of: .proxyHeader) == 5_000_000_000)
        #expect(proxied.duration(of: .handler) == nil)
    }

    @Test("an admitted connection goes through the service's phases in one order, and then waits for its handler")
    func order() {
        let all = rules {
            $0.dnsbl = [DNSBLRule(zone: "bl.example", effect: .deny)]
            $0.checks.programs = [.none]
            $0.checks.timeout = .milliseconds(700)
            $0.start = .data
        }
        var passed = [all.phaseAfterAdmission]
        while let last = passed.last, last != .handler { passed.append(all.next(after: last)) }
        #expect(passed == [.lists, .checks, .firstByte, .handler])
        #expect(all.areAny && all.duration(of: .checks) == 700_000_000)
        let checked = rules { $0.checks.programs = [.none] }
        #expect(checked.areAny && checked.phaseAfterAdmission == .checks && checked.next(after: .checks) == .handler)
        #expect(rules { $0.greetDelay = .seconds(1) }.next(after: .greetDelay) == .handler)
    }

    @Test("an upstream is known by its address; a user of this machine is no upstream")
    func upstreams() {
        let rules = rules { $0.upstreams = [IPPrefix(of: .v4(10 << 24), length: 8)] }
        #expect(rules.isUpstream(.ip(.v4(10 << 24 | 7), port: 1)))
        #expect(!rules.isUpstream(.ip(.v4(11 << 24), port: 1)))
        #expect(!rules.isUpstream(.ip(.v6(10 << 120), port: 1)))
        #expect(!rules.isUpstream(.unix(uid: 0, gid: 0, pid: 1)))
    }

    @Test(
        "in each phase, what the peer has sent decides",
        arguments: [
            (PreConnectionPhase.firstByte, PeekResult.nothing, PhaseOutcome.wait), (.firstByte, .bytes, .advance),
            (.firstByte, .end, .refuse(.plain(.noData))), (.greetDelay, .nothing, .wait),
            (.greetDelay, .bytes, .refuse(.plain(.earlyTalker))), (.greetDelay, .end, .refuse(.plain(.noData))),
            (.handler, .bytes, .wait), (.handler, .end, .wait), (.lists, .bytes, .wait), (.lists, .end, .wait),
            (.checks, .bytes, .wait), (.checks, .end, .wait),
        ])
    func peeks(phase: PreConnectionPhase, peek: PeekResult, step: PhaseOutcome) {
        #expect(rules().step(phase, peek) == step)
    }

    @Test(
        "in each phase, the end of its time decides",
        arguments: [
            (PreConnectionPhase.proxyHeader, PhaseOutcome.refuse(.proxyHeader(.late))), (.greetDelay, .advance),
            (.firstByte, .refuse(.plain(.firstByte))), (.handler, .wait), (.lists, .decide),
            (.checks, .refuse(.plain(.checkTimeout))),
        ])
    func ends(phase: PreConnectionPhase, step: PhaseOutcome) {
        #expect(rules().stepWhenOver(phase) == step)
    }
}
