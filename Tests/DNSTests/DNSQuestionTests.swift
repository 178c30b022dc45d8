import Addresses
import ServiceModel
import Testing

@testable import DNS

struct DNSQuestionTests {
    @Test(
        "an address is reversed before the zone: octets of IPv4, digits of IPv6 (RFC 5782 2.1, 2.4)",
        arguments: [
            ("192.0.2.99", "Bad.Example.com", "99.2.0.192.bad.example.com"), ("127.0.0.2", "bl", "2.0.0.127.bl"),
            (
                "2001:db8:1:2:3:4:567:89ab", "ugly.example.com",
                "b.a.9.8.7.6.5.0.4.0.0.0.3.0.0.0.2.0.0.0.1.0.0.0.8.b.d.0.1.0.0.2.ugly.example.com"
            ),
        ])
    func names(address: String, zone: String, expected: String) throws {
        let question = DNSQuestion(try #require(IPAddress(address)), in: zone)
        #expect(question?.name == wireName(expected))
    }

    @Test("a query has twelve bytes of header with the RD bit, and one question for addresses")
    func query() throws {
        let question = try #require(DNSQuestion(.v4(0xc000_0263), in: "bl.example"))
        #expect(
            question.query(id: 0x1234)
                == [0x12, 0x34, 0x01, 0x00, 0, 1, 0, 0, 0, 0, 0, 0] + wireName("99.2.0.192.bl.example") + [0, 1, 0, 1])
    }

    @Test(
        "a text that is no zone makes no question",
        arguments: ["", ".", "a..b", ".a", "a.", String(repeating: "a", count: 64)])
    func badZones(zone: String) {
        #expect(DNSQuestion(.v4(1), in: zone) == nil)
    }

    @Test("the longest zone that a rule may name fits after an IPv6 address, and a longer one does not")
    func longest() {
        func zone(_ length: Int) -> String {
            (0..<length).map { $0 % 50 == 49 ? "." : "a" }.joined()
        }
        #expect(DNSQuestion(.v6(1), in: zone(DNSBLRule.longestZone))?.name.count == DNSQuestion.longestName)
        #expect(DNSQuestion(.v6(1), in: zone(DNSBLRule.longestZone + 1)) == nil)
    }
}
