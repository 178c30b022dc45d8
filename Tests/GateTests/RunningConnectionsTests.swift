import Addresses
import LinuxSystem
import ServiceModel
import TestSupport
import Testing

@testable import Admission
@testable import Gate
@testable import Spawner

private let client = Peer.ip(.v4(0xc000_0201), port: 1)
private let local = ListenAddress.ip(.v4(0xc000_0202), port: 25)
private let second: Int64 = 1_000_000_000

/// The running connections of one service, with the admission that each has a place in.
private struct World: ~Copyable {
    let starter = StarterDouble()
    /// The pid of the program that was started last at each position.
    private var pids: [Int: Int32] = [:]
    var admission: AdmissionControl
    var running: RunningConnections

    init(_ change: (inout Service) -> Void = { _ in }) throws {
        let service = makeService(change)
        admission = try makeAdmission(service)
        running = RunningConnections(service, pid: 7)
    }

    mutating func insert(at now: Int64) throws -> StartingConnection {
        guard case .admit(let admitted) = admission.decide(on: client, at: now) else {
            preconditionFailure("there is no limit")
        }
        let socket = try Startup.openNull()
        return running.insert(
            AdmittedConnection(socket: socket, peer: client, local: local, admitted: admitted), at: now)
    }

    /// Starts the next program of a connection.
    mutating func startNext(of connection: inout StartingConnection) throws(SystemError) -> StartedProgram? {
        var starter = starter
        let program = try running.startNext(of: &connection, by: &starter)
        if let program { pids[program.position] = program.pid }
        return program
    }

    /// Starts all programs of a connection.
    ///
    /// - Returns: their positions, in the order of their starts.
    mutating func start(_ connection: consuming StartingConnection) throws -> [Int] {
        var positions: [Int] = []
        while let program = try startNext(of: &connection) { positions.append(program.position) }
        return positions
    }

    /// The process at a position ends.
    mutating func end(
        _ position: Int, status: Int32 = 0, _ failure: LaunchFailure? = nil, at now: Int64 = 0
    ) throws -> EndedProgram? {
        var starter = starter
        let pid: Int32 = try #require(pids[position])
        starter.end(pid, .exited(status: status), failure)
        guard let end = try starter.nextEnd() else { return nil }
        try starter.reap(end.pid)
        return running.ended(end, by: &starter, at: now)
    }

    /// Removes a connection that is over, and says how it ended.
    mutating func remove(_ number: UInt64) -> (isSuccess: Bool, cause: RunningConnection.TerminationCause?)? {
        guard let connection = running.removeIfOver(number) else { return nil }
        let (isSuccess, cause) = (connection.isSuccess, connection.terminationCause)
        admission.end(connection.takePlace())
        return (isSuccess, cause)
    }
}

struct RunningConnectionsTests {
    @Test("the lifetime is the deadline; TERM comes then, and KILL after a grace")
    func lifetime() throws {
        var world = try World { $0.limits.lifetime = .at(.seconds(10)) }
        let none = world.running.deadline
        #expect(none == nil)
        let positions = try world.start(try world.insert(at: 1000))
        let deadline = world.running.deadline
        #expect(positions == [0] && deadline == 1000 + 10 * second)
        _ = world.running.expire(at: 1000 + 10 * second)
        let grace = world.running.deadline
        #expect(grace == 1000 + 10 * second + Processes.killGraceNanoseconds)
        _ = world.running.expire(at: 1000 + 10 * second + Processes.killGraceNanoseconds)
        let after = world.running.deadline
        #expect(after == nil)
        let program = try world.end(0, status: 1)
        let end = world.remove(1)
        #expect(program?.fault == nil && end?.isSuccess == false && end?.cause == .lifetime)
    }

