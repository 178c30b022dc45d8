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
package struct JudgedCall: Hashable, Sendable {
    package let name: String
    /// When it is allowed: the end of a sentence that begins with the name.
    package let meaning: String
    /// It is allowed when all conditions of one of these hold.
    let alternatives: [[ArgumentCondition]]
    /// Fails as if the kernel did not have it, in every mode; otherwise it fails as any refused call does.
    var seemsAbsent = false

    /// The judged calls of a service that may open sockets of those families.
    package static func standard(network: Set<SocketFamily>) -> [JudgedCall] {
        [socket(network), socketPair, clone, cloneWithMemory, terminalControl, limits, priority]
    }

    private static func socket(_ network: Set<SocketFamily>) -> JudgedCall {
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
                // Without SOCK_NONBLOCK and SOCK_CLOEXEC: SOCK_STREAM or SOCK_DGRAM.
                ArgumentCondition(argument: 1, mask: ~0o2004000, values: [1, 2]),
                // The family's own, IPPROTO_TCP, IPPROTO_UDP; no SCTP, L2TP or what a module may bring.
                ArgumentCondition(argument: 2, values: [0, 6, 17]),
            ])
        }
        let names = SocketFamily.allCases.filter(network.contains).map(\.rawValue)
        return JudgedCall(
            name: "socket",
            meaning: names.isEmpty
                ? "for no family: the service's `network` names none"
                : "for the families \(names.joined(separator: ", ")): of inet and inet6 TCP and UDP, of netlink the "
                    + "routing tables",
            alternatives: alternatives)
    }

    private static let socketPair = JudgedCall(
        name: "socketpair", meaning: "for the family unix",
        alternatives: [[ArgumentCondition(argument: 0, values: [1])]])

    // CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET. CLONE_NEWTIME lies in the bits that clone(2) takes
    // for the exit signal: only clone3 can ask for it. The flags are the first argument on x86-64 and aarch64.
    private static let clone = JudgedCall(
        name: "clone", meaning: "without new namespaces",
        alternatives: [[ArgumentCondition(argument: 0, mask: 0x7e02_0000, values: [0])]])

    // Its flags are in memory. A C library that is told that there is none uses clone.
    private static let cloneWithMemory = JudgedCall(
        name: "clone3", meaning: "never: it fails with ENOSYS, so that C libraries use clone", alternatives: [],
        seemsAbsent: true)

    // TIOCSTI, TIOCLINUX, TIOCSETD: they write into a terminal's input, and give it a line discipline.
    private static let terminalControl = JudgedCall(
        name: "ioctl", meaning: "but for TIOCSTI, TIOCLINUX and TIOCSETD",
        alternatives: [[ArgumentCondition(argument: 1, test: .isNoneOf, values: [0x5412, 0x541c, 0x5423])]])

    // The gate and the other handlers have the same user: a limit that is lowered is lowered for good.
    private static let limits = JudgedCall(
        name: "prlimit64", meaning: "for the calling process, named as 0",
        alternatives: [[ArgumentCondition(argument: 0, values: [0])]])

    // PRIO_PROCESS, PRIO_PGRP; not PRIO_USER, which is the gate as well.
    private static let priority = JudgedCall(
        name: "setpriority", meaning: "for the calling process or its group, named as 0",
        alternatives: [[ArgumentCondition(argument: 0, values: [0, 1]), ArgumentCondition(argument: 1, values: [0])]])
}
