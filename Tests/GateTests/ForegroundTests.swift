import Addresses
import LinuxSystem
import Sandbox
import ServiceModel
import TestSupport
import Testing

@testable import Gate
@testable import Spawner

private func setup(_ service: Service) throws -> ForegroundSetup {
    ForegroundSetup(
        sandbox: try sandboxPlan(service), peer: .ip(.v4(0xc000_0201), port: 0),
        local: .ip(.v4(0xc000_0202), port: 25), rule: nil, lists: 0)
}

/// A connection in the foreground whose programs are no processes.
private struct World: ~Copyable {
    let starter = StarterDouble()
    private let silence: HandlerPipe
    var foreground: Foreground<StarterDouble>

    init(isShort: Bool = false, _ change: (inout Service) -> Void = { _ in }) throws {
        let silence = try HandlerPipe()
        let ends = SignalQueue(adopting: try Descriptor.duplicate(of: silence.readerNumber))
        let orders = SignalQueue(adopting: try Descriptor.duplicate(of: silence.readerNumber))
        starter.lacksProcesses = isShort
        foreground = Foreground(
            try setup(makeService(change)), input: try Startup.openNull(), output: try Startup.openNull(),
            children: Children(starter, signals: ends, list: try ChildList()), orders: orders, at: 0)
        self.silence = silence
    }

    /// The process that was started as this one ends.
    mutating func end(
        _ index: Int, status: Int32 = 0, _ failure: LaunchFailure? = nil, at now: Int64 = 0
    ) throws -> ForegroundEnd? {
        starter.end(StarterDouble.firstPID + Int32(index), .exited(status: status), failure)
        return try foreground.turn(at: now)
    }
}

/// What a client gets that sends this, and how its connection ended, in a service on this machine. In a forked child of
/// an exit test, with one thread as the process of `doorward exec` has.
private func served(_ service: Service, _ input: String = "") throws -> (output: String, end: String) {
    let source = try streamEnds()
    let sink = try streamEnds()
    let log = try streamEnds()
    let setup = try setup(service)
    try source.near.writeAll(Array(input.utf8).span)
    _ = source.near.endOutput()
    let status = try ChildProcesses.forked {
        ChildProcesses.replaceStream(0, by: source.far)
        ChildProcesses.replaceStream(1, by: sink.far)
        ChildProcesses.replaceStream(2, by: log.far)
        let end = try Foreground.serve(setup)
        StandardError.write("\(shown(end.handler)) \(shown(end.failedFilter)) \(end.failures.map(\.stage))")
        return 0
    }
    #expect(status == 0)
    return (text(try readAll(sink.takeNear())), text(try readAll(log.takeNear())))
}

private func shown(_ way: ProcessEnd.Way?) -> String {
    switch way {
    case .exited(let status): "\(status)"
    case .killed(let signal, _): signal.name
    case nil: "-"
    }
}

struct ForegroundTests {
    @Test("programs start from the end of the chain, and the connection is over when the last of them has ended")
    func chain() throws {
        var world = try World {
            $0.inputFilters = [.none]
            $0.outputFilters = [.none]
        }
        #expect(world.starter.positions == [2, 1, 0])
        let ends = [try world.end(2), try world.end(1, status: 7), try world.end(0)]
        #expect(ends == [nil, nil, ForegroundEnd(handler: .exited(status: 7))])
    }

    @Test("a program that did not start is named by its stage and errno")
    func unstarted() throws {
        var world = try World()
        let failure = LaunchFailure(stage: "execute", errno: .noEntry)
        let end = try world.end(0, status: 127, failure)
        #expect(end == ForegroundEnd(handler: .exited(status: 127), failures: [failure]))
    }

    @Test("without a process for a program the connection ends at once")
    func lack() throws {
        var world = try World(isShort: true)
        let end = try world.foreground.turn(at: 0)
        #expect(end == ForegroundEnd(lack: SystemError("clone", .again)))
    }

    @Test("the lifetime of the service does not count; a second after an end the search for what is left is due")
    func deadlines() throws {
        var world = try World {
            $0.limits.lifetime = .at(.seconds(1))
            $0.outputFilters = [.none]
        }
        let before = world.foreground.deadline
        let none = try world.end(0, at: 5)
        let sweep = world.foreground.deadline
        #expect(before == nil && none == nil && sweep == 5 + Sweep.afterNanoseconds)
        let end = try world.end(1)
        #expect(end?.handler == .exited(status: 0))
    }

    @Test("a process that a program leaves between two others is killed, so that the next one reads its end")
    func orphan() async {
        await #expect(processExitsWith: .success) {
            // The handler's child takes a session of its own, says so, and holds the output open.
            let service = shell("exec 4>&1; { setsid sh -c 'echo; exec sleep 100 >&4' & } | read go; exit 0") {
                $0.outputFilters = [HandlerCommand(path: "/bin/cat", arguments: ["cat"])]
            }
            let found = try served(service)
            #expect(found == ("", "0 - []\n"))
        }
    }

    @Test("descriptors 0 and 1 are the connection of a handler, in the sandbox of its service")
    func handler() async {
        await #expect(processExitsWith: .success) {
            let found = try served(shell("read a; echo $a $TCPREMOTEIP; cat /etc/passwd 2> /dev/null; exit 9"), "x\n")
            #expect(found == ("x 192.0.2.1\n", "9 - []\n"))
        }
    }

    @Test("TERM ends the handler, and with it the connection")
    func order() async {
        await #expect(processExitsWith: .success) {
            let service = shell("kill $PPID; exec sleep 100") { $0.sandbox.landlock = .off }
            let found = try served(service)
            #expect(found == ("", "TERM - []\n"))
        }
    }

    @Test("with filters the client gets what the last of them writes")
    func filters() async {
        await #expect(processExitsWith: .success) {
            let filter = HandlerCommand(path: "/usr/bin/tr", arguments: ["tr", "a-y", "b-z"])
            let service = shell("cat") { ($0.inputFilters, $0.outputFilters) = ([filter], [filter]) }
            let found = try served(service, "a\n")
            #expect(found == ("c\n", "0 - []\n"))
        }
    }

    @Test("the errors of a handler go where its service says: to the client, with a filter too")
    func errors() async {
        await #expect(processExitsWith: .success) {
            let service = shell("cat; echo e >&2") {
                $0.standardError = .socket
                $0.inputFilters = [HandlerCommand(path: "/bin/cat", arguments: ["cat"])]
            }
            let found = try served(service, "a\n")
            #expect(found == ("a\ne\n", "0 - []\n"))
        }
    }

    @Test("a filter that fails ends the handler, and is named")
    func failedFilter() async {
        await #expect(processExitsWith: .success) {
            let service = shell("exec sleep 100") {
                $0.outputFilters = [HandlerCommand(path: "/bin/sh", arguments: ["sh", "-c", "exit 3"])]
            }
            let found = try served(service)
            #expect(found == ("", "TERM 3 []\n"))
        }
    }

    @Test("a handler that cannot be executed did not start, whatever its filters do")
    func notExecutable() async {
        await #expect(processExitsWith: .success) {
            let service = makeService {
                $0.handler = HandlerCommand(path: "/etc/passwd", arguments: ["passwd"])
                $0.outputFilters = [HandlerCommand(path: "/bin/cat", arguments: ["cat"])]
            }
            let found = try served(service)
            #expect(found == ("", "127 - [\"execute\"]\n"))
        }
    }
}
