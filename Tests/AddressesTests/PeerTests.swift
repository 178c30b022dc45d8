import Addresses
import Testing

@Test(
    "a peer's text has its port, with IPv6 in brackets, or uid and pid on a unix socket",
    arguments: [
        (Peer.ip(.v4(0xc000_0207), port: 4242), "192.0.2.7:4242"), (.ip(.v6(1), port: 0), "[::1]:0"),
        (.ip(IPAddress(v6Bits: 0xffff_c000_0207), port: 65535), "192.0.2.7:65535"),
        (.unix(uid: 1000, gid: 5, pid: 4242), "unix:uid=1000,pid=4242"),
        (.unix(uid: .max, gid: .max, pid: 0), "unix:uid=4294967295,pid=0"),
    ])
func peerText(peer: Peer, expected: String) {
    #expect(peer.text.description == expected)
}
