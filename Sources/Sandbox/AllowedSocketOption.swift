// The socket options that gate and handlers may set: those that ordinary programs set, and of these only such as can
// be set back on a listener after its gate has ended (LinuxSystem, ListenerState), or have no effect on one.
// A filter cannot see which socket a call is for. A gate has copies of its listeners, and a handler its connection,
// which keeps the listener's port for a minute after its end. So whatever `network` says, nobody sets what would
//   deny the port to the next gate or supervisor: SO_REUSEADDR, SO_REUSEPORT, IP_FREEBIND, IP_TRANSPARENT;
//   take the kernel's filter from the listener, or put another there: SO_ATTACH_*, SO_DETACH_*, SO_LOCK_FILTER;
//   keep clients waiting or out, or slow them down: TCP_DEFER_ACCEPT, TCP_MD5SIG, TCP_MD5SIG_EXT, TCP_AO_*, TCP_MAXSEG,
//   TCP_WINDOW_CLAMP, TCP_TX_DELAY, TCP_RTO_*, TCP_DELACK_MAX_US, TCP_SYNCNT, TCP_LINGER2, TCP_CONGESTION,
//   SO_MAX_PACING_RATE, SO_DONTROUTE, SO_BINDTODEVICE, SO_BINDTOIFINDEX, SO_PEEK_OFF, SO_PASSRIGHTS, IP_MINTTL,
//   IPV6_MINHOPCOUNT;
//   make the connections that follow cost more: TCP_SAVE_SYN, TCP_FASTOPEN*, SO_BUSY_POLL*, SO_PREFER_BUSY_POLL,
//   SO_RESERVE_MEM, SO_TIMESTAMP*, SO_ZEROCOPY;
//   reach parts of the kernel that few programs need: TCP_ULP, TCP_REPAIR*, TCP_ZEROCOPY_RECEIVE, SO_TXTIME,
//   IP_OPTIONS, IPV6_RTHDR and its like, MCAST_*, IP_MSFILTER, IPSEC and XFRM policies, UDP_ENCAP, every other level;
//   need a right of root's: SO_DEBUG, SO_MARK, SO_*BUFFORCE, and others of these.
// Tests/SandboxTests/AllowedSocketOptionTests.swift has the decision on each option and its reason.
// Facts: asm-generic/socket.h, linux/tcp.h, linux/in.h, linux/in6.h, linux/udp.h; in the kernel, sk_setsockopt(),
// do_tcp_setsockopt(), do_ip_setsockopt(), do_ipv6_setsockopt(). The numbers are those of x86-64 and aarch64.

/// A socket option that may be set.
package struct AllowedSocketOption: Hashable, Sendable {
    package enum Level: UInt32, CaseIterable, Sendable { case socket = 1, tcp = 6, ip = 0, ip6 = 41, udp = 17 }

    package let level: Level
    package let number: UInt32
    /// The name, without its prefix: `KEEPALIVE` of SO_KEEPALIVE.
    let name: String

    /// What every handler may set on its connection.
    static let ofConnections: [Self] =
        list(
            .socket,
            [
                (7, "SNDBUF"), (8, "RCVBUF"), (9, "KEEPALIVE"), (10, "OOBINLINE"), (12, "PRIORITY"), (13, "LINGER"),
                (16, "PASSCRED"), (18, "RCVLOWAT"), (20, "RCVTIMEO_OLD"), (21, "SNDTIMEO_OLD"), (66, "RCVTIMEO_NEW"),
                (67, "SNDTIMEO_NEW"),
            ])
        + list(
            .tcp,
            [
                (1, "NODELAY"), (3, "CORK"), (4, "KEEPIDLE"), (5, "KEEPINTVL"), (6, "KEEPCNT"), (12, "QUICKACK"),
                (18, "USER_TIMEOUT"), (25, "NOTSENT_LOWAT"),
            ])
        + list(.ip, [(1, "TOS"), (2, "TTL"), (10, "MTU_DISCOVER")])
        + list(.ip6, [(16, "UNICAST_HOPS"), (23, "MTU_DISCOVER"), (67, "TCLASS")])

    /// What a handler may set beside these whose service may open sockets of the internet. The C library sets RECVERR
    /// on each socket that it asks a name server by. On a TCP socket the kernel itself refuses memberships.
    static let ofInternetSockets: [Self] =
        list(.socket, [(6, "BROADCAST")])
        + list(
            .ip,
            [
                (8, "PKTINFO"), (11, "RECVERR"), (24, "BIND_ADDRESS_NO_PORT"), (32, "MULTICAST_IF"),
                (33, "MULTICAST_TTL"), (34, "MULTICAST_LOOP"), (35, "ADD_MEMBERSHIP"), (36, "DROP_MEMBERSHIP"),
            ])
        + list(
            .ip6,
            [
                (17, "MULTICAST_IF"), (18, "MULTICAST_HOPS"), (19, "MULTICAST_LOOP"), (20, "ADD_MEMBERSHIP"),
                (21, "DROP_MEMBERSHIP"), (25, "RECVERR"), (26, "V6ONLY"), (49, "RECVPKTINFO"),
            ])
        + list(.udp, [(1, "CORK"), (103, "SEGMENT"), (104, "GRO")])

    /// What gate and handlers may set.
    package static func all(hasInternet: Bool) -> [Self] {
        hasInternet ? ofConnections + ofInternetSockets : ofConnections
    }

    private static func list(_ level: Level, _ options: [(UInt32, String)]) -> [Self] {
        options.map { Self(level: level, number: $0.0, name: $0.1) }
    }
}
