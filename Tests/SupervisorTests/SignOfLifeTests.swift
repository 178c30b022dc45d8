import Testing

@testable import Supervisor

struct SignOfLifeTests {
    private let asks = SignOfLife.askEveryNanoseconds
    private let waits = SignOfLife.answerWithinNanoseconds

    @Test("a process is asked after a while, and again a while after its answer")
    func answers() {
        var sign = SignOfLife(at: 5)
        #expect(sign.deadline == asks)
        #expect(sign.tend(at: asks - 1) == .nothing)
        #expect(sign.tend(at: asks) == .ask)
        #expect(sign.tend(at: asks + 1) == .nothing)
        sign.heard(at: asks + 2)
        #expect(sign.deadline == 2 * asks)
        #expect(sign.tend(at: 2 * asks) == .ask)
        #expect(!sign.isSilent)
    }

    @Test("all processes are asked at the same time, whenever they have started or answered")
    func together() {
        let signs = (0..<10).map { SignOfLife(at: 7 * asks + Int64($0) * 1_000_000) }
        #expect(Set(signs.map(\.deadline)) == [8 * asks])
    }

    @Test("a process that does not answer in time is silent, longer and longer, until it answers")
    func silence() {
        var sign = SignOfLife(at: 0)
        #expect(sign.tend(at: asks) == .ask)
        #expect(sign.deadline == asks + waits && !sign.isSilent)
        for times in 1...20 {
            let due = asks + Int64(times) * waits
            #expect(sign.tend(at: due - 1) == .nothing)
            #expect(sign.tend(at: due) == .silent(times: times))
            #expect(sign.isSilent && sign.deadline == due + waits)
        }
        sign.heard(at: 100 * asks)
        #expect(!sign.isSilent)
        #expect(sign.tend(at: 101 * asks) == .ask)
    }

    @Test("whatever a process sends is a sign: one that says much is never silent")
    func busy() {
        var sign = SignOfLife(at: 0)
        for now in stride(from: 0, to: 10 * asks, by: Int(waits / 2)) {
            #expect(sign.tend(at: now) != .silent(times: 1))
            sign.heard(at: now)
        }
    }
}
