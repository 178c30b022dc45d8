import LinuxSystem
import Testing

@testable import Supervisor

struct PollTokenTests {
    @Test(
        "a token comes back from its bits, and no two tokens share them, whatever the number",
        arguments: [UInt64(0), 1, 1 << 32, PollBits.mostNumber])
    func tokens(number: UInt64) {
        let tokens: [PollToken] = [
            .signals, .blockList, .controlSocket, .controlFile, .child(number), .client(number),
        ]
        #expect(tokens.map { PollToken(bits: $0.bits) } == tokens)
        #expect(Set(tokens.map(\.bits)).count == tokens.count)
    }

    @Test("bits of no kind, or with a number where there is none, are no token")
    func noTokens() {
        #expect(PollToken(bits: .max) == nil)
        for token in [PollToken.signals, .blockList, .controlSocket, .controlFile] {
            #expect(PollToken(bits: token.bits | 1) == nil)
        }
    }
}

struct EventLoopTests {
    // In a process of its own, because a loop blocks the signals of its thread.
    @Test("what is ready is told by its token, numbers are never used twice, and children to reap are not waited for")
    func loop() async {
        await #expect(processExitsWith: .success) {
            let socket = try MessageSocket()
            try socket.sender.send([1])
            var loop = try EventLoop()
            let numbers = [loop.numbers.next(), loop.numbers.next()]
            try loop.poller.add(socket.receiver.number, .child(numbers[1]))
            let ready = try loop.poller.wait(timeoutNanoseconds: 0)
            let token = loop.token(at: 0)
            #expect(numbers == [1, 2] && ready == 1 && token == .child(2))
            let before = loop.deadline
            loop.hasMoreEnds = true
            let after = loop.deadline
            #expect(before == nil && after == 0)
        }
    }
}
