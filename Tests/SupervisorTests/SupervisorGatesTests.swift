import HostDefinition
import LinuxSystem
import Messages
import ProcessSetup
import ServiceModel
import TestSupport
import Testing

@testable import Supervisor

/// A process in the place of a gate. It ends when it is killed, or when this value is destroyed.
private struct IdleProcess: ~Copyable {
    let pid: Int32
    private let lifeline: Descriptor

    init() throws {
        let ends = try streamEnds()
        pid = try Self.forked(waitingFor: ends.near)
        lifeline = ends.takeFar()
    }

    /// Lets the process end by itself.
    consuming func end() {}

    private static func forked(waitingFor lifeline: borrowing Descriptor) throws -> Int32 {
        let pid = try Processes.fork()
        guard pid == 0 else { return pid }
        do {
            try Startup.closeAll(but: [lifeline.number])
            _ = try readOnce(lifeline)
            Processes.exit(0)
        } catch {
            Processes.exit(1)
        }
    }
}

/// A supervisor with definitions that contain no service.
private func supervisorOfNothing(in directory: TemporaryDirectory) throws -> Supervisor {
    var settings = HostSettings()
    settings.state = directory.path + "/state"
    let wire = try directory.write("wire", bytes: HostDefinition(settings: settings).wire)
    let supervisor = try Supervisor(
        reader: DefinitionCommand(try OwnProgram(opening: "/bin/cat"), arguments: ["cat", wire]),
        programs: try idlePrograms(), readyNumber: nil)
    try forgetLogWriter(of: supervisor)
    return supervisor
}

/// A service without addresses.
private let definition = ServiceDefinition(
    service: Service(
        name: "a", file: "a.toml", listen: [], handler: HandlerCommand(path: "/bin/cat", arguments: ["cat"]),
        identity: Identity(user: .dynamic)), activation: .enabled, listeners: [])

/// A gate of `definition`.
private func gateProcess(_ pid: Int32, channel: consuming ParentEnd) throws -> GateProcess {
    GateProcess(
        pid: pid, channel: channel, definition: definition, listeners: [], group: nil,
        counters: try SharedCounters.ofGate(), sourcePrefix: SourcePrefix(), startedAt: 0)
}

