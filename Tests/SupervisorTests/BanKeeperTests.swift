import Addresses
import Admission
import Control
import LinuxSystem
import Messages
import ServiceModel
import TestSupport
import Testing

@testable import Supervisor

struct BanKeeperTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    /// A service that bans for its sensor, and for penalties when `threshold` is set.
    private var service: Service {
        var service = Service(
            name: "a", file: "a.toml", listen: [], handler: HandlerCommand(path: "/bin/cat", arguments: ["cat"]),
            identity: Identity(user: .dynamic))
        service.admission.sensor = .seconds(60)
        return service
    }

    private func keeper(exempt: [IPPrefix] = []) throws -> BanKeeper {
        var keeper = try BanKeeper(state: directory.path, exempt: exempt)
        _ = keeper.seal(at: 0)
        return keeper
    }

    @Test("an offence is a ban, which is due to be sent soon and to be saved later")
    func offence() throws {
        var keeper = try keeper()
        let idle = keeper.deadline(at: 0)
        #expect(idle == nil)
        let prefix = try IPPrefix("192.0.2.7/32")
        let now = Clock.monotonicNanoseconds()
        guard case .banned(let ban, true) = keeper.report(.sensor, of: prefix, by: service, upstreams: [], at: now)
        else {
            Issue.record("no ban")
            return
        }
        #expect(ban.prefix == prefix)
        var due = keeper.due(at: now)
        #expect(due == [.send])
        #expect(keeper.seal(at: now) == nil)
        let save = try saveTime(keeper, at: now)
        #expect(save == now + 1_000_000_000)
        due = keeper.due(at: save - 1)
        #expect(due == [])
        due = keeper.due(at: save)
        #expect(due == [.save])
        #expect(keeper.save() == nil)
        let hasUnsaved = keeper.hasUnsaved
        #expect(!hasUnsaved)
        var next = try self.keeper()
        #expect(next.restore() == [])
        let restored = next.active(at: Clock.monotonicNanoseconds()).map(\.prefix)
        #expect(restored == [prefix])
    }

    private func saveTime(_ keeper: borrowing BanKeeper, at now: Int64) throws -> Int64 {
        let deadline = keeper.deadline(at: now)
        return try #require(deadline)
    }

    @Test("an offence that the service does not ban for is nonsense, and an exempt source is not banned")
    func refused() throws {
        let prefix = try IPPrefix("192.0.2.7/32")
        var keeper = try keeper(exempt: [try IPPrefix("192.0.2.0/24")])
        var other = service
        other.admission.sensor = nil
        let nonsense = keeper.report(.sensor, of: prefix, by: other, upstreams: [], at: 0)
        #expect(nonsense == .nonsense)
        let exempt = keeper.report(.sensor, of: prefix, by: service, upstreams: [], at: 0)
        #expect(exempt == .unchanged)
        let deadline = keeper.deadline(at: 0)
        #expect(deadline == nil)
    }

    @Test("hits alone are saved once a minute, and an earlier time stays")
    func hits() throws {
        var keeper = try keeper()
        let prefix = try IPPrefix("192.0.2.7/32")
        keeper.addHits([BanHit(prefix: prefix, count: 1)], at: 5)
        keeper.addHits([BanHit(prefix: prefix, count: 1)], at: 6)
        #expect(try saveTime(keeper, at: 6) == 60_000_000_005)
        let change = keeper.block(prefix, reason: "test", length: nil, at: 7)
        #expect(change.ban?.prefix == prefix)
        #expect(keeper.seal(at: 7) == nil)
        #expect(try saveTime(keeper, at: 7) == 1_000_000_007)
        let lifted = keeper.unblock(prefix, at: 8)
        #expect(lifted.ban?.prefix == prefix)
        let again = keeper.unblock(prefix, at: 9)
        #expect(again.ban == nil)
    }

    @Test("new exempt prefixes need a new list once, and a state directory that is gone is an error of saving")
    func exempt() throws {
        var keeper = try keeper()
        let prefix = try IPPrefix("192.0.2.0/24")
        let (first, second) = (keeper.setExempt([prefix]), keeper.setExempt([prefix]))
        #expect(first && !second)
        var lost = try BanKeeper(state: directory.path + "/none", exempt: [])
        #expect(lost.save()?.errno == .noEntry)
    }
}
