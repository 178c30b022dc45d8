import HostDefinition
import LinuxSystem
import ServiceModel
import TestSupport
import Testing

@testable import Supervisor

struct DefinitionReadingTests {
    private let directory: TemporaryDirectory
    private let printed: String

    init() throws {
        directory = try TemporaryDirectory()
        printed = try directory.write("printed", bytes: HostDefinition(settings: HostSettings()).wire)
    }

    /// A reading by a shell script, in which $0 is a file with definitions.
    private func reading(
        _ script: String, withinNanoseconds: Int64 = 30_000_000_000
    ) throws -> DefinitionReading<Int> {
        DefinitionReading(
            DefinitionCommand(try OwnProgram(opening: "/bin/sh"), arguments: ["sh", "-c", script, printed]),
            withinNanoseconds: withinNanoseconds)
    }

    private func tend(_ reading: inout DefinitionReading<Int>, at now: Int64, _ poller: inout Poller) {
        let step = reading.tend(at: now, &poller, number: 7)
        if case .failed = step { Issue.record("no child") }
    }

    /// Waits for the child's end as the supervisor's loop does.
    private func outcome(
        _ reading: inout DefinitionReading<Int>, _ poller: inout Poller
    ) throws -> DefinitionReading<Int>.Outcome? {
        let running = reading.child?.pid
        let pid = try #require(running)
        return reading.ended(try Processes.waitForEnd(of: pid), &poller)
    }

    @Test("the definitions come with the child's end, for those who asked")
    func definitions() throws {
        var poller = try Poller()
        var reading = try reading("cat \"$0\"")
        #expect((reading.deadline) == nil)
        reading.request(by: 1)
        reading.request(by: nil)
        #expect(reading.deadline == 0)
        tend(&reading, at: 5, &poller)
        #expect(reading.child?.life.deadline == 30_000_000_005)
        #expect((reading.deadline) == nil)
        while try poller.wait(timeoutNanoseconds: 0) == 0 {}
        reading.readOutput(&poller)
        let outcome = try #require(try self.outcome(&reading, &poller))
        #expect(try outcome.definitions.get() == HostDefinition(settings: HostSettings()))
        #expect(outcome.clients == [1])
        #expect((reading.deadline) == nil)
    }

    @Test("requests while files are read share the next reading, which begins after them")
    func coalesced() throws {
        var poller = try Poller()
        var reading = try reading("cat \"$0\"")
        reading.request(by: 1)
        tend(&reading, at: 0, &poller)
        reading.request(by: 2)
        reading.request(by: 3)
        let first = reading.child?.pid
        tend(&reading, at: 1, &poller)
        #expect(reading.child?.pid == first)
        #expect(try outcome(&reading, &poller)?.clients == [1])
        #expect(reading.deadline == 0)
        tend(&reading, at: 2, &poller)
        #expect(try outcome(&reading, &poller)?.clients == [2, 3])
        #expect((reading.deadline) == nil)
    }

    @Test("a child that takes too long is killed, and the error says so")
    func late() throws {
        var poller = try Poller()
        var reading = try reading("exec sleep 60", withinNanoseconds: 10)
        reading.request(by: 1)
        tend(&reading, at: 5, &poller)
        let child = reading.child
        #expect(child?.life.deadline == 15)
        child?.fail(SystemError("wait for command", .timedOut), .late)
        // Its end is waited for, and no time.
        #expect(child?.life.deadline == nil)
        let outcome = try #require(try self.outcome(&reading, &poller))
        #expect(outcome.clients == [1])
        #expect(throws: HostDefinitionError.self) { try outcome.definitions.get() }
        guard case .failure(let error) = outcome.definitions else { return }
        #expect(error.lines.joined().contains("ETIMEDOUT"))
    }

    @Test("what a child has left running with its output is not waited for")
    func left() throws {
        var poller = try Poller()
        var reading = try reading("cat \"$0\"; sleep 5 &")
        reading.request(by: 1)
        tend(&reading, at: 0, &poller)
        #expect(try outcome(&reading, &poller)?.definitions.get() == HostDefinition(settings: HostSettings()))
        // The output is out of the poller, though another process has it open.
        #expect(try poller.wait(timeoutNanoseconds: 0) == 0)
    }

    @Test("a cancelled reading has no outcome, and every client that waited is named")
    func cancelled() throws {
        var poller = try Poller()
        var reading = try reading("exec sleep 60")
        reading.request(by: 1)
        tend(&reading, at: 0, &poller)
        reading.request(by: 2)
        #expect(reading.cancel() == [1, 2])
        #expect(try outcome(&reading, &poller) == nil)
        #expect((reading.deadline) == nil)
    }
}
