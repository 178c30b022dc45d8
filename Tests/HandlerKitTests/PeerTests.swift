// The peer according to the environment.
import Testing

@testable import HandlerKit

@Suite("the peer")
struct PeerTests {
    private func peer(_ variables: [(StaticBytes, StaticBytes)]) -> Peer {
        Peer { name in variables.first { $0.0 == name }?.1 }
    }

    @Test("a TCP peer has its address and port, and the address and port that it connected to")
    func tcp() {
        let peer = peer([
            ("PROTO", "TCP"), ("TCPREMOTEIP", "192.0.2.1"), ("TCPREMOTEPORT", "65535"), ("TCPLOCALIP", "::1"),
            ("TCPLOCALPORT", "25"), ("REMOTE_ADDR", "192.0.2.9"),
        ])
        #expect(
            peer
                == .tcp(InternetPeer(address: "192.0.2.1", port: 65535, localAddress: "::1", localPort: 25)))
    }

    @Test("a peer on this machine has its user and group")
    func ipc() {
        let peer = peer([
            ("PROTO", "IPC"), ("IPCREMOTEEUID", "4294967295"), ("IPCREMOTEEGID", "0"), ("IPCLOCALPATH", "/run/x"),
        ])
        #expect(peer == .ipc(LocalPeer(user: .max, group: 0, path: "/run/x")))
        #expect(self.peer([("PROTO", "IPC")]) == .ipc(LocalPeer(user: nil, group: nil, path: nil)))
    }

    @Test("systemd's variables are used if there are no others")
    func systemd() {
        let peer = peer([("REMOTE_ADDR", "2001:db8::1"), ("REMOTE_PORT", "7")])
        #expect(peer == .tcp(InternetPeer(address: "2001:db8::1", port: 7, localAddress: nil, localPort: nil)))
    }

    @Test("without variables there is no peer")
    func byHand() {
        #expect(peer([]) == .none)
        #expect(peer([("PROTO", "TCP")]) == .none)
    }

    @Test(
        "a port that is not a number is not known",
        arguments: ["", "x", "-1", "65536", "1x", " 1", "99999999999999999999"])
    func noNumber(port: StaticBytes) {
        let peer = peer([("TCPREMOTEIP", "192.0.2.1"), ("TCPREMOTEPORT", port)])
        #expect(peer == .tcp(InternetPeer(address: "192.0.2.1", port: nil, localAddress: nil, localPort: nil)))
    }
}
