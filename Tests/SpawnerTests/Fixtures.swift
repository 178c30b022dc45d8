// What the tests of this target share: a service, a connection, and the output of a handler that a plan starts.
// Every test that spawns is an exit test: in a process of its own it can count children and descriptors.
import Addresses
import LinuxSystem
import ServiceModel
import TestSupport
import Testing

@testable import Spawner

func service(_ path: String, _ arguments: [String] = []) -> Service {
    Service(
        name: "probe", file: "probe.toml", listen: [],
        handler: HandlerCommand(path: path, arguments: [String(path.split(separator: "/").last ?? "x")] + arguments),
        identity: Identity(user: .dynamic))
}

func shell(_ script: String) -> Service { service("/bin/sh", ["-c", script]) }

let tcpFacts = ConnectionFacts(
    peer: .ip(.v4(0xc000_0207), port: 4242), local: .ip(.v4(0x7f00_0001), port: 25), sourceCount: 3,
    id: ConnectionID(pid: 42, number: 7))

let unixFacts = ConnectionFacts(
    peer: .unix(uid: 1000, gid: 100, pid: 77), local: .unix(path: "/run/probe.sock"), sourceCount: 1,
    id: ConnectionID(pid: 42, number: 8))

/// A plan; its null and its log belong to the caller.
func makePlan(
    _ service: Service, limits: [ResourceLimit] = [], log: Int32 = 2, confinement: ChildConfinement = .none
) throws -> SpawnPlan {
    SpawnPlan(
        service: service, limits: limits, log: log, null: try Startup.openNull().release(), confinement: confinement)
}

/// Starts a handler, gives it the input, and returns what it wrote until its end.
func run(
    _ plan: inout SpawnPlan, rule: Int? = nil, facts: ConnectionFacts = tcpFacts, input: String = ""
) throws -> String {
    let ends = try streamEnds()
    if !input.isEmpty { try ends.near.writeAll(Array(input.utf8).span) }
    let pid = try plan.spawn(ends.far, rule: rule, facts: facts)
    let output = text(try readAll(ends.takeNear()))
    guard ChildProcesses.status(of: pid) == 0 else { return "the handler failed" }
    return output
}

/// Starts a handler that fails before exec, waits for its end, and returns the plan's failure.
func failure(of plan: inout SpawnPlan) throws -> LaunchFailure? {
    let ends = try streamEnds()
    let pid = try plan.spawn(ends.far, rule: nil, facts: tcpFacts)
    let end = try Processes.waitForEnd(of: pid)
    let failure = plan.takeFailure(of: pid)
    if failure != nil, end != .exited(status: 127) { throw SystemError("end of a failed child", .invalid) }
    // This process still has the connection; its peer reads nothing but the end.
    if failure != nil, try !readAll(ends.takeNear()).isEmpty {
        throw SystemError("silence of a failed child", .invalid)
    }
    return failure
}

func lines(_ text: String) -> [String] { text.split(separator: "\n").map(String.init) }
