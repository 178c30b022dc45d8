import Addresses
import Admission
import ServiceModel
import Tables
import TestSupport
import Testing

private let (empty, noBans) = (BlockList.empty, SealedBans.empty)

/// Decides, and gives the place back.
private func refusal(of peer: Peer, by admission: inout Admission, at now: Int64) -> Refusal? {
    // Sound, here and below: the tables outlive the call.
    switch unsafe admission.decide(peer, blockList: empty.span.bytes, bans: noBans.span.bytes, closed: nil, at: now) {
    case .refuse(let refusal): return refusal
    case .admit(let admitted):
        admission.end(admitted)
        return nil
    }
}

struct RestoredAdmissionTests {
    @Test(
        "an admission with the restored counts of another one decides as that one does", arguments: [1, 2])
    func restored(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let rate = try #require(Rate(count: 7, period: 1_000_000_000, burst: 4))
        var limited = Service(
            name: "s", file: "s.toml", listen: [], handler: HandlerCommand(path: "/bin/true", arguments: ["true"]),
            identity: Identity(user: .dynamic))
        limited.limits.perSource = .at(3)
        limited.limits.connections = 40
        limited.limits.rate = .at(rate)
        var gate = Admission(service: limited, sourcePrefix: SourcePrefix())
        var kept = FixedMap<Int, Admitted>(capacity: 40)
        var keys: [Int] = []
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
            let expected = refusal(of: peer, by: &other, at: now)
            switch unsafe gate.decide(
                peer, blockList: empty.span.bytes, bans: noBans.span.bytes, closed: nil, at: now)
            {
            case .refuse(let refusal):
                refusals.insert(refusal.cause)
                if expected != refusal { failures += 1 }
            case .admit(let admitted):
                if expected != nil { failures += 1 }
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
