import Testing

@testable import Supervisor

struct SignOfLifeTests {
    private let asks = SignOfLife.askEveryNanoseconds
    private let waits = SignOfLife.answerWithinNanoseconds

    @Test("a process is asked after a while, and again a while after its answer")
    func answers() {
        var sign = SignOfLife(at: 5)
        #expect(sign.deadline == 5 + asks)
        #expect(sign.tend(at: 4 + asks) == .nothing)
        #expect(sign.tend(at: 5 + asks) == .ask)
        #expect(sign.tend(at: 6 + asks) == .nothing)
        sign.heard(at: 7 + asks)
        #expect(sign.deadline == 7 + 2 * asks)
        #expect(sign.tend(at: 7 + 2 * asks) == .ask)
        #expect(!sign.isSilent)
    }

    @Test("a process that does not answer in time is silent; that is told once, and is over when it answers")
    func silence() {
        var sign = SignOfLife(at: 0)
        #expect(sign.tend(at: asks) == .ask)
        #expect(sign.deadline == asks + waits)
        #expect(sign.tend(at: asks + waits) == .silent)
        #expect(sign.isSilent)
        #expect(sign.tend(at: asks + 2 * waits) == .nothing)
        #expect(sign.isSilent && sign.deadline == asks + 3 * waits)
        sign.heard(at: 100 * asks)
        #expect(!sign.isSilent)
        #expect(sign.tend(at: 101 * asks) == .ask)
    }

    @Test("whatever a process sends is a sign: one that says much is never asked")
    func busy() {
        var sign = SignOfLife(at: 0)
        for now in stride(from: 0, to: 10 * asks, by: Int(waits / 2)) {
            #expect(sign.tend(at: now) == .nothing)
            sign.heard(at: now)
        }
    }
}
