import LinuxSystem
import Testing

@testable import Gate

private let most = PollBits.mostNumber

struct PollTokenTests {
    @Test(
        "a token is read from its bits, with the smallest and the largest number too",
        arguments: [
            PollToken.signals, .channel, .handlerLog, .resolver, .listener(0), .listener(63), .lingering(0),
            .lingering(1 << 32), .lingering(Int(most)), .pending(0), .pending(1 << 32), .pending(most),
        ])
    func roundTrip(token: PollToken) {
        #expect(PollToken(bits: token.bits) == token)
    }

    @Test("no two tokens have the same bits, at the edges of the numbers either")
    func distinct() {
        let numbers: [UInt64] = [0, 1, 1 << 32 - 1, 1 << 32, 5 << 32, most - 1, most]
        let tokens =
            [PollToken.signals, .channel, .handlerLog, .resolver]
            + numbers.flatMap { [.listener(Int($0)), .lingering(Int($0)), .incoming($0), .pending($0)] }
        #expect(Set(tokens.map(\.bits)).count == tokens.count)
    }

    @Test("a number beyond 56 bits is refused")
    func overflow() async {
        #expect(most == 0xff_ffff_ffff_ffff)
        await #expect(processExitsWith: .failure) { _ = PollToken.lingering(Int(PollBits.mostNumber) + 1).bits }
        await #expect(processExitsWith: .failure) { _ = PollToken.pending(PollBits.mostNumber + 1).bits }
        await #expect(processExitsWith: .failure) { _ = PollToken.pending(.max).bits }
    }

    @Test("bits of no kind are no token", arguments: [8 << 56, UInt64.max, PollToken.signals.bits + 1])
    func unknown(bits: UInt64) {
        #expect(PollToken(bits: bits) == nil)
    }
}
