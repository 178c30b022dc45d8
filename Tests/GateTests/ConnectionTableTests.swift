import Addresses
import LinuxSystem
import ServiceModel
import Spawner
import Testing

@testable import Admission
@testable import Gate

/// A table of connections with these deadlines, numbers from 1 and pids from 101 on, and the admission that each has a
/// place in.
private struct World: ~Copyable {
    var table: ConnectionTable
    var admission: Admission
    private let chain: FilterChain

    init(_ deadlines: [Int64?], filters: Int = 0) {
        var service = Service(
            name: "s", file: "s.toml", listen: [], handler: HandlerCommand(path: "/bin/true", arguments: ["true"]),
            identity: Identity(user: .dynamic))
        service.limits.perSource = .unlimited
        chain = FilterChain(inputFilters: filters, outputFilters: 0)
        table = ConnectionTable(capacity: max(deadlines.count, 1), programs: chain.count)
        admission = Admission(service: service, sourcePrefix: SourcePrefix())
        for (index, deadline) in deadlines.enumerated() { insert(UInt64(index) + 1, deadline) }
    }

    mutating func insert(_ number: UInt64, _ deadline: Int64?) {
        let empty = BlockList.empty
        let noBans = SealedBans.empty
        let peer = Peer.ip(.v4(1), port: 1)
        switch admission.decide(
            peer, blockList: unsafe empty.span.bytes, bans: unsafe noBans.span.bytes, closed: nil, at: 0)
        {
        case .refuse: preconditionFailure("there is no limit")
        case .admit(let admitted):
            table.insert(
                number,
                RunningConnection(
                    id: ConnectionID(pid: 1, number: number), admitted: admitted, peer: peer, startedAt: 0,
                    deadline: deadline, chain: chain))
            for position in 0..<chain.count {
                let pid = Int32(number) + 100 + Int32(position) * 100
                table.started(ProcessPlace(connection: number, position: position), pid: pid)
            }
        }
    }

    /// The numbers of the connections that are past their deadlines; each gets this next deadline.
    mutating func expire(at now: Int64, next: Int64? = nil) -> Set<UInt64> {
        var numbers: Set<UInt64> = []
        table.expire(at: now) { connection in
            numbers.insert(connection.id.number)
            connection.deadline = next
        }
        return numbers
    }

    /// Records that the process ended with status 0.
    ///
    /// - Returns: whether its connection is over.
    mutating func end(pid: Int32) -> Bool {
        guard let place = table.remove(pid: pid) else { return false }
        table.update(place.connection) { _ = $0.ended(place.position, .exited(status: 0), .orderly) }
        guard let connection = table.removeIfOver(place.connection) else { return false }
        admission.end(connection.takePlace())
        return true
    }

    consuming func end() {
        for pid in Int32(101)..<400 { _ = end(pid: pid) }
        precondition(table.count == 0 && admission.sourceCount == 0, "everything was given back")
    }
}

struct ConnectionTableTests {
    @Test("a connection has room for the pids of the longest chain")
    func longestChain() {
        #expect(RunningConnection.mostPrograms == FilterChain.longest)
    }

    @Test("a connection past its deadline is visited once, and no other is")
    func expire() {
        var world = World([10, 20, nil, 15])
        let found = [world.expire(at: 9), world.expire(at: 15), world.expire(at: 15), world.expire(at: .max)]
        #expect(found == [[], [1, 4], [], [2]])
        world.end()
    }

    @Test("the next expiry is the earliest deadline that is left")
    func nextExpiry() {
        var world = World([10, 20, nil])
        var expiries = [world.table.nextExpiry]
        _ = world.expire(at: 10, next: 30)
        expiries.append(world.table.nextExpiry)
        _ = world.expire(at: 20)
        expiries.append(world.table.nextExpiry)
        let last = world.expire(at: 30)
        expiries.append(world.table.nextExpiry)
        #expect(expiries == [10, 20, 30, nil])
        #expect(last == [1])
        world.end()
    }

