import LinuxSystem
import Testing

@testable import Resolver

struct PollTokenTests {
    @Test(
        "a token comes back from its bits, and no two tokens share them, whatever the number",
        arguments: [UInt64(0), 1, 7, 8, 1 << 32, 1 << 52, PollToken.mostLookup])
    func tokens(number: UInt64) {
        let servers = (0..<PollToken.mostServers).map { PollToken.server(lookup: number, place: $0) }
        let tokens = [PollToken.channel, .gate(number), .gate(PollBits.mostNumber)] + servers
        #expect(tokens.map { PollToken(bits: $0.bits) } == tokens)
        #expect(Set(tokens.map(\.bits)).count == tokens.count)
    }

    @Test("bits of no kind, or with a number where there is none, are no token")
    func noTokens() {
        #expect(PollToken(bits: .max) == nil)
        #expect(PollToken(bits: PollToken.server(lookup: 0, place: 0).bits << 1) == nil)
        #expect(PollToken(bits: PollToken.channel.bits | 1) == nil)
    }

    @Test("a number that does not fit stops the resolver instead of becoming another token")
    func tooLarge() async {
        await #expect(processExitsWith: .failure) {
            _ = PollToken.server(lookup: PollToken.mostLookup + 1, place: 0).bits
        }
        await #expect(processExitsWith: .failure) {
            _ = PollToken.server(lookup: 1, place: PollToken.mostServers).bits
        }
        await #expect(processExitsWith: .failure) { _ = PollToken.gate(PollBits.mostNumber + 1).bits }
    }
}
