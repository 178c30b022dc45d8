import Gate
import Testing

struct QueueFlushTests {
    @Test("listeners close only when handshakes have had their time and the queue is empty")
    func both() {
        let call = QueueFlush(isLocal: false, at: 1000)
        let settled = 1000 + QueueFlush.handshakeNanoseconds
        #expect(call.settledAt == settled)
        #expect(!call.isOver(isQuiet: true, at: settled - 1))
        #expect(!call.isOver(isQuiet: false, at: settled))
        #expect(!call.isOver(isQuiet: false, at: .max))
        #expect(call.isOver(isQuiet: true, at: settled))
    }

    @Test("where all clients are on this machine, only the queue counts")
    func local() {
        let call = QueueFlush(isLocal: true, at: 1000)
        #expect(call.isOver(isQuiet: true, at: 1000))
        #expect(!call.isOver(isQuiet: false, at: 1000))
    }
}
