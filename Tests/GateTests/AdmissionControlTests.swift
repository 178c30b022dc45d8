import Addresses
import LinuxSystem
import Messages
import ServiceModel
import TestSupport
import Testing

@testable import Admission
@testable import Gate

private let client = Peer.ip(.v4(0xc000_0201), port: 1)
private let clientPrefix = IPPrefix(of: .v4(0xc000_0201), length: 32)
private let user = Peer.unix(uid: 3, gid: 3, pid: 3)
private let second: Int64 = 1_000_000_000

private func bans(_ prefixes: [IPPrefix]) throws -> SharedBytes {
    let bans = prefixes.map { Ban(prefix: $0, cause: .command(reason: ""), began: 0, end: .max) }
    return try SharedBytes(sealing: SealedBans.table(of: bans, exempt: []), name: "bans")
}

/// Decides on a peer, and gives its place back.
private func refusal(_ admission: inout AdmissionControl, _ peer: Peer = client, at now: Int64 = 5) -> Refusal? {
    switch admission.decide(on: peer, at: now) {
    case .refuse(let refusal): return refusal
    case .admit(let admitted):
        admission.end(admitted)
        return nil
    }
}

struct AdmissionControlTests {
    @Test("a refusal by a ban is a hit, and hits are reported within a second")
    func hits() throws {
        var admission = try makeAdmission(makeService(), bans: bans([clientPrefix]))
        let none = admission.deadline
        #expect(none == nil)
        let found = refusal(&admission)
        let refused = try #require(found)
        for _ in 0..<3 {
            let offence = admission.charge(refused, to: client, at: 5)
            #expect(offence == nil)
        }
        let deadline = admission.deadline
        #expect(deadline == 5 + second)
        let early = admission.hitsDue(at: 4 + second)
        let due = admission.hitsDue(at: 5 + second)
        let after = admission.hitsDue(at: 5 + second)
        #expect(early == nil && due == .hits([BanHit(prefix: clientPrefix, count: 3)]) && after == nil)
        let over = admission.deadline
        #expect(over == nil)
    }

    @Test("the hits of many bans are reported in several messages, and none is lost")
    func manyHits() throws {
        let prefixes = (0..<70).map { IPPrefix(of: .v4(0xc000_0200 + UInt32($0)), length: 32) }
        var admission = try makeAdmission(makeService(), bans: bans(prefixes))
        for prefix in prefixes {
            let peer = Peer.ip(prefix.network, port: 1)
            let found = refusal(&admission, peer)
            let refused = try #require(found)
            _ = admission.charge(refused, to: peer, at: 5)
        }
        var sizes: [Int] = []
        while case .hits(let hits) = admission.takeHits() { sizes.append(hits.count) }
        #expect(sizes == [32, 32, 6])
    }

    @Test("a new table of bans, and a new block list, decide on the next connection")
    func tables() throws {
        var admission = try makeAdmission(makeService())
        let before = refusal(&admission)
        admission.replaceBans(with: try bans([clientPrefix]))
        let banned = refusal(&admission)?.cause
        admission.replaceBans(with: try emptyBans())
        let after = refusal(&admission)
        #expect(before == nil && banned == .ban && after == nil)
        var list = PrefixTable.Builder()
        list.add(clientPrefix, 4)
        admission.replaceBlockList(with: try SharedBytes(sealing: list.table(), name: "block list"))
        let blocked = refusal(&admission)
        #expect(blocked == .blockList(line: 4))
    }

    @Test("the prefix of the ban that refuses a peer is known")
    func bannedPrefix() throws {
        let network = IPPrefix(of: .v4(0xc000_0200), length: 24)
        var admission = try makeAdmission(makeService(), bans: bans([IPPrefix(of: .v4(1), length: 32), network]))
        guard case .ban(let ban) = refusal(&admission) else {
            Issue.record("it is banned")
            return
        }
        let prefix = admission.prefix(of: ban)
        #expect(prefix == network)
    }

    @Test("a refusal costs its peer what the service says, and users of this machine are not reported")
    func charges() throws {
        var service = makeService {
            $0.admission.penalties.limit = 100
            $0.admission.penalties.noData = 100
        }
        func offence(_ refusal: Refusal, _ peer: Peer = client) throws -> GateMessage? {
            var admission = try makeAdmission(service)
            return admission.charge(refusal, to: peer, at: 1)
        }
        for refusal in [Refusal.sourceLimit(1), .plain(.sourceRate), .plain(.displaced)] {
            #expect(try offence(refusal) == .offence(clientPrefix, .penalties(.limit)))
            #expect(try offence(refusal, user) == nil)
        }
        #expect(try offence(.plain(.sensor)) == .offence(clientPrefix, .sensor))
        #expect(try offence(.plain(.drain)) == nil)
        #expect(try offence(.plain(.noData)) == nil)
        service.admission.start = .data
        #expect(try offence(.plain(.noData)) == .offence(clientPrefix, .penalties(.noData)))
        #expect(try offence(.plain(.firstByte)) == .offence(clientPrefix, .penalties(.noData)))
    }

    @Test("points of a source add up, and a service without penalties has none")
    func points() throws {
        var admission = try makeAdmission(makeService { $0.admission.penalties.signal = 60 })
        let source = admission.source(of: client)
        let first = admission.charge(.signal, to: client, at: 1)
        let points = admission.points(of: source, at: 1)
        let second = admission.charge(.signal, to: client, at: 1)
        #expect(first == nil && points == 60 && second == .offence(clientPrefix, .penalties(.signal)))
        var other = try makeAdmission(makeService())
        let (offence, none) = (other.charge(.signal, to: client, at: 1), other.points(of: source, at: 1))
        #expect(offence == nil && none == nil)
    }
}
