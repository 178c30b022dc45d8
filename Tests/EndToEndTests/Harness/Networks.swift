// Machines of a test's own: network namespaces on one bridge, with everything in between that real packets pass.
// Nothing has a name that another test could use too: a namespace is known by the process that holds it, and that one ends
// when the test does, in whatever way, because its input ends.
import Foundation
import Glibc

// Source: setns(2), which is for one thread. Glibc's module does not show it.
private let enter = unsafeBitCast(dlsym(nil, "setns"), to: (@convention(c) (Int32, Int32) -> Int32).self)
private let anyNamespace: Int32 = 0

/// A network namespace, as long as this object lives and as long as a process is in it.
///
/// Sendable: nothing of it changes until the test is over.
final class Machine: @unchecked Sendable {
    /// Its address on the wire. Everything else in its /24 is its own too.
    let address: String
    private let holder: Child
    private var isOver = false

    fileprivate init(address: String) throws {
        self.address = address
        holder = try Child(
            ["unshare", "--net", "sh", "-c", "echo; exec cat"], variables: ["PATH": "/usr/bin:/bin"])
        // The line: the namespace is there.
        guard holder.output.availableData.count == 1 else {
            let reason = String(decoding: holder.error.availableData, as: UTF8.self)
            throw HarnessError("no network namespace: \(reason)")
        }
    }

    deinit { end() }

    fileprivate func end() {
        guard !isOver else { return }
        isOver = true
        kill(holder.pid, SIGKILL)
        _ = holder.wait()
    }

    fileprivate var pid: Int32 { holder.pid }

    /// What a command has in front of it to run on this machine; its pid stays what it would be.
    var prefix: [String] { ["nsenter", "--net", "--target", "\(holder.pid)"] }

    /// An address of this machine.
    func address(_ number: Int) -> String {
        address.split(separator: ".").dropLast().joined(separator: ".") + ".\(number)"
    }

    /// Does something on this machine: a socket that is made there stays there.
    func inside<Result>(_ act: () throws -> Result) throws -> Result {
        let home = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC)
        let here = open("/proc/\(holder.pid)/ns/net", O_RDONLY | O_CLOEXEC)
        defer { for fd in [home, here] where fd >= 0 { close(fd) } }
        guard home >= 0, enter(here, anyNamespace) == 0 else { throw HarnessError("no way in: errno \(errno)") }
        defer { precondition(enter(home, anyNamespace) == 0, "no way back: errno \(errno)") }
        return try act()
    }

    /// A client on this machine.
    ///
    /// - Parameters:
    ///   - number: which of its addresses the client has.
    ///   - timeoutMilliseconds: in milliseconds.
    func client(_ number: Int = 1, to other: Machine, port: UInt16, timeoutMilliseconds: Int = 10_000) throws -> Client
    {
        let source = address(number)
        return try inside {
            try Client(port: port, address: other.address, source: source, timeoutMilliseconds: timeoutMilliseconds)
        }
    }

    /// What a client on this machine gets for these bytes, and the end.
    func answer(_ number: Int = 1, from other: Machine, port: UInt16, to bytes: String) throws -> String {
        let client = try client(number, to: other, port: port)
        client.send(bytes)
        client.shutdownWrite()
        return client.readToEnd()
    }
}

/// The machines, and the bridge between them.
final class Networks {
    private let bridge: Machine
    let machines: [Machine]

    /// Whether there can be any.
    static let arePossible = isRoot && access("/usr/sbin/ip", X_OK) == 0

    /// Joins that many new machines; they are 198.18.1.1, 198.18.2.1 and so on. Source of the addresses: RFC 2544, C.2.2.
    init(_ count: Int) throws {
        bridge = try Machine(address: "")
        machines = try (1...count).map { try Machine(address: "198.18.\($0).1") }
        var lines = ["link add bridge type bridge", "link set bridge up"]
        for (index, machine) in machines.enumerated() {
            lines += [
                "link add port\(index) type veth peer name wire netns \(machine.pid)",
                "link set port\(index) master bridge up",
            ]
        }
        try ip(lines, on: bridge)
        for machine in machines {
            try ip(
                [
                    "link set lo up", "address add \(machine.address)/15 dev wire", "link set wire up",
                    "route add local \(machine.address(0))/24 dev lo",
                ], on: machine)
        }
    }

    private func ip(_ lines: [String], on machine: Machine) throws {
        let outcome = try run(
            machine.prefix + ["ip", "-batch", "-"], input: lines.joined(separator: "\n") + "\n")
        guard outcome.status == 0 else { throw HarnessError("ip: \(outcome.error)") }
    }

    /// Takes the wires away. To be called by `defer`: so the machines live as long as the test.
    func end() {
        for machine in machines + [bridge] { machine.end() }
    }
}