    @Test("the programs of a connection start from its end, and the handler's end is the connection's")
    func chain() throws {
        var world = try World {
            $0.inputFilters = [.none]
            $0.outputFilters = [.none]
        }
        let positions = try world.start(try world.insert(at: 0))
        #expect(positions == [2, 1, 0])
        for position in 0..<3 {
            let isOver = world.remove(1) != nil
            #expect(!isOver)
            _ = try world.end(position)
        }
        let end = world.remove(1)
        #expect(end?.isSuccess == true)
    }

    @Test("a handler whose output filters have ended has three seconds")
    func alone() throws {
        var world = try World {
            $0.outputFilters = [.none]
            $0.limits.lifetime = .unlimited
        }
        _ = try world.start(try world.insert(at: 0))
        _ = try world.end(1, at: 5)
        let deadline = world.running.deadline
        #expect(deadline == 5 + 3 * second)
        world.running.drain(with: .kill)
        _ = try world.end(0)
        let end = world.remove(1)
        #expect(end?.cause == .drain)
    }

    @Test("a connection is kept for which fork failed, and goes on where it was")
    func stalled() throws {
        var world = try World { $0.outputFilters = [.none] }
        var connection = try world.insert(at: 0)
        let first = try world.startNext(of: &connection)
        #expect(first?.position == 1 && first?.isHandler == false)
        world.starter.lacksProcesses = true
        do throws(SystemError) {
            _ = try world.startNext(of: &connection)
            Issue.record("there is no process")
        } catch {
            #expect(error.errno == .again)
        }
        world.starter.lacksProcesses = false
        world.running.stall(connection)
        let isStalled = world.running.isStalled
        #expect(isStalled)
        guard let again = world.running.takeStalled() else {
            Issue.record("the connection is gone")
            return
        }
        let positions = try world.start(again)
        let isOver = world.running.isStalled
        #expect(positions == [0] && !isOver)
        for position in [0, 1] { _ = try world.end(position) }
        let end = world.remove(1)
        #expect(end?.isSuccess == true)
    }

    @Test("the last place of a service is pressure, and then the service is full")
    func pressure() throws {
        var world = try World { $0.limits.connections = 2 }
        let first = try world.insert(at: 0)
        let second = try world.insert(at: 0)
        let (isFull, count) = (world.running.isFull, world.running.count)
        #expect(!first.facts.isPressed && second.facts.isPressed && isFull && count == 2)
        #expect(first.facts.id == ConnectionID(pid: 7, number: 1))
        world.running.drain(with: .kill)
        for number: UInt64 in [1, 2] { _ = world.remove(number) }
    }

    @Test("the log says of a program that did not start whose connection it was for, and why")
    func unserved() throws {
        var world = try World()
        _ = try world.start(try world.insert(at: 0))
        let failure = LaunchFailure(stage: "execute", errno: .noEntry)
        let program = try world.end(0, status: 111, failure)
        #expect(program?.failure == failure && program?.place == ProcessPlace(connection: 1, position: 0))
        let connection = world.running.facts(of: 1)
        #expect(connection?.peer == client && connection?.rule == nil)
        let end = world.remove(1)
        #expect(end?.isSuccess == false)
    }

    @Test("a process that no connection has is left to others, with its failure")
    func foreign() throws {
        var world = try World()
        var connection = try world.insert(at: 0)
        let program = try world.startNext(of: &connection)
        var starter = world.starter
        let foreign: Int32 = 0x7fff_0000
        let isOwn = [try #require(program).pid, foreign].map { world.running.contains(pid: $0) }
        #expect(isOwn == [true, false])
        starter.end(foreign, .exited(status: 127), LaunchFailure(stage: "execute", errno: .noEntry))
        let found = world.running.ended(ProcessEnd(pid: foreign, way: .exited(status: 127)), by: &starter, at: 0)
        let failure = starter.takeFailure(of: foreign)
        try starter.reap(foreign)
        #expect(found == nil && failure != nil)
        _ = try world.end(0)
        _ = world.remove(1)
    }
}
