import Control
import HostDefinition
import LinuxSystem
import ServiceModel
import TestSupport
import Testing
import Wire

@testable import Supervisor

/// The files of a host, and control clients that wait for a reload.
private final class Rig {
    private var files: HostFiles
    private let server: ControlSocket
    private let path: String

    init(in directory: TemporaryDirectory) throws {
        path = directory.path + "/control"
        server = try ControlSocket(path: path)
        files = HostFiles(
            HostSettings(), reader: DefinitionCommand(try OwnProgram(opening: "/bin/false"), arguments: ["false"]))
    }

    /// A client of `reload`, and its end of the connection.
    func client() throws -> (there: ControlClient, here: Here) {
        let here = Here(try ControlSocket.connect(to: path))
        guard let connection = try server.accept() else { throw SystemError("accept", .again) }
        return (ControlClient(connection, room: nil), here)
    }

    final class Here {
        private let channel: MessageChannel
        init(_ channel: consuming MessageChannel) { self.channel = channel }

        /// The answer; nil when there is none yet.
        func answer() throws -> ControlReply? {
            var poller = try Poller()
            try poller.add(channel.number, token: 1)
            guard try poller.wait(timeoutNanoseconds: 0) > 0, case .message(_, var passed) = try channel.receive(),
                let memory = passed.first.take()
            else { return nil }
            let bytes = try SharedBytes(mapping: memory).array
            return ControlReply(wireBytes: bytes)
        }
    }

    var hasWaiting: Bool { files.hasWaiting }
    var isFull: Bool { files.isFull }
    var deadline: Int64? { files.deadline }
    func request(by client: ControlClient?) { files.reading.request(by: client) }
    func wait(_ clients: [ControlClient], faults: [Problem] = []) { files.wait(clients, faults: faults) }
    func answer(_ services: Int) { files.answer(services: services, failures: []) }
    func cancel() -> [ControlClient] { files.cancel() }
}

struct HostFilesTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    @Test("a client waits until its reload has taken effect, and is told the faults of its own reading")
    func answered() throws {
        let rig = try Rig(in: directory)
        let (first, second) = (try rig.client(), try rig.client())
        let fault = Problem(nil, message: "no")
        rig.wait([first.there])
        rig.wait([second.there], faults: [fault])
        #expect(rig.hasWaiting)
        #expect(try first.here.answer() == nil)
        rig.answer(3)
        #expect(try first.here.answer() == .reloaded(ReloadReport(services: 3, faults: [], failures: [])))
        #expect(try second.here.answer() == .reloaded(ReloadReport(services: 3, faults: [fault], failures: [])))
        #expect(!rig.hasWaiting)
    }

    @Test("a reading that is wanted is due at once")
    func deadline() throws {
        let rig = try Rig(in: directory)
        #expect(rig.deadline == nil)
        rig.request(by: nil)
        #expect(rig.deadline == 0)
    }

    @Test("clients that wait for a reading and those that wait for its effect share one limit")
    func full() throws {
        let rig = try Rig(in: directory)
        let client = try rig.client()
        for _ in 0..<32 { rig.wait([client.there]) }
        for _ in 0..<31 { rig.request(by: client.there) }
        #expect(!rig.isFull)
        rig.request(by: client.there)
        #expect(rig.isFull)
    }

    @Test("a stop gives up every client that waits, once")
    func cancelled() throws {
        let rig = try Rig(in: directory)
        let (first, second) = (try rig.client(), try rig.client())
        rig.wait([first.there])
        rig.request(by: second.there)
        let given = rig.cancel()
        #expect(given.count == 2 && given.contains { $0 === first.there } && given.contains { $0 === second.there })
        #expect(rig.cancel().isEmpty)
        #expect(!rig.hasWaiting && rig.deadline == nil)
    }
}

struct OwnProcessTests {
    private func process(in directory: TemporaryDirectory, ready: Int32? = nil) throws -> OwnProcess {
        OwnProcess(
            lock: try StateLock(directory.path + "/state"), programs: try idlePrograms(), readyNumber: ready)
    }

    @Test("the network namespace without interfaces is made once", .enabled(if: Accounts.isRoot, "needs root"))
    func network() throws {
        var process = try process(in: try TemporaryDirectory())
        let (first, second) = (try process.emptyNetworkNumber(), try process.emptyNetworkNumber())
        #expect(first == second)
    }

    @Test("the readiness descriptor is closed when it was taken and used")
    func ready() throws {
        let ends = try streamEnds()
        let number = try duplicate(ends.far.number).release()
        let near = ends.takeNear()
        var process = try process(in: try TemporaryDirectory(), ready: number)
        try process.ready.take()?.writeAll([7].span)
        #expect(try readAll(near) == [7])
        let isGone = process.ready == nil
        #expect(isGone)
    }
}
