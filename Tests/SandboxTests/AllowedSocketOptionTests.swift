// The decision on every socket option that the kernel's headers name, of Linux 6.18: asm-generic/socket.h, linux/tcp.h.
// Of IPPROTO_IP and IPPROTO_IPV6 (linux/in.h, linux/in6.h), those that may be set.
import CLinux
import ServiceModel
import Testing

@testable import Sandbox

/// Who may set an option.
private enum Decision: Hashable {
    /// Every handler.
    case all
    /// Handlers with inet or inet6 in `network`.
    case internet
    /// Nobody, and why.
    case none(String)
}

private let readOnly = Decision.none("the kernel only tells it")
private let needsRoot = Decision.none("needs a right of root's")
private let rare = Decision.none("no ordinary program sets it")
private let slows = Decision.none("slows down or delays the clients of the next gate")
private let filters = Decision.none("the kernel's filter of blocked clients is the supervisor's")
private let port = Decision.none("denies the port to the next supervisor, or shares it with others")
private let dearer = Decision.none("makes each later connection cost more")
private let kernel = Decision.none("opens a way into the kernel that few programs use")

private let decisions: [(level: UInt64, options: [(UInt64, String, Decision)])] = [
    (
        1,
        [
            (1, "SO_DEBUG", needsRoot), (2, "SO_REUSEADDR", port), (3, "SO_TYPE", readOnly), (4, "SO_ERROR", readOnly),
            (5, "SO_DONTROUTE", .none("clients behind a router get no answer")), (6, "SO_BROADCAST", .internet),
            (7, "SO_SNDBUF", .all), (8, "SO_RCVBUF", .all), (9, "SO_KEEPALIVE", .all), (10, "SO_OOBINLINE", .all),
            (11, "SO_NO_CHECK", rare), (12, "SO_PRIORITY", .all), (13, "SO_LINGER", .all), (14, "SO_BSDCOMPAT", rare),
            (15, "SO_REUSEPORT", port), (16, "SO_PASSCRED", .all), (17, "SO_PEERCRED", readOnly),
            (18, "SO_RCVLOWAT", .all), (19, "SO_SNDLOWAT", readOnly), (20, "SO_RCVTIMEO_OLD", .all),
            (21, "SO_SNDTIMEO_OLD", .all), (22, "SO_SECURITY_AUTHENTICATION", rare),
            (23, "SO_SECURITY_ENCRYPTION_TRANSPORT", rare), (24, "SO_SECURITY_ENCRYPTION_NETWORK", rare),
            (25, "SO_BINDTODEVICE", .none("shows interfaces, and keeps clients of others out")),
            (26, "SO_ATTACH_FILTER", filters), (27, "SO_DETACH_FILTER", filters), (28, "SO_PEERNAME", readOnly),
            (29, "SO_TIMESTAMP_OLD", dearer), (30, "SO_ACCEPTCONN", readOnly), (31, "SO_PEERSEC", readOnly),
            (32, "SO_SNDBUFFORCE", needsRoot), (33, "SO_RCVBUFFORCE", needsRoot), (34, "SO_PASSSEC", rare),
            (35, "SO_TIMESTAMPNS_OLD", dearer), (36, "SO_MARK", needsRoot), (37, "SO_TIMESTAMPING_OLD", dearer),
            (38, "SO_PROTOCOL", readOnly), (39, "SO_DOMAIN", readOnly), (40, "SO_RXQ_OVFL", rare),
            (41, "SO_WIFI_STATUS", rare), (42, "SO_PEEK_OFF", .none("the next gate peeks at the wrong bytes")),
            (43, "SO_NOFCS", rare), (44, "SO_LOCK_FILTER", .none("cannot be set back")),
            (45, "SO_SELECT_ERR_QUEUE", rare), (46, "SO_BUSY_POLL", dearer), (47, "SO_MAX_PACING_RATE", slows),
            (48, "SO_BPF_EXTENSIONS", readOnly), (49, "SO_INCOMING_CPU", rare), (50, "SO_ATTACH_BPF", filters),
            (51, "SO_ATTACH_REUSEPORT_CBPF", filters), (52, "SO_ATTACH_REUSEPORT_EBPF", filters),
            (53, "SO_CNX_ADVICE", rare), (54, "SCM_TIMESTAMPING_OPT_STATS", readOnly), (55, "SO_MEMINFO", readOnly),
            (56, "SO_INCOMING_NAPI_ID", readOnly), (57, "SO_COOKIE", readOnly),
            (58, "SCM_TIMESTAMPING_PKTINFO", readOnly), (59, "SO_PEERGROUPS", readOnly), (60, "SO_ZEROCOPY", dearer),
            (61, "SO_TXTIME", kernel), (62, "SO_BINDTOIFINDEX", .none("as SO_BINDTODEVICE")),
            (63, "SO_TIMESTAMP_NEW", dearer), (64, "SO_TIMESTAMPNS_NEW", dearer), (65, "SO_TIMESTAMPING_NEW", dearer),
            (66, "SO_RCVTIMEO_NEW", .all), (67, "SO_SNDTIMEO_NEW", .all), (68, "SO_DETACH_REUSEPORT_BPF", filters),
            (69, "SO_PREFER_BUSY_POLL", dearer), (70, "SO_BUSY_POLL_BUDGET", dearer), (71, "SO_NETNS_COOKIE", readOnly),
            (72, "SO_BUF_LOCK", rare), (73, "SO_RESERVE_MEM", dearer), (74, "SO_TXREHASH", rare),
            (75, "SO_RCVMARK", rare), (76, "SO_PASSPIDFD", rare), (77, "SO_PEERPIDFD", readOnly),
            (78, "SO_DEVMEM_LINEAR", readOnly), (79, "SO_DEVMEM_DMABUF", readOnly), (80, "SO_DEVMEM_DONTNEED", kernel),
            (81, "SCM_TS_OPT_ID", readOnly), (82, "SO_RCVPRIORITY", rare),
            (83, "SO_PASSRIGHTS", .none("handlers on a unix socket get no descriptors any more")),
            (84, "SO_INQ", rare),
        ]
    ),
    (
        6,
        [
            (1, "TCP_NODELAY", .all), (2, "TCP_MAXSEG", slows), (3, "TCP_CORK", .all), (4, "TCP_KEEPIDLE", .all),
            (5, "TCP_KEEPINTVL", .all), (6, "TCP_KEEPCNT", .all), (7, "TCP_SYNCNT", rare),
            (8, "TCP_LINGER2", .none("the end of later connections becomes a reset")),
            (9, "TCP_DEFER_ACCEPT", .none("clients that are silent first wait for ever")),
            (10, "TCP_WINDOW_CLAMP", .none("slows down, and cannot be set back on a listener")),
            (11, "TCP_INFO", readOnly), (12, "TCP_QUICKACK", .all), (13, "TCP_CONGESTION", slows),
            (14, "TCP_MD5SIG", .none("keeps clients out, and cannot be read back")),
            (16, "TCP_THIN_LINEAR_TIMEOUTS", rare), (17, "TCP_THIN_DUPACK", rare), (18, "TCP_USER_TIMEOUT", .all),
            (19, "TCP_REPAIR", needsRoot), (20, "TCP_REPAIR_QUEUE", needsRoot), (21, "TCP_QUEUE_SEQ", needsRoot),
            (22, "TCP_REPAIR_OPTIONS", needsRoot), (23, "TCP_FASTOPEN", dearer), (24, "TCP_TIMESTAMP", needsRoot),
            (25, "TCP_NOTSENT_LOWAT", .all), (26, "TCP_CC_INFO", readOnly), (27, "TCP_SAVE_SYN", dearer),
            (28, "TCP_SAVED_SYN", readOnly), (29, "TCP_REPAIR_WINDOW", needsRoot), (30, "TCP_FASTOPEN_CONNECT", rare),
            (31, "TCP_ULP", kernel), (32, "TCP_MD5SIG_EXT", .none("as TCP_MD5SIG")), (33, "TCP_FASTOPEN_KEY", dearer),
            (34, "TCP_FASTOPEN_NO_COOKIE", dearer), (35, "TCP_ZEROCOPY_RECEIVE", kernel), (36, "TCP_INQ", rare),
            (37, "TCP_TX_DELAY", slows), (38, "TCP_AO_ADD_KEY", .none("as TCP_MD5SIG")),
            (39, "TCP_AO_DEL_KEY", .none("as TCP_MD5SIG")), (40, "TCP_AO_INFO", .none("as TCP_MD5SIG")),
            (41, "TCP_AO_GET_KEYS", readOnly), (42, "TCP_AO_REPAIR", needsRoot), (43, "TCP_IS_MPTCP", readOnly),
            (44, "TCP_RTO_MAX_MS", slows), (45, "TCP_RTO_MIN_US", slows), (46, "TCP_DELACK_MAX_US", slows),
        ]
    ),
    (
        0,
        [
            (1, "IP_TOS", .all), (2, "IP_TTL", .all), (8, "IP_PKTINFO", .internet), (10, "IP_MTU_DISCOVER", .all),
            (11, "IP_RECVERR", .internet), (24, "IP_BIND_ADDRESS_NO_PORT", .internet),
            (32, "IP_MULTICAST_IF", .internet),
            (33, "IP_MULTICAST_TTL", .internet), (34, "IP_MULTICAST_LOOP", .internet),
            (35, "IP_ADD_MEMBERSHIP", .internet), (36, "IP_DROP_MEMBERSHIP", .internet),
        ]
    ),
    (
        41,
        [
            (16, "IPV6_UNICAST_HOPS", .all), (17, "IPV6_MULTICAST_IF", .internet),
            (18, "IPV6_MULTICAST_HOPS", .internet),
            (19, "IPV6_MULTICAST_LOOP", .internet), (20, "IPV6_ADD_MEMBERSHIP", .internet),
            (21, "IPV6_DROP_MEMBERSHIP", .internet), (23, "IPV6_MTU_DISCOVER", .all), (25, "IPV6_RECVERR", .internet),
            (26, "IPV6_V6ONLY", .internet), (49, "IPV6_RECVPKTINFO", .internet), (67, "IPV6_TCLASS", .all),
        ]
    ),
    (17, [(1, "UDP_CORK", .internet), (103, "UDP_SEGMENT", .internet), (104, "UDP_GRO", .internet)]),
    // SCTP, netlink, TLS, MPTCP.
    (132, []), (270, []), (282, []), (284, []),
]

