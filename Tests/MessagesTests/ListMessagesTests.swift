import Addresses
import Messages
import TestSupport
import Testing
import Wire

@testable import DNS

struct ListMessagesTests {
    private static let addresses: [IPAddress] = [.v4(0), .v4(.max), .v6(1), .v6(.max)]

    @Test("requests and replies read back unchanged", arguments: addresses)
    func roundTrip(address: IPAddress) {
        let request = ListRequest(list: 31, address: address)
        #expect(ListRequest(request.bytes) == request)
        let many = (0..<DNSReply.mostAddresses).map { IPAddress.v4(0x7fff_ff00 + UInt32($0)) }
        for word in [.unknown, .notListed, .listed([.v4(0x7f00_0002)]), .listed(many)] as [ListAnswer.Word] {
            let reply = ListReply(to: request, ListAnswer(word, seconds: 3600))
            #expect(ListReply(reply.bytes) == reply)
            // The size that a message channel takes as one message.
            #expect(reply.bytes.count <= 4096)
        }
    }

    @Test("any other bytes are no message, or a message that is written with the same bytes", arguments: 0..<4)
    func mutations(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let listed = ListAnswer(.listed([.v4(0x7f00_0002), .v4(0x7f00_0003)]), seconds: 60)
        let whole = ListReply(to: ListRequest(list: 1, address: .v4(0xc000_0201)), listed).bytes
        for _ in 0..<2000 {
            var bytes = whole
            bytes[Int.random(in: 0..<bytes.count, using: &random)] = .random(in: 0...255, using: &random)
            if Bool.random(using: &random) { bytes.removeLast(Int.random(in: 1...bytes.count, using: &random)) }
            if let reply = ListReply(bytes) { try #require(ListReply(reply.bytes) == reply) }
        }
        #expect(ListRequest(ListRequest(list: 1, address: .v4(1)).bytes + [0]) == nil)
    }
}
