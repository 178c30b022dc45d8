import Addresses
import HostDefinition
import LinuxSystem
import ProcessSetup
import ServiceModel
import TestSupport
import Testing

@testable import Supervisor

struct SupervisorDeadlineTests {
    /// A supervisor without services, in a process of its own, at a time when it has nothing to wait for.
    private static func supervisor(in directory: TemporaryDirectory) throws -> Supervisor {
        var settings = HostSettings()
        settings.state = directory.path + "/state"
        let wire = try directory.write("wire", bytes: HostDefinition(settings: settings).wire)
        let command = DefinitionCommand(try OwnProgram(opening: "/bin/cat"), arguments: ["cat", wire])
        let supervisor = try Supervisor(reader: command, programs: try idlePrograms(), readyNumber: nil)
        try forgetLogWriter(of: supervisor)
        return supervisor
    }

    @Test("the loop wakes for the deadline of each of its owners", arguments: SupervisorOwner.allCases)
    func wakes(for owner: SupervisorOwner) async {
        await #expect(processExitsWith: .success) { [owner] in
            // A process with one thread: the kernel lists children by the thread that started them.
            let status = try ChildProcesses.forked {
                let directory = try TemporaryDirectory()
                let supervisor = try Self.supervisor(in: directory)
                let now = Clock.monotonicNanoseconds()
                guard supervisor.timeout(at: now) == nil else { return 1 }
                try makeWait(owner, supervisor, at: now)
                return supervisor.timeout(at: now) == nil ? 2 : 0
            }
            #expect(status == 0)
        }
    }
}

extension SupervisorDeadlineTests {
    @Test("the loop wakes for a child that has to report, and kills it when it does not")
    func lateChild() async {
        await #expect(processExitsWith: .success) {
            let status = try ChildProcesses.forked {
                let directory = try TemporaryDirectory()
                let supervisor = try Self.supervisor(in: directory)
                let now = Clock.monotonicNanoseconds()
                let pid = try Processes.fork()
                if pid == 0 { ProcessActs.sleepForever() }
                let channel = try ProcessChannel().takeParentEnd()
                let process = WorkerProcess(.resolver, pid: pid, channel: channel, startedAt: now)
                supervisor.descendants.roster.add(.worker(process), 77)
                guard supervisor.timeout(at: now) == ChildLife.startNanoseconds else { return 1 }
                let due = now + ChildLife.startNanoseconds
                supervisor.endLateChildren(at: due - 1)
                guard process.life.state == .starting else { return 2 }
                supervisor.endLateChildren(at: due)
                guard supervisor.timeout(at: now) == nil, ChildProcesses.status(of: pid) == -1 else { return 3 }
                guard process.problem == "it did not report within 10 seconds" else { return 4 }
                return 0
            }
            #expect(status == 0)
        }
    }
}

/// Gives the owner something to wait for.
private func makeWait(_ owner: SupervisorOwner, _ supervisor: Supervisor, at now: Int64) throws {
    switch owner {
    case .loop: supervisor.loop.hasMoreEnds = true
    case .process:
        supervisor.beginStop(graceNanoseconds: 1, at: now)
    case .files: supervisor.requestReload(by: nil)
    case .services:
        let service = WantedService(
            ServiceDefinition(
                service: Service(
                    name: "a", file: "a.toml", listen: [],
                    handler: HandlerCommand(path: "/bin/cat", arguments: ["cat"]),
                    identity: Identity(user: .dynamic)), activation: .enabled, listeners: []))
        service.restart.failed(at: now)
        supervisor.services.add(service)
    case .descendants:
        let pid = try Processes.fork()
        if pid == 0 { ProcessActs.sleepForever() }
        supervisor.tell(supervisor.descendants.terminateOrphans(at: now))
        Processes.signal(pid, .kill)
    case .bans:
        _ = supervisor.block(try IPPrefix("192.0.2.7/32"), reason: "", length: nil, at: now)
    case .resolver: _ = supervisor.resolver.notStarted(SystemError("fork", .again), at: now)
    case .log: _ = supervisor.log.worker.notStarted(SystemError("fork", .again), at: now)
    case .control:
        _ = supervisor.control.close()
        _ = try Commands.run(
            try OwnProgram(opening: "/bin/rm"), ["rm", "-r", supervisor.settings.state], mostBytes: 0,
            withinNanoseconds: 10_000_000_000)
        _ = try Commands.run(
            try OwnProgram(opening: "/usr/bin/touch"), ["touch", supervisor.settings.state], mostBytes: 0,
            withinNanoseconds: 10_000_000_000)
        supervisor.openControl(at: now)
    }
}
