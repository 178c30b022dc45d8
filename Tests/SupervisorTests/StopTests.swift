import Supervisor
import Testing

private let grace = Stop.gateGraceNanoseconds

struct StopTests {
    @Test("each request takes the next step at once, and further ones kill again")
    func requests() {
        var stop = Stop()
        #expect(!stop.isStopping)
        let steps = (0..<4).map { stop.request(graceNanoseconds: 30, at: Int64($0)) }
        #expect(steps == [.drain(graceNanoseconds: 30), .terminate, .kill, .kill])
        #expect(stop.isStopping)
        #expect(stop.deadline == 3 + grace)
    }

    @Test("a command takes no further step, however often it comes; of its graces the shortest counts")
    func commands() {
        var stop = Stop()
        #expect(stop.command(graceNanoseconds: nil, at: 1) == .drain(graceNanoseconds: nil))
        #expect(stop.isStopping && stop.deadline == nil)
        #expect(stop.command(graceNanoseconds: nil, at: 2) == .drain(graceNanoseconds: nil))
        #expect(stop.command(graceNanoseconds: 30, at: 3) == .drain(graceNanoseconds: 30))
        #expect(stop.deadline == 33 + grace)
        #expect(stop.command(graceNanoseconds: 50, at: 4) == .drain(graceNanoseconds: 50))
        #expect(stop.deadline == 33 + grace)
        // A signal takes the step after that, and no command goes back.
        #expect(stop.request(graceNanoseconds: 30, at: 5) == .terminate)
        #expect(stop.command(graceNanoseconds: nil, at: 6) == nil)
        #expect(stop.deadline == 5 + grace)
    }

    @Test("a gate that outlives its handlers' grace is killed, and again until it ends")
    func lateGates() {
        var stop = Stop()
        #expect(stop.step(at: .max) == nil)
        _ = stop.request(graceNanoseconds: 30, at: 1000)
        let due = 1030 + grace
        #expect(stop.deadline == due)
        #expect(stop.step(at: due - 1) == nil)
        #expect(stop.step(at: due) == .killGates)
        #expect(stop.step(at: due) == nil)
        #expect(stop.step(at: due + 1_000_000_000) == .killGates)
    }

    @Test(
        "the longest possible grace does not overflow",
        arguments: [Int64.max, Int64.max - 1000, Int64.max - 1001, Int64.max - 1000 - Stop.gateGraceNanoseconds])
    func longest(graceNanoseconds: Int64) {
        var stop = Stop()
        #expect(
            stop.request(graceNanoseconds: graceNanoseconds, at: 1000) == .drain(graceNanoseconds: graceNanoseconds))
        #expect(stop.deadline == .max)
        #expect(stop.step(at: 1 << 62) == nil)
    }
}
