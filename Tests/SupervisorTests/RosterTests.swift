import HostDefinition
import LinuxSystem
import Messages
import ProcessSetup
import ServiceModel
import TestSupport
import Testing

@testable import Supervisor

struct RosterTests {
    private func resolver(_ pid: Int32, at now: Int64 = 0) throws -> WorkerProcess {
        WorkerProcess(.resolver, pid: pid, channel: try ProcessChannel().takeParentEnd(), startedAt: now)
    }

    @Test("a child is found by its number and by its pid until it is removed; other children are orphans")
    func found() throws {
        var roster = Roster()
        roster.add(.worker(try resolver(10)), 7)
        roster.add(.worker(try resolver(11)), 8)
        #expect(roster.child(7)?.started.pid == 10)
        #expect(roster.child(8)?.started.pid == 11)
        #expect(roster.child(9) == nil)
        #expect(roster.contains(pid: 10) && roster.contains(pid: 11) && !roster.contains(pid: 12))
        #expect(roster.remove(pid: 12) == nil)
        #expect(roster.remove(pid: 10) != nil)
        #expect(roster.remove(pid: 10) == nil)
        #expect(roster.child(7) == nil)
        #expect(!roster.contains(pid: 10))
        #expect(roster.gates.isEmpty)
    }

    @Test("a pid may come again after its process was reaped, with another number")
    func again() throws {
        var roster = Roster()
        roster.add(.worker(try resolver(10)), 7)
        _ = roster.remove(pid: 10)
        roster.add(.worker(try resolver(10)), 8)
        #expect(roster.child(7) == nil)
        #expect(roster.child(8) != nil)
    }

    @Test("a pid or a number that comes twice is a bug and traps")
    func twice() async {
        await #expect(processExitsWith: .failure) {
            var roster = Roster()
            let make = {
                WorkerProcess(.resolver, pid: 10, channel: try ProcessChannel().takeParentEnd(), startedAt: 0)
            }
            roster.add(.worker(try make()), 7)
            roster.add(.worker(try make()), 8)
        }
        await #expect(processExitsWith: .failure) {
            var roster = Roster()
            let make = {
                WorkerProcess(.resolver, pid: $0, channel: try ProcessChannel().takeParentEnd(), startedAt: 0)
            }
            roster.add(.worker(try make(10)), 7)
            roster.add(.worker(try make(11)), 7)
        }
    }

    @Test("the first deadline of a child is the roster's, and a child is late once")
    func late() throws {
        var roster = Roster()
        let (first, second) = (try resolver(10, at: 5), try resolver(11, at: 9))
        roster.add(.worker(first), 7)
        roster.add(.worker(second), 8)
        let due = 5 + ChildLife.startNanoseconds
        #expect(roster.deadline == due)
        #expect(roster.late(at: due - 1).isEmpty)
        #expect(roster.late(at: due).map(\.started.pid) == [10])
        #expect(first.life.note(.late) == .kill)
        #expect(roster.late(at: due).isEmpty)
        #expect(roster.deadline == 9 + ChildLife.startNanoseconds)
        #expect(second.life.note(.ready) == .takeOver)
        #expect(roster.deadline == nil)
        #expect(roster.late(at: .max).isEmpty)
    }

    @Test("the roster wakes for a child that is to be asked for a sign of life")
    func sign() throws {
        var roster = Roster()
        let process = try resolver(10)
        roster.add(.worker(process), 7)
        _ = process.life.note(.ready)
        process.sign = SignOfLife(at: 5)
        #expect(roster.deadline == SignOfLife.askEveryNanoseconds)
        _ = roster.remove(pid: 10)
        #expect(roster.deadline == nil)
    }

    @Test("a child that was reaped is never late")
    func reaped() throws {
        var roster = Roster()
        roster.add(.worker(try resolver(10)), 7)
        _ = roster.remove(pid: 10)
        #expect(roster.deadline == nil)
        #expect(roster.late(at: .max).isEmpty)
    }
}
