import Gate
import LinuxSystem
import Testing

private let grace = Processes.killGraceNanoseconds

/// The steps that are due when `step` is called once at each of these times.
private func steps(_ drain: inout Drain, at moments: [Int64]) -> [Drain.Step?] { moments.map { drain.step(at: $0) } }

struct DrainTests {
    @Test("a gate that was not told to drain has no deadline and no step")
    func idle() {
        var drain = Drain()
        #expect(!drain.isDraining)
        #expect(drain.deadline == nil)
        #expect(drain.step(at: .max) == nil)
    }

    @Test("after the grace comes TERM, some time later KILL, then nothing")
    func order() {
        var drain = Drain()
        drain.begin(graceNanoseconds: 100, at: 1000)
        #expect(drain.isDraining)
        #expect(drain.deadline == 1100)
        #expect(steps(&drain, at: [1099]) == [nil])
        #expect(!drain.isPastGrace)
        #expect(steps(&drain, at: [1100, 1101]) == [.terminate, nil])
        #expect(drain.isPastGrace)
        #expect(drain.deadline == 1100 + grace)
        #expect(steps(&drain, at: [1099 + grace, 1100 + grace, .max]) == [nil, .kill, nil])
        #expect(drain.deadline == nil)
        #expect(drain.isDraining)
    }

    @Test("a gate that sends TERM late still leaves handlers their time before KILL")
    func late() {
        var drain = Drain()
        drain.begin(graceNanoseconds: 0, at: 0)
        #expect(steps(&drain, at: [grace * 2, grace * 2 + 1]) == [.terminate, nil])
        #expect(drain.deadline == grace * 3)
    }

    @Test("without a grace handlers have all the time they want, until one is given")
    func noGrace() {
        var drain = Drain()
        drain.begin(graceNanoseconds: nil, at: 0)
        #expect(drain.isDraining)
        #expect(drain.deadline == nil)
        #expect(drain.step(at: .max) == nil)
        drain.begin(graceNanoseconds: 5, at: 10)
        #expect(drain.deadline == 15)
        drain.begin(graceNanoseconds: nil, at: 11)
        #expect(drain.deadline == 15)
    }

    @Test("the shorter grace counts", arguments: [(100, 50, 60), (50, 100, 50), (100, 0, 10)])
    func shorter(first: Int64, second: Int64, deadline: Int64) {
        var drain = Drain()
        drain.begin(graceNanoseconds: first, at: 0)
        drain.begin(graceNanoseconds: second, at: 10)
        #expect(drain.deadline == deadline)
    }

    @Test("after TERM another order does not put KILL off")
    func noDelay() {
        var drain = Drain()
        drain.begin(graceNanoseconds: 0, at: 0)
        #expect(drain.step(at: 0) == .terminate)
        for now in [Int64(1), 2, 3] { drain.begin(graceNanoseconds: 1000, at: now) }
        #expect(drain.deadline == grace)
        #expect(drain.step(at: grace) == .kill)
    }

    @Test("the longest possible grace does not overflow")
    func longest() {
        var drain = Drain()
        drain.begin(graceNanoseconds: .max, at: 1000)
        #expect(drain.isDraining)
        #expect(drain.step(at: 1 << 62) == nil)
    }
}
