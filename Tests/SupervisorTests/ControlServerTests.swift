import Control
import Glibc
import LinuxSystem
import TestSupport
import Testing
import Wire

@testable import Supervisor

struct ControlServerTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private var path: String { directory.path + "/state/control" }

    private func rig() throws -> Rig { try Rig(directory.path + "/state") }

    @Test("a client's request arrives, and its answer")
    func request() throws {
        let rig = try rig()
        #expect(rig.open(at: 0) == nil)
        let client = try ControlSocket.connect(to: path)
        rig.accept(at: 0)
        #expect(rig.isClient(101))
        try client.send(ControlRequest.status.wireBytes)
        let asked = try #require(rig.request(of: 101))
        #expect(asked.request == .status)
        asked.client.reply(.refused(.stopping))
        guard case .message([1], let passed) = try client.receive(), passed.first != nil else {
            Issue.record("no answer")
            return
        }
        #expect(!rig.isClient(101))
        #expect(rig.deadline == nil)
    }

    @Test("an unknown request is one, and a client that closes has none")
    func unknown() throws {
        let rig = try rig()
        #expect(rig.open(at: 0) == nil)
        do {
            let client = try ControlSocket.connect(to: path)
            rig.accept(at: 0)
            try client.send([0xff, 0xff])
            let asked = try #require(rig.request(of: 101))
            #expect(asked.request == nil)
        }
        _ = try ControlSocket.connect(to: path)
        rig.accept(at: 0)
        #expect(rig.request(of: 102) == nil)
    }

    @Test("a client that asks nothing in time is dropped")
    func silent() throws {
        let rig = try rig()
        #expect(rig.open(at: 0) == nil)
        let client = try ControlSocket.connect(to: path)
        rig.accept(at: 1)
        let deadline = try #require(rig.deadline)
        #expect(rig.tend(at: deadline - 1) == nil)
        #expect(rig.isClient(101))
        #expect(rig.tend(at: deadline) == nil)
        #expect(!rig.isClient(101))
        guard case .closed = try client.receive() else {
            Issue.record("its connection is open")
            return
        }
    }

    @Test("a socket whose file is removed or replaced, alone or with its directory, is made again")
    func lost() throws {
        let rig = try rig()
        #expect(rig.open(at: 0) == nil)
        func check(_ act: [String]) throws {
            let result = try Commands.run(
                try OwnProgram(opening: "/bin/" + act[0]), act, mostBytes: 0, withinNanoseconds: 10_000_000_000)
            #expect(result.end == .exited(status: 0))
            while try rig.wait() == 0 {}
            var notice: ControlServer.Notice?
            while notice == nil { notice = rig.fileChanged(at: 5) }
            #expect(notice == .restored)
            _ = try ControlSocket.connect(to: path)
        }
        try check(["rm", path])
        try check(["mv", path, path + ".old"])
        try check(["rm", "-r", directory.path + "/state"])
    }

    @Test("no more than 64 clients wait for the end, and one that has gone away makes room")
    func waiting() throws {
        let rig = try rig()
        #expect(rig.open(at: 0) == nil)
        var clients: [Open] = []
        for number in 1...64 {
            #expect(rig.mayKeep())
            let client = Open(try ControlSocket.connect(to: path))
            rig.accept(at: 0)
            try client.channel.send(ControlRequest.drain.wireBytes)
            rig.keepUntilEnd(try #require(rig.request(of: 100 + UInt64(number))).client)
            clients.append(client)
        }
        #expect(!rig.mayKeep())
        clients.removeLast()
        #expect(rig.mayKeep())
        #expect(clients.count == 63)
    }

    /// An open connection of a client.
    private final class Open {
        let channel: MessageChannel
        init(_ channel: consuming MessageChannel) { self.channel = channel }
    }

    @Test("without a descriptor left one client is served all the same, and others wait, which is told once")
    func exhausted() async {
        await #expect(processExitsWith: .success) {
            let directory = try TemporaryDirectory()
            let path = directory.path + "/state/control"
            let rig = try Rig(directory.path + "/state")
            #expect(rig.open(at: 0) == nil)
            let clients = try (0..<4).map { _ in Open(try ControlSocket.connect(to: path)) }
            // The limit is the number of the next descriptor.
            let next = UInt64(try duplicate(clients[0].channel.number).number)
            let usual = OwnLimits.get(Int32(RLIMIT_NOFILE.rawValue)).soft
            OwnLimits.set(Int32(RLIMIT_NOFILE.rawValue), soft: next)
            let notice = rig.accept(at: 1)
            guard case .paused(let error)? = notice, error.errno.name == "EMFILE" else {
                Issue.record("\(String(describing: notice))")
                return
            }
            #expect(rig.isClient(101))
            // The answer needs a descriptor too.
            try clients[0].channel.send(ControlRequest.status.wireBytes)
            rig.request(of: 101)?.client.reply(.refused(.stopping))
            guard case .message = try clients[0].channel.receive() else {
                Issue.record("no answer")
                return
            }
            let due = 1 + ControlServer.pauseNanoseconds
            #expect(rig.deadline == due)
            #expect(rig.tend(at: due) == nil)
            let again = rig.accept(at: due)
            OwnLimits.set(Int32(RLIMIT_NOFILE.rawValue), soft: usual)
            #expect(again == nil)
            #expect(rig.tend(at: due + ControlServer.pauseNanoseconds) == nil)
            #expect(try rig.wait() > 0)
            #expect(rig.accept(at: due + ControlServer.pauseNanoseconds) == nil)
            #expect(rig.isClient(104))
        }
    }

    @Test("without its directory there is no socket; it is tried again, and its file goes with the server")
    func unserved() throws {
        _ = try directory.write("state", bytes: [])
        let rig = try rig()
        #expect(rig.open(at: 7)?.errno.name == "ENOTDIR")
        let due = try #require(rig.deadline)
        #expect(due == 7 + ControlServer.retryNanoseconds)
        #expect(rig.tend(at: due - 1) == nil)
        try Files.remove(directory.path + "/state")
        #expect(rig.tend(at: due) == .restored)
        #expect(rig.deadline == nil)
        #expect(try Files.isSocket(path) == true)
        #expect(rig.close() == nil)
        #expect(try Files.isSocket(path) != true)
    }
}

/// A server and its poller. A class, because a test's expectations copy what they look at.
private final class Rig {
    private var server: ControlServer
    private var poller: Poller
    private var lastNumber: UInt64 = 100

    init(_ state: String) throws {
        server = ControlServer(state: state)
        poller = try Poller()
    }

    var deadline: Int64? { server.deadline }
    func open(at now: Int64) -> SystemError? { server.open(at: now, &poller) }
    func tend(at now: Int64) -> ControlServer.Notice? { server.tend(at: now, &poller) }
    func fileChanged(at now: Int64) -> ControlServer.Notice? { server.fileChanged(at: now, &poller) }
    func isClient(_ number: UInt64) -> Bool { server.isClient(number) }
    func request(of number: UInt64) -> ControlServer.Request? { server.request(of: number, &poller) }
    func close() -> SystemError? { server.close() }
    func mayKeep() -> Bool { server.mayKeep() }
    func keepUntilEnd(_ client: ControlClient) { server.keepUntilEnd(client) }
    func wait() throws -> Int { try poller.wait(timeoutNanoseconds: 0) }

    /// Accepts the clients that wait; their numbers are 101, 102 and so on.
    @discardableResult
    func accept(at now: Int64) -> ControlServer.Notice? {
        var number = lastNumber
        defer { lastNumber = number }
        return server.accept(at: now, &poller) {
            number += 1
            return number
        }
    }
}
