// Network namespaces on one bridge, each like a machine of its own: packets pass the whole network stack between them.
// No namespace has a name, which another test could use too: a process holds each one. That process ends with the test,
// in whatever way the test ends, because its input ends.
import Foundation
import Glibc

// setns(2) changes the namespace of one thread. Glibc's module does not export it.
private let enter = unsafeBitCast(dlsym(nil, "setns"), to: (@convention(c) (Int32, Int32) -> Int32).self)
private let anyNamespace: Int32 = 0

/// A network namespace, as long as this object lives and as long as a process is in it.
///
/// It is Sendable because nothing of it changes until the test ends.
final class Machine: @unchecked Sendable {
    /// Its address on the bridge. It has every other address of that /24 too.
    let address: String
    private let holder: Child
    private var isOver = false

    fileprivate init(address: String) throws {
        self.address = address
        holder = try Child(
            ["unshare", "--net", "sh", "-c", "echo; exec cat"], variables: ["PATH": "/usr/bin:/bin"])
        // The process writes a line when the namespace exists.
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

    /// The beginning of a command that runs on this machine. nsenter(1) executes the command and so keeps its pid.
    var prefix: [String] { ["nsenter", "--net", "--target", "\(holder.pid)"] }

    /// An address of this machine.
    func address(_ number: Int) -> String {
        address.split(separator: ".").dropLast().joined(separator: ".") + ".\(number)"
    }

    /// Runs a function on this machine. A socket that the function makes stays in this machine's network.
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
    ///   - number: which of the machine's addresses the client has.
    ///   - timeoutMilliseconds: of the connection, and of each read.
    func client(_ number: Int = 1, to other: Machine, port: UInt16, timeoutMilliseconds: Int = 10_000) throws -> Client
    {
        let source = address(number)
        return try inside {
            try Client(port: port, address: other.address, source: source, timeoutMilliseconds: timeoutMilliseconds)
        }
    }

    /// The whole answer that a client on this machine gets for these bytes and the end of its input.
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

    /// Whether the tests may make network namespaces, and ip(8) is there.
    static let arePossible = isRoot && access("/usr/sbin/ip", X_OK) == 0

    /// Makes that many machines and joins them by the bridge. Their addresses are 198.18.1.1, 198.18.2.1 and so on.
    /// Source of the range: RFC 2544, C.2.2.
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

    /// Ends the machines. A test calls this by `defer`, so that they live as long as it runs.
    func end() {
        for machine in machines + [bridge] { machine.end() }
    }
}
