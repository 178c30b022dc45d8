import Addresses
import Testing

@testable import DNS

struct ListAnswerTests {
    private func answer(_ texts: String..., seconds: UInt32 = 300) throws -> ListAnswer? {
        ListAnswer(.addresses(try texts.map { try #require(IPAddress($0)) }, seconds: seconds))
    }

    @Test("an answer in 127.0.0.0/8 means that the address is listed, and says why")
    func listed() throws {
        let answers = try ["127.0.0.2", "127.9.9.9"].map { try #require(IPAddress($0)) }
        #expect(try answer("127.0.0.2", "127.9.9.9") == ListAnswer(.listed(answers), seconds: 300))
    }

    @Test(
        "an address that no list answers with means nothing (RFC 5782 5)",
        arguments: ["127.0.0.1", "127.255.255.254", "127.255.255.252", "192.0.2.1", "10.0.0.2", "0.0.0.0"])
    func nonsense(text: String) throws {
        #expect(try answer(text)?.word == .unknown)
        #expect(try answer("127.0.0.2", text)?.word == .unknown)
    }

    @Test("answers are valid as long as they say, within bounds; a negative answer without a time, for five minutes")
    func times() throws {
        #expect(try answer("127.0.0.2", seconds: 0)?.seconds == 60)
        #expect(try answer("127.0.0.2", seconds: 61)?.seconds == 61)
        #expect(try answer("127.0.0.2", seconds: 86400)?.seconds == 3600)
        #expect(ListAnswer(.none(seconds: 5)) == ListAnswer(.notListed, seconds: 60))
        #expect(ListAnswer(.none(seconds: 120)) == ListAnswer(.notListed, seconds: 120))
        #expect(ListAnswer(.none(seconds: nil)) == ListAnswer(.notListed, seconds: 300))
    }

    @Test("a list that fails has said nothing and is soon asked again; a foreign reply is no answer")
    func failed() {
        #expect(ListAnswer(.failed) == .unknown)
        #expect(ListAnswer(.foreign) == nil)
    }
}