// The kernel takes 32 bits of these arguments: the bits above must make no difference.
private let garbage: UInt64 = 0xdead_beef_0000_0000

struct AllowedSocketOptionTests {
    @Test(
        "a socket option may be set as decided, and any other is absent, in every mode",
        arguments: [[], [.unix], [.netlink], [.inet], [.inet6], Set(SocketFamily.allCases)],
        [SeccompMode.refuse, .kill]
    )
    func decided(network: Set<SocketFamily>, mode: SeccompMode) throws {
        let filter = try FilterAnswers(mode, network: network)
        let hasInternet = network.contains(.inet) || network.contains(.inet6)
        for (level, options) in decisions {
            let allowed = options.filter { $0.2 == .all || hasInternet && $0.2 == .internet }.map(\.0)
            let answers = try (0...300).map {
                try filter.answer("setsockopt", 0, level | garbage, $0 | garbage, garbage, 4)
            }
            let found = answers.enumerated().filter { $0.element == Answer.allow }.map { UInt64($0.offset) }
            #expect(found == allowed, "level \(level)")
            #expect(answers.allSatisfy { [Answer.allow, Answer.noSuchOption].contains($0) })
        }
    }

    @Test("`system_calls` can allow every option")
    func allowed() throws {
        #expect(try FilterAnswers(.refuse, "+setsockopt").allows("setsockopt", 0, 1, 44, 0, 4))
    }