    @Test(
        "a connection that ended before its deadline is not visited, and its expiry finds nothing to do")
    func removed() {
        var world = World([10, 20])
        let isOver = [world.end(pid: 101), world.end(pid: 101), world.end(pid: 999)]
        #expect(isOver == [true, false, false])
        let found = world.expire(at: 10)
        #expect(found.isEmpty)
        let expiry = world.table.nextExpiry
        #expect(expiry == 20)
        world.end()
    }

    @Test("a connection that comes later with an earlier deadline moves the next expiry forward")
    func earlier() {
        var world = World([50, nil])
        _ = world.end(pid: 102)
        world.insert(50, 5)
        let expiry = world.table.nextExpiry
        #expect(expiry == 5)
        let found = world.expire(at: 5)
        #expect(found == [50])
        world.end()
    }

    @Test("a process is in the table from its start to its end")
    func contains() {
        var world = World([nil, 10])
        let before = [101, 102, 103].map { world.table.contains(pid: $0) }
        #expect(before == [true, true, false])
        _ = world.end(pid: 101)
        let after = [101, 102, 103].map { world.table.contains(pid: $0) }
        #expect(after == [false, true, false])
        world.end()
    }

    @Test("a connection with filters is over when its last process has ended")
    func chain() {
        var world = World([nil, nil], filters: 2)
        let ends = [301, 101, 202, 201].map { world.end(pid: $0) }
        #expect(ends == [false, false, false, true])
        let count = world.table.count
        #expect(count == 1)
        world.end()
    }

    @Test("the way in which a handler ended, and the filter that broke the chain, stay with the connection")
    func ways() {
        var world = World([nil], filters: 1)
        let handlerEnd = world.table.update(1) {
            _ = $0.ended(1, .exited(status: 7), .failed)
            return $0.handlerEnd
        }
        #expect(handlerEnd == .exited(status: 7))
        world.end()
        var other = World([nil], filters: 1)
        let failed = other.table.update(1) {
            _ = $0.ended(0, .exited(status: 9), .failed)
            return $0.failedFilter
        }
        #expect(failed == RunningConnection.FailedFilter(position: 0, way: .exited(status: 9)))
        other.end()
    }

    @Test("a peer that was gone explains the exit of the filter that reads from it, and nothing else")
    func peerGone() {
        for (position, way, isPeers): (Int, ProcessEnd.Way, Bool) in [
            (0, .exited(status: 1), true), (0, .killed(by: .kill, dumpedCore: false), false),
            (1, .exited(status: 1), false),
        ] {
            var world = World([nil], filters: 2)
            let failed = world.table.update(1) {
                _ = $0.ended(position, way, .failed, isPeerGone: true)
                return $0.failedFilter
            }
            #expect(failed??.isPeerGone == isPeers)
            world.end()
        }
    }

    @Test("only a program that was told to end after another, and has not by its deadline, is killed")
    func terminating() {
        var world = World([30], filters: 2)
        world.table.markTerminating(StageSet(0..<2), of: 1, deadline: 20)
        let expiry = world.table.nextExpiry
        #expect(expiry == 20)
        _ = world.end(pid: 101)
        var steps: [(Signal, StageSet)] = []
        for now: Int64 in [19, 20, 29, 30] { world.table.expire(at: now) { steps.append($0.expire(at: now)) } }
        #expect(steps.map(\.0) == [.kill, .terminate])
        #expect(steps.map(\.1) == [StageSet(1..<2), StageSet(2..<3)])
        world.end()
    }

    @Test("without deadlines there is no next expiry")
    func noDeadlines() {
        var world = World([nil, nil])
        let (expiry, found, isFull) = (world.table.nextExpiry, world.expire(at: .max), world.table.isFull)
        #expect(expiry == nil)
        #expect(found.isEmpty)
        #expect(isFull)
        world.end()
    }
}
