import LinuxSystem
import TestSupport
import Testing

/// The tokens that are ready now.
private func ready(_ poller: inout Poller) throws -> Set<UInt64> {
    let count = try poller.wait(timeoutNanoseconds: 0)
    return Set((0..<count).map { poller.token(at: $0) })
}

struct PollerTests {
    @Test("every wait returns a token while its descriptor is readable")
    func tokens() throws {
        var poller = try Poller()
        let (first, second) = (OneEnds(try streamEnds()), OneEnds(try streamEnds()))
        try poller.add(first.ends.near.number, token: 0)
        try poller.add(second.ends.near.number, token: .max)
        #expect(try ready(&poller) == [])
        try second.ends.far.writeAll([1].span)
        #expect(try ready(&poller) == [.max])
        try first.ends.far.writeAll([1].span)
        #expect(try ready(&poller) == [0, .max])
        #expect(try ready(&poller) == [0, .max])
        _ = try readOnce(second.ends.near)
        #expect(try ready(&poller) == [0])
        try poller.remove(first.ends.near.number)
        #expect(try ready(&poller) == [])
    }

    @Test("a descriptor is ready after its other end is closed")
    func closed() throws {
        var poller = try Poller()
        let near = try streamEnds().takeNear()
        try poller.add(near.number, token: 3)
        #expect(try ready(&poller) == [3])
    }

    @Test("tokens that one wait has no room for come with the next")
    func many() throws {
        var poller = try Poller()
        let all = try (0..<100).map { _ in OneEnds(try streamEnds()) }
        for (index, one) in all.enumerated() {
            try poller.add(one.ends.near.number, token: UInt64(index))
            try one.ends.far.writeAll([1].span)
        }
        var seen: Set<UInt64> = []
        for _ in 0..<100 where seen.count < 100 { seen.formUnion(try ready(&poller)) }
        #expect(seen.count == 100)
    }

    @Test("any wait ends when a descriptor is ready", arguments: [0, 1, -1, 1_000_000, Int64.max, Int64.min])
    func timeouts(nanoseconds: Int64) async {
        await #expect(processExitsWith: .success) { [nanoseconds] in
            var poller = try Poller()
            let near = try streamEnds().takeNear()
            try poller.add(near.number, token: 3)
            let count = try poller.wait(timeoutNanoseconds: nanoseconds)
            #expect(count == 1)
        }
    }

    @Test("a time that has passed is no wait at all", arguments: [0, 1, -1, -5_000_000, Int64.min])
    func over(nanoseconds: Int64) throws {
        var poller = try Poller()
        #expect(try poller.wait(timeoutNanoseconds: nanoseconds) == 0)
    }

    @Test("a poller sleeps through a part of a millisecond instead of spinning")
    func roundsUp() throws {
        var poller = try Poller()
        let start = Clock.monotonicNanoseconds()
        #expect(try poller.wait(timeoutNanoseconds: 1) == 0)
        #expect(Clock.monotonicNanoseconds() - start >= 900_000)
    }

    @Test("a descriptor cannot be added twice")
    func twice() throws {
        let poller = try Poller()
        let near = try streamEnds().takeNear()
        try poller.add(near.number, token: 1)
        #expect(throws: SystemError("epoll_ctl", .exists)) { try poller.add(near.number, token: 2) }
    }

    @Test("a process that was stopped while it waits is told what became ready meanwhile")
    func stopped() async {
        await #expect(processExitsWith: .success) {
            let ends = try streamEnds()
            let pid = try Processes.fork()
            if pid == 0 {
                do {
                    var poller = try Poller()
                    try poller.add(ends.near.number, token: 1)
                    Processes.exit(try poller.wait(timeoutNanoseconds: 20_000_000_000) == 1 ? 0 : 1)
                } catch {
                    Processes.exit(2)
                }
            }
            /// Waits until the process is in this state. Source: proc(5), stat.
            func wait(for state: String) throws {
                while !text(try Files.read("/proc/\(pid)/stat", most: 4096)).contains(") \(state) ") {}
            }
            try wait(for: "S")
            Processes.signal(pid, .stop)
            try wait(for: "T")
            try ends.far.writeAll([1].span)
            Processes.signal(pid, .goOn)
            let status = ChildProcesses.status(of: pid)
            #expect(status == 0)
        }
    }
}

/// A copyable reference to two ends.
private final class OneEnds {
    let ends: Ends

    init(_ ends: consuming Ends) { self.ends = ends }
}
