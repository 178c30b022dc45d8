// Calls that are allowed with some arguments and refused with others. A filter sees numbers and no memory, so it cannot
// judge what a pointer points to. All arguments that are judged here are ints of the kernel's, so the filter compares
// 32 bits of the register.
// Facts: socket(2), clone(2), ioctl_tty(2), getrlimit(2), getpriority(2), linux/net.h, linux/sched.h,
// asm-generic/ioctls.h.
package import ServiceModel

/// A condition on one argument: its bits within the mask are one of the values, or none of them.
struct ArgumentCondition: Hashable, Sendable {
    enum Test: Hashable, Sendable { case isOneOf, isNoneOf }

    var argument: Int
    var mask: UInt32 = .max
    var test = Test.isOneOf
    var values: [UInt32]
}

/// A call that is allowed or refused by its arguments.
package struct ConditionalSystemCall: Hashable, Sendable {
    package let name: String
    /// When the call is allowed: the end of a sentence that begins with its name.
    package let meaning: String
    /// The call is allowed when all conditions of one of these lists hold.
    let alternatives: [[ArgumentCondition]]
    var refusal = Refusal.asAny

    enum Refusal: Hashable, Sendable {
        /// As the service's mode refuses every call that is not in the set.
        case asAny
        /// With EPERM in every mode: programs try the call and do without it.
        case notPermitted
        /// As if the kernel did not have the call (ENOSYS), in every mode.
        case absent
        /// As if the kernel did not have the socket option (ENOPROTOOPT), in every mode: programs do without it.
        case absentOption
    }

    /// Which sockets of the internet may be opened.
    package enum InternetSockets: Hashable, Sendable {
        case streamsAndDatagrams
        /// UDP alone: for a process that only asks name servers.
        case datagrams
    }

    /// The conditional calls of a service that may open sockets of these families.
    package static func standard(
        network: Set<SocketFamily>, internet: InternetSockets = .streamsAndDatagrams
    ) -> [ConditionalSystemCall] {
        [
            socket(network, internet), socketPair(network), clone, cloneWithMemory, control(network), limits, priority,
            affinity, descriptorControl, processControl, socketOptions(network),
        ] + addressing(network)
    }

    private static func hasInternet(_ network: Set<SocketFamily>) -> Bool {
        network.contains(.inet) || network.contains(.inet6)
    }

    // The accepted connection is a socket of the machine's network, in whatever namespace its handler is. A handler
    // that disconnects it (connect to AF_UNSPEC) could connect it to another address, listen on it, or send with an
    // address: MSG_FASTOPEN is a connect that Landlock does not see, and listen binds a port by itself.
    private static func addressing(_ network: Set<SocketFamily>) -> [ConditionalSystemCall] {
        let hasInternet = hasInternet(network)
        func call(_ name: String, _ isAllowed: Bool) -> ConditionalSystemCall {
            ConditionalSystemCall(
                name: name,
                meaning: isAllowed ? "whatever its arguments" : "never: the service's `network` names no family for it",
                alternatives: isAllowed ? [[]] : [])
        }
        var calls = [
            call("connect", hasInternet || network.contains(.unix)), call("bind", !network.isEmpty),
            call("listen", hasInternet),
        ]
        if !network.isEmpty, !hasInternet {
            for (name, flags) in [("sendto", 3), ("sendmsg", 2), ("sendmmsg", 3)] {
                calls.append(
                    ConditionalSystemCall(
                        name: name, meaning: "without MSG_FASTOPEN",
                        alternatives: [[ArgumentCondition(argument: flags, mask: 0x2000_0000, values: [0])]]))
            }
        }
        return calls
    }

    private static func socket(
        _ network: Set<SocketFamily>, _ sockets: InternetSockets
    ) -> ConditionalSystemCall {
        var alternatives: [[ArgumentCondition]] = []
        if network.contains(.unix) { alternatives.append([ArgumentCondition(argument: 0, values: [1])]) }
        if network.contains(.netlink) {
            // NETLINK_ROUTE: lists the machine's addresses and routes.
            alternatives.append([
                ArgumentCondition(argument: 0, values: [16]), ArgumentCondition(argument: 2, values: [0]),
            ])
        }
        var internet: [UInt32] = []
        if network.contains(.inet) { internet.append(2) }
        if network.contains(.inet6) { internet.append(10) }
        if !internet.isEmpty {
            alternatives.append([
                ArgumentCondition(argument: 0, values: internet),
                // SOCK_STREAM or SOCK_DGRAM.
                ArgumentCondition(argument: 1, mask: ~typeFlags, values: sockets == .datagrams ? [2] : [1, 2]),
                // The family's own protocol, IPPROTO_TCP, IPPROTO_UDP; no SCTP, no L2TP and no protocol of a module.
                ArgumentCondition(argument: 2, values: [0, 6, 17]),
            ])
        }
        let names = SocketFamily.allCases.filter(network.contains).map(\.rawValue)
        return ConditionalSystemCall(
            name: "socket",
            meaning: names.isEmpty
                ? "for no family: the service's `network` names none"
                : "for the families \(names.joined(separator: ", ")): of inet and inet6 TCP and UDP, of netlink the "
                    + "routing tables",
            alternatives: alternatives, refusal: .notPermitted)
    }

    // A datagram socket of a pair can send to any other socket that has a name.
    private static func socketPair(_ network: Set<SocketFamily>) -> ConditionalSystemCall {
        let unix = ArgumentCondition(argument: 0, values: [1])
        // SOCK_STREAM, SOCK_SEQPACKET.
        let types = ArgumentCondition(argument: 1, mask: ~typeFlags, values: [1, 5])
        let hasUnix = network.contains(.unix)
        return ConditionalSystemCall(
            name: "socketpair", meaning: hasUnix ? "for the family unix" : "for the family unix, without datagrams",
            alternatives: [hasUnix ? [unix] : [unix, types]], refusal: .notPermitted)
    }

    /// SOCK_NONBLOCK and SOCK_CLOEXEC.
    private static let typeFlags: UInt32 = 0o2004000

    // CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET. CLONE_NEWTIME is among the bits that clone(2)
    // takes for the exit signal: only clone3 can ask for it. The flags are the first argument on x86-64 and aarch64.
    private static let clone = ConditionalSystemCall(
        name: "clone", meaning: "without new namespaces",
        alternatives: [[ArgumentCondition(argument: 0, mask: 0x7e02_0000, values: [0])]])

    // Its flags are in memory. A C library uses clone after clone3 fails with ENOSYS.
    private static let cloneWithMemory = ConditionalSystemCall(
        name: "clone3", meaning: "never: it fails with ENOSYS, so that C libraries use clone", alternatives: [],
        refusal: .absent)

    // TIOCSTI, TIOCLINUX, TIOCSETD: they write into a terminal's input, and give it a line discipline. 0x..ff..:
    // requests to a pidfd, which show a process of any user. 0x89..: requests for interfaces and addresses; the
    // connection's socket would answer for the machine.
    private static func control(_ network: Set<SocketFamily>) -> ConditionalSystemCall {
        let terminal = ArgumentCondition(argument: 1, test: .isNoneOf, values: [0x5412, 0x541c, 0x5423])
        let processes = ArgumentCondition(argument: 1, mask: 0xff00, test: .isNoneOf, values: [0xff00])
        let interfaces = ArgumentCondition(argument: 1, mask: 0xffff_ff00, test: .isNoneOf, values: [0x8900])
        let hasInternet = hasInternet(network)
        return ConditionalSystemCall(
            name: "ioctl",
            meaning: "but for TIOCSTI, TIOCLINUX, TIOCSETD and those of process descriptors"
                + (hasInternet ? "" : ", and those of interfaces (SIOC…)"),
            alternatives: [[terminal, processes] + (hasInternet ? [] : [interfaces])])
    }

    // A handler could change its connection, and a gate its listeners, for those that come after.
    private static func socketOptions(_ network: Set<SocketFamily>) -> ConditionalSystemCall {
        let allowed = AllowedSocketOption.all(hasInternet: hasInternet(network))
        return ConditionalSystemCall(
            name: "setsockopt",
            meaning: "for the options that ordinary programs set; any other fails with ENOPROTOOPT",
            alternatives: AllowedSocketOption.Level.allCases.compactMap { level in
                let options = allowed.filter { $0.level == level }
                guard !options.isEmpty else { return nil }
                return [
                    ArgumentCondition(argument: 1, values: [level.rawValue]),
                    ArgumentCondition(argument: 2, values: options.map(\.number)),
                ]
            }, refusal: .absentOption)
    }

    // F_SETPIPE_SZ: all handlers share the pipe to the log.
    private static let descriptorControl = ConditionalSystemCall(
        name: "fcntl", meaning: "but for F_SETPIPE_SZ",
        alternatives: [[ArgumentCondition(argument: 1, test: .isNoneOf, values: [1031])]])

    // PR_FUTEX_HASH: takes as much of the kernel's memory as its argument says.
    private static let processControl = ConditionalSystemCall(
        name: "prctl", meaning: "but for PR_FUTEX_HASH",
        alternatives: [[ArgumentCondition(argument: 0, test: .isNoneOf, values: [78])]])

    // The gate and the other handlers have the same user, and no process can raise a lowered limit again.
    private static let limits = ConditionalSystemCall(
        name: "prlimit64", meaning: "for the calling process, named as 0",
        alternatives: [[ArgumentCondition(argument: 0, values: [0])]])

    // PRIO_PROCESS, PRIO_PGRP; not PRIO_USER, which reaches the gate too.
    private static let priority = ConditionalSystemCall(
        name: "setpriority", meaning: "for the calling process or its group, named as 0",
        alternatives: [[ArgumentCondition(argument: 0, values: [0, 1]), ArgumentCondition(argument: 1, values: [0])]])

    private static let affinity = ConditionalSystemCall(
        name: "sched_setaffinity", meaning: "for the calling process, named as 0",
        alternatives: [[ArgumentCondition(argument: 0, values: [0])]])
}
