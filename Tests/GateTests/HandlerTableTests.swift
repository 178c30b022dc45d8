import EventLog
import ServiceModel
import Testing

@testable import Admission
@testable import Gate

/// A table of handlers with these deadlines, pids from 100 on, and the admission that each has a place in.
private struct World: ~Copyable {
    var table: HandlerTable
    var admission: Admission

    init(_ deadlines: [Int64?]) {
        var service = Service(
            name: "s", file: "s.toml", listen: [], handler: HandlerCommand(path: "/bin/true", arguments: ["true"]),
            identity: Identity(user: .dynamic))
        service.limits.perSource = .unlimited
        table = HandlerTable(capacity: max(deadlines.count, 1))
        admission = Admission(service: service, sourcePrefix: SourcePrefix())
        for (index, deadline) in deadlines.enumerated() { insert(pid: 100 + Int32(index), deadline) }
    }

    mutating func insert(pid: Int32, _ deadline: Int64?) {
        let empty = BlockList.empty
        let peer = Peer.ip(.v4(1), port: 1)
        switch admission.decide(peer, blockList: unsafe empty.span.bytes) {
        case .refuse: preconditionFailure("there is no limit")
        case .admit(let admitted):
            table.insert(
                pid: pid,
                RunningHandler(
                    id: ConnectionID(pid: 1, number: UInt64(pid)), admitted: admitted, peer: peer, startedAt: 0,
                    deadline: deadline))
        }
    }

    /// The pids whose deadline has come; each gets this next deadline.
    mutating func expire(at now: Int64, next: Int64? = nil) -> Set<Int32> {
        var pids: Set<Int32> = []
        table.expire(at: now) { pid, _ in
            pids.insert(pid)
            return next
        }
        return pids
    }

    mutating func remove(_ pid: Int32) -> Bool {
        guard let handler = table.remove(pid: pid) else { return false }
        admission.end(handler.takePlace())
        return true
    }

    consuming func end() {
        for pid in Int32(100)..<200 { _ = remove(pid) }
        precondition(table.count == 0 && admission.sourceCount == 0, "everything was given back")
    }
}

struct HandlerTableTests {
    @Test("a handler whose deadline has come is visited, and no other, and not twice")
    func expire() {
        var world = World([10, 20, nil, 15])
        let found = [world.expire(at: 9), world.expire(at: 15), world.expire(at: 15), world.expire(at: .max)]
        #expect(found == [[], [100, 103], [], [101]])
        world.end()
    }

    @Test("the next look is the earliest deadline that is left")
    func nextLook() {
        var world = World([10, 20, nil])
        var looks = [world.table.nextLook]
        _ = world.expire(at: 10, next: 30)
        looks.append(world.table.nextLook)
        _ = world.expire(at: 20)
        looks.append(world.table.nextLook)
        let last = world.expire(at: 30)
        looks.append(world.table.nextLook)
        #expect(looks == [10, 20, 30, nil])
        #expect(last == [100])
        world.end()
    }

    @Test("a handler that ended before its deadline is not visited, and the look that was planned costs nothing else")
    func removed() {
        var world = World([10, 20])
        let isRemoved = [world.remove(100), world.remove(100), world.remove(999)]
        #expect(isRemoved == [true, false, false])
        let found = world.expire(at: 10)
        #expect(found.isEmpty)
        let look = world.table.nextLook
        #expect(look == 20)
        world.end()
    }

    @Test("a handler that comes later with an earlier deadline moves the look forward")
    func earlier() {
        var world = World([50, nil])
        _ = world.remove(101)
        world.insert(pid: 150, 5)
        let look = world.table.nextLook
        #expect(look == 5)
        let found = world.expire(at: 5)
        #expect(found == [150])
        world.end()
    }

    @Test("a handler is there from its insertion to its removal")
    func contains() {
        var world = World([nil, 10])
        let before = [100, 101, 102].map { world.table.contains(pid: $0) }
        #expect(before == [true, true, false])
        _ = world.remove(100)
        let after = [100, 101, 102].map { world.table.contains(pid: $0) }
        #expect(after == [false, true, false])
        world.end()
    }

    @Test("without deadlines there is nothing to look at")
    func noDeadlines() {
        var world = World([nil, nil])
        let (look, found, isFull) = (world.table.nextLook, world.expire(at: .max), world.table.isFull)
        #expect(look == nil)
        #expect(found.isEmpty)
        #expect(isFull)
        world.end()
    }
}