struct SupervisorGatesTests {
    @Test(
        "a gate that sends an invalid message is killed, and the supervisor goes on",
        arguments: [Array("R\u{1}R".utf8), Array("O\u{1}".utf8), Array("S\u{1}\0".utf8), Array("H\u{1}".utf8) + [0xff]])
    func nonsense(bytes: [UInt8]) async {
        await #expect(processExitsWith: .success) { [bytes] in
            let directory = try TemporaryDirectory()
            let supervisor = try supervisorOfNothing(in: directory)
            let idle = try IdleProcess()
            let channel = try ProcessChannel()
            let gateEnd = try childEnd(of: channel)
            let wanted = WantedService(definition)
            let gate = try gateProcess(idle.pid, channel: channel.takeParentEnd())
            wanted.serving = gate
            supervisor.services.add(wanted)
            try supervisor.loop.poller.add(gate.channel.number, .child(77))
            // A valid message before it changes nothing, and neither does a report that comes twice.
            gateEnd.offer(GateMessage.ready.bytes)
            gateEnd.offer(bytes)
            try supervisor.handleMessages(of: gate, at: 0)
            let status = ChildProcesses.status(of: idle.pid)
            #expect(status == -1)
        }
    }

    @Test("a gate that sends bytes that are no message is killed, and the supervisor goes on")
    func malformed() async {
        await #expect(processExitsWith: .success) {
            let directory = try TemporaryDirectory()
            let supervisor = try supervisorOfNothing(in: directory)
            let idle = try IdleProcess()
            let channel = try ProcessChannel()
            let writer = try duplicate(channel.child.numbers.reports)
            let gate = try gateProcess(idle.pid, channel: channel.takeParentEnd())
            try supervisor.loop.poller.add(gate.channel.number, .child(77))
            try writer.writeAll([0xff, 0xff].span)
            try supervisor.handleMessages(of: gate, at: 0)
            let status = ChildProcesses.status(of: idle.pid)
            #expect(status == -1)
        }
    }

    @Test(
        "what a gate or a resolver has sent after nonsense does not wake the loop",
        arguments: [[0xff, 0xff, 0xff, 0xff], [2, 0, 0x52, 1, 3, 0, 0x52, 1, 1, 3, 0, 0x52, 1, 1]] as [[UInt8]])
    func afterNonsense(bytes: [UInt8]) async {
        await #expect(processExitsWith: .success) { [bytes] in
            let directory = try TemporaryDirectory()
            let supervisor = try supervisorOfNothing(in: directory)
            let gateIdle = try IdleProcess()
            let resolverIdle = try IdleProcess()
            let gateChannel = try ProcessChannel()
            let resolverChannel = try ProcessChannel()
            for number in [gateChannel.child.numbers.reports, resolverChannel.child.numbers.reports] {
                try duplicate(number).writeAll(bytes.span)
            }
            let gate = try gateProcess(gateIdle.pid, channel: gateChannel.takeParentEnd())
            let resolver = WorkerProcess(
                .resolver, pid: resolverIdle.pid, channel: resolverChannel.takeParentEnd(), startedAt: 0)
            try supervisor.loop.poller.add(gate.channel.number, .child(77))
            try supervisor.loop.poller.add(resolver.channel.number, .child(78))
            let before = try supervisor.loop.poller.wait(timeoutNanoseconds: 0)
            #expect(before == 2)
            for _ in 0..<2 where !gate.flow.isClosed { try supervisor.handleMessages(of: gate, at: 0) }
            for _ in 0..<2 { try supervisor.handleMessages(of: resolver, at: 0) }
            let after = try supervisor.loop.poller.wait(timeoutNanoseconds: 0)
            #expect(after == 0)
            let ends = [gateIdle.pid, resolverIdle.pid].map { ChildProcesses.status(of: $0) }
            #expect(ends == [-1, -1])
        }
    }

    @Test(
        "a message of an unknown kind is ignored: the gate lives, and its later messages are read",
        arguments: [[0], Array("X".utf8), [UInt8](repeating: 0xff, count: 1024)])
    func unknown(bytes: [UInt8]) async {
        await #expect(processExitsWith: .success) { [bytes] in
            let directory = try TemporaryDirectory()
            let supervisor = try supervisorOfNothing(in: directory)
            let idle = try IdleProcess()
            let channel = try ProcessChannel()
            let gateEnd = try childEnd(of: channel)
            let wanted = WantedService(definition)
            let gate = try gateProcess(idle.pid, channel: channel.takeParentEnd())
            wanted.starting = gate
            supervisor.services.add(wanted)
            gateEnd.offer(bytes)
            gateEnd.offer(bytes)
            gateEnd.offer(GateMessage.ready.bytes)
            try supervisor.handleMessages(of: gate, at: 0)
            let serving = wanted.serving?.pid
            #expect(serving == idle.pid)
            let pid = idle.pid
            idle.end()
            let status = ChildProcesses.status(of: pid)
            #expect(status == 0)
        }
    }

    @Test("a gate that reports ready and dies before the report is read never serves; it is started again")
    func deadBeforeHeard() async {
        await #expect(processExitsWith: .success) {
            let directory = try TemporaryDirectory()
            let supervisor = try supervisorOfNothing(in: directory)
            let idle = try IdleProcess()
            let channel = try ProcessChannel()
            let gateEnd = try childEnd(of: channel)
            let service = WantedService(definition)
            let gate = try gateProcess(idle.pid, channel: channel.takeParentEnd())
            service.starting = gate
            supervisor.descendants.roster.add(.gate(gate), 77)
            supervisor.services.add(service)
            gateEnd.offer(GateMessage.ready.bytes)
            Processes.signal(idle.pid, .kill)
            // When kill(2) returns, the signal is pending; the child becomes a zombie soon after.
            while service.starting != nil { try supervisor.reapChildren(at: 0) }
            let serving = service.serving?.pid
            #expect(serving == nil)
            let retryAt = service.restart.at
            #expect(retryAt != nil)
        }
    }
}
