import HostDefinition
import LinuxSystem
import Messages
import ServiceModel
import TestSupport
import Testing

@testable import Supervisor

struct RosterTests {
    private func resolver(_ pid: Int32) throws -> ResolverProcess {
        ResolverProcess(pid: pid, channel: try ProcessChannel().takeParentEnd(), provenAt: 0)
    }

    @Test("a child is found by its token and by its pid until it is removed; other children are orphans")
    func found() throws {
        var roster = Roster()
        roster.add(.resolver(try resolver(10)), pid: 10, token: 7)
        roster.add(.reader, pid: 11, token: 8)
        guard case .resolver(let found)? = roster.child(token: 7), found.pid == 10 else {
            Issue.record("no resolver")
            return
        }
        guard case .reader? = roster.child(token: 8) else {
            Issue.record("no reader")
            return
        }
        #expect(roster.child(token: 9) == nil)
        #expect(roster.contains(pid: 10) && roster.contains(pid: 11) && !roster.contains(pid: 12))
        #expect(roster.remove(pid: 12) == nil)
        #expect(roster.remove(pid: 10) != nil)
        #expect(roster.remove(pid: 10) == nil)
        #expect(roster.child(token: 7) == nil)
        #expect(!roster.contains(pid: 10))
        #expect(roster.gates.isEmpty)
    }

    @Test("a pid may come again after its process was reaped, with another token")
    func again() throws {
        var roster = Roster()
        roster.add(.reader, pid: 10, token: 7)
        _ = roster.remove(pid: 10)
        roster.add(.resolver(try resolver(10)), pid: 10, token: 8)
        #expect(roster.child(token: 7) == nil)
        #expect(roster.child(token: 8) != nil)
    }

    @Test("a pid or a token that comes twice is a bug and traps")
    func twice() async {
        await #expect(processExitsWith: .failure) {
            var roster = Roster()
            roster.add(.reader, pid: 10, token: 7)
            roster.add(.reader, pid: 10, token: 8)
        }
        await #expect(processExitsWith: .failure) {
            var roster = Roster()
            roster.add(.reader, pid: 10, token: 7)
            roster.add(.reader, pid: 11, token: 7)
        }
    }

    @Test("orders for a resolver that has ended do not wake the loop")
    func endedResolver() throws {
        var state = ResolverState()
        state.process = try resolver(10)
        state.sendOrdersAt = 5
        #expect(state.deadline == 5)
        state.process = nil
        #expect(state.deadline == nil)
        state.retryAt = 7
        #expect(state.deadline == 7)
    }
}