    @Test("the names of the options that may be set are those of the kernel")
    func names() {
        let prefixes: [AllowedSocketOption.Level: String] = [
            .socket: "SO_", .tcp: "TCP_", .ip: "IP_", .ip6: "IPV6_", .udp: "UDP_",
        ]
        for option in AllowedSocketOption.all(hasInternet: true) {
            let named = decisions.first { $0.level == UInt64(option.level.rawValue) }?.options
                .first { $0.0 == UInt64(option.number) }?.1
            #expect(named == "\(prefixes[option.level]!)\(option.name)")
        }
    }

    /// Options that have no effect on a listener of ours, or that the kernel refuses there; or that the supervisor sets
    /// by its settings: SO_KEEPALIVE, TCP_NODELAY; or another form of one that is set back: SO_RCVTIMEO_NEW,
    /// SO_SNDTIMEO_NEW.
    private static let needNotBeKept: [AllowedSocketOption.Level: Set<UInt32>] = [
        .socket: [6, 9, 66, 67], .tcp: [1], .ip: [24, 32, 33, 34, 35, 36], .ip6: [17, 18, 19, 20, 21, 26],
        .udp: [1, 103, 104],
    ]

    @Test("each option that may be set, and has an effect on a listener, is set back there")
    func setBack() {
        var kept: Set<[Int32]> = []
        for index in 0..<clinux_kept_option_count() {
            var (level, number): (Int32, Int32) = (0, 0)
            // Sound: the index is within the table.
            _ = unsafe clinux_kept_option(index, &level, &number)
            kept.insert([level, number])
        }
        for option in AllowedSocketOption.all(hasInternet: true)
        where Self.needNotBeKept[option.level]?.contains(option.number) != true {
            #expect(kept.contains([Int32(option.level.rawValue), Int32(option.number)]), "\(option)")
        }
    }
}
