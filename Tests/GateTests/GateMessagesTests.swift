import Gate
import Testing

struct GateMessagesTests {
    @Test(
        "what the supervisor says is read back as it was meant",
        arguments: [
            SupervisorMessage.blockList, .kill, .drain(graceNanoseconds: nil), .drain(graceNanoseconds: 0),
            .drain(graceNanoseconds: 1), .drain(graceNanoseconds: 30_000_000_000), .drain(graceNanoseconds: .max),
        ])
    func supervisor(message: SupervisorMessage) {
        #expect(SupervisorMessage(message.bytes) == message)
    }

    @Test("what a gate says is read back as it was meant")
    func gate() {
        for message in [GateMessage.ready, .failed(""), .failed("umask reads back as 2"), .failed("ü\n")] {
            #expect(GateMessage(message.bytes) == message)
        }
    }

    @Test("a reason that is too long for a message is cut, and is a reason still", arguments: ["x", "ü", "\u{1f600}"])
    func long(text: String) {
        let bytes = GateMessage.failed(String(repeating: text, count: 2000)).bytes
        #expect(bytes.count == 901)
        guard case .failed(let reason)? = GateMessage(bytes) else {
            Issue.record("it is a failure")
            return
        }
        #expect(reason.hasPrefix(String(repeating: text, count: 200)))
    }

    @Test(
        "anything else is nothing",
        arguments: [
            [], [0], Array("BB".utf8), Array("b".utf8), Array("D".utf8), Array("D1234567".utf8),
            Array("D123456789".utf8), Array("KK".utf8), Array("X".utf8), Array("RR".utf8), Array("r".utf8),
            [0xff, 0xfe],
        ])
    func garbage(bytes: [UInt8]) {
        #expect(SupervisorMessage(bytes) == nil)
        #expect(GateMessage(bytes) == nil)
    }
}
