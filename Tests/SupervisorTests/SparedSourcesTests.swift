import Addresses
import LinuxSystem
import Testing

@testable import Supervisor

struct SparedSourcesTests {
    @Test(
        "a prefix with an address of this machine, and one that meets an upstream, is spared; others are not",
        arguments: [
            ("192.0.2.7", .own), ("192.0.2.0/24", .own), ("192.0.2.8", nil), ("2001:db8::1", .own),
            ("2001:db8::/64", .own), ("2001:db8:1::/64", nil), ("10.1.2.3", .upstream), ("10.0.0.0/7", .upstream),
            ("11.0.0.1", nil), ("203.0.113.0/24", .upstream), ("203.0.113.8", nil),
        ] as [(String, SparedSources.Reason?)])
    func reasons(prefix: String, reason: SparedSources.Reason?) throws {
        let own = try [#require(IPAddress("192.0.2.7")), #require(IPAddress("2001:db8::1"))]
        let upstreams = [try IPPrefix("10.0.0.0/8"), try IPPrefix("203.0.113.7")]
        #expect(SparedSources.reason(for: try IPPrefix(prefix), own: own, upstreams: upstreams) == reason)
    }

    @Test("the loopback addresses are this machine's")
    func loopback() throws {
        let all = try OwnAddresses.all()
        #expect(all.contains(.v4(0x7f00_0001)))
        var spared = SparedSources()
        let reason = spared.reason(for: IPPrefix(of: .v4(0x7f00_0001), length: 32), upstreams: [], at: 0)
        let other = spared.reason(for: IPPrefix(of: .v4(0x7f00_0002), length: 32), upstreams: [], at: 0)
        #expect(reason == .own && other == nil)
    }
}
