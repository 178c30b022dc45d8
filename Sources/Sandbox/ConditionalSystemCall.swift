// Calls that are allowed with some arguments and refused with others. A filter sees numbers and no memory: what a pointer
// points to cannot be judged. All arguments judged here are ints of the kernel's, so 32 bits of the register are compared.
// Facts: socket(2), clone(2), ioctl_tty(2), getrlimit(2), getpriority(2), linux/net.h, linux/sched.h, asm-generic/ioctls.h.
package import ServiceModel

/// A condition on one argument: its bits within the mask are among the values, or are not.
struct ArgumentCondition: Hashable, Sendable {
    enum Test: Hashable, Sendable { case isOneOf, isNoneOf }

    var argument: Int
    var mask: UInt32 = .max
    var test = Test.isOneOf
    var values: [UInt32]
}

/// A call that depends on its arguments.
package struct ConditionalSystemCall: Hashable, Sendable {
    package let name: String
    /// When it is allowed: the end of a sentence that begins with the name.
    package let meaning: String
    /// It is allowed when all conditions of one of these hold.
    let alternatives: [[ArgumentCondition]]
    var refusal = Refusal.asAny

    enum Refusal: Hashable, Sendable {
        /// As any call that is not in the set, by the service's mode.
        case asAny
        /// With EPERM in every mode: programs try it and do without.
        case notPermitted
        /// As if the kernel did not have it (ENOSYS), in every mode.
        case absent
    }

    /// The judged calls of a service that may open sockets of those families.
    package static func standard(network: Set<SocketFamily>) -> [ConditionalSystemCall] {
        [
            socket(network), socketPair(network), clone, cloneWithMemory, control(network), limits, priority, affinity,
            descriptorControl, processControl, socketOptions(network),
        ] + addressing(network)
    }

    private static func hasInternet(_ network: Set<SocketFamily>) -> Bool {
        network.contains(.inet) || network.contains(.inet6)
    }

    // The accepted connection is a socket of the machine's network, whatever namespace its handler is in. Unconnected again
    // (connect to AF_UNSPEC), it could be connected to somewhere else, listen, or send with an address: MSG_FASTOPEN is a
    // connect that Landlock does not see, and listen binds a port by itself.
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

    private static func socket(_ network: Set<SocketFamily>) -> ConditionalSystemCall {
        var alternatives: [[ArgumentCondition]] = []
        if network.contains(.unix) { alternatives.append([ArgumentCondition(argument: 0, values: [1])]) }
        if network.contains(.netlink) {
            // NETLINK_ROUTE: what addresses and routes there are.
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
                ArgumentCondition(argument: 1, mask: ~typeFlags, values: [1, 2]),
                // The family's own, IPPROTO_TCP, IPPROTO_UDP; no SCTP, L2TP or what a module may bring.
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

    // A datagram socket of a pair can be made to send to any other that has a name.
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

    // CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET. CLONE_NEWTIME lies in the bits that clone(2) takes
    // for the exit signal: only clone3 can ask for it. The flags are the first argument on x86-64 and aarch64.
    private static let clone = ConditionalSystemCall(
        name: "clone", meaning: "without new namespaces",
        alternatives: [[ArgumentCondition(argument: 0, mask: 0x7e02_0000, values: [0])]])

    // Its flags are in memory. A C library that is told that there is none uses clone.
    private static let cloneWithMemory = ConditionalSystemCall(
        name: "clone3", meaning: "never: it fails with ENOSYS, so that C libraries use clone", alternatives: [],
        refusal: .absent)

    // TIOCSTI, TIOCLINUX, TIOCSETD: they write into a terminal's input, and give it a line discipline. 0x..ff..: what a pidfd
    // tells of a process, whoever's it is. 0x89..: what interfaces and addresses there are; the connection's socket would
    // answer for the machine.
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

    // The connection's socket could be bound to an interface, which tells its name, and join groups, which the machine then
    // announces. So: SOL_SOCKET without SO_BINDTODEVICE and SO_BINDTOIFINDEX; SOL_TCP; and of IPPROTO_IP the type of service,
    // the time to live and path discovery, of IPPROTO_IPV6 the same.
    private static func socketOptions(_ network: Set<SocketFamily>) -> ConditionalSystemCall {
        if hasInternet(network) {
            return ConditionalSystemCall(name: "setsockopt", meaning: "whatever its arguments", alternatives: [[]])
        }
        return ConditionalSystemCall(
            name: "setsockopt", meaning: "without interfaces and multicast groups",
            alternatives: [
                [
                    ArgumentCondition(argument: 1, values: [1]),
                    ArgumentCondition(argument: 2, test: .isNoneOf, values: [25, 62]),
                ],
                [ArgumentCondition(argument: 1, values: [6])],
                [ArgumentCondition(argument: 1, values: [0]), ArgumentCondition(argument: 2, values: [1, 2, 10])],
                [ArgumentCondition(argument: 1, values: [41]), ArgumentCondition(argument: 2, values: [16, 23, 67])],
            ])
    }

    // F_SETPIPE_SZ: the pipe to the log is every handler's.
    private static let descriptorControl = ConditionalSystemCall(
        name: "fcntl", meaning: "but for F_SETPIPE_SZ",
        alternatives: [[ArgumentCondition(argument: 1, test: .isNoneOf, values: [1031])]])

    // PR_FUTEX_HASH: as much of the kernel's memory as one asks for.
    private static let processControl = ConditionalSystemCall(
        name: "prctl", meaning: "but for PR_FUTEX_HASH",
        alternatives: [[ArgumentCondition(argument: 0, test: .isNoneOf, values: [78])]])

    // The gate and the other handlers have the same user: a limit that is lowered is lowered for good.
    private static let limits = ConditionalSystemCall(
        name: "prlimit64", meaning: "for the calling process, named as 0",
        alternatives: [[ArgumentCondition(argument: 0, values: [0])]])

    // PRIO_PROCESS, PRIO_PGRP; not PRIO_USER, which is the gate as well.
    private static let priority = ConditionalSystemCall(
        name: "setpriority", meaning: "for the calling process or its group, named as 0",
        alternatives: [[ArgumentCondition(argument: 0, values: [0, 1]), ArgumentCondition(argument: 1, values: [0])]])

    private static let affinity = ConditionalSystemCall(
        name: "sched_setaffinity", meaning: "for the calling process, named as 0",
        alternatives: [[ArgumentCondition(argument: 0, values: [0])]])
}
