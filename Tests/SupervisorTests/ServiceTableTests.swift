import HostDefinition
import LinuxSystem
import Messages
import ServiceModel
import TestSupport
import Testing

@testable import Supervisor

struct ServiceTableTests {
    private func definition(_ name: String) -> ServiceDefinition {
        ServiceDefinition(
            service: Service(
                name: name, file: "\(name).toml", listen: [],
                handler: HandlerCommand(path: "/bin/cat", arguments: ["cat"]), identity: Identity(user: .dynamic)),
            activation: .enabled, listeners: [])
    }

    private func gate(of definition: ServiceDefinition, accepted: Int = 0) throws -> GateProcess {
        let gate = GateProcess(
            pid: 10, channel: try ProcessChannel().takeParentEnd(), definition: definition, listeners: [],
            group: nil, counters: try SharedCounters.ofGate(), sourcePrefix: SourcePrefix(), startedAt: 0)
        for _ in 0..<accepted { gate.counters.increment(GateCounter.accepted) }
        return gate
    }

    @Test("a gate that drains has its time for closing, is asked once more, and then ended, unless it has closed")
    func closing() throws {
        var table = ServiceTable()
        let (open, closed) = (try gate(of: definition("a")), try gate(of: definition("b")))
        for gate in [open, closed] {
            table.drain(gate)
            gate.closing = GateClosing(at: 5)
        }
        let due = 5 + GateClosing.withinNanoseconds
        #expect(table.deadline == due)
        #expect(table.closingSteps(at: due - 1).isEmpty)
        closed.closing = nil
        let asked = table.closingSteps(at: due)
        #expect(asked.map { $0.gate === open } == [true] && asked.map(\.step) == [.ask])
        let end = due + GateClosing.answerWithinNanoseconds
        #expect(table.closingSteps(at: end - 1).isEmpty && table.deadline == end)
        #expect(table.closingSteps(at: end).map(\.step) == [.end])
    }

    @Test("the deadline is the first retry or report, and none when every gate serves")
    func deadline() throws {
        var table = ServiceTable()
        #expect(table.deadline == nil && table.isEmpty && table.isSettled)
        let (first, second) = (WantedService(definition("a")), WantedService(definition("b")))
        table.add(first)
        table.add(second)
        #expect(table.deadline == nil && !table.isSettled)
        first.restart.failed(at: 70)
        second.restart.failed(at: 60)
        #expect(table.deadline == 60 + Backoff.shortest.nanoseconds)
        second.restart.cancel()
        second.starting = try gate(of: second.definition)
        #expect(table.deadline == 70 + Backoff.shortest.nanoseconds)
        #expect(!table.isSettled)
        first.serving = try gate(of: first.definition)
        second.serving = second.starting
        second.starting = nil
        #expect(table.isSettled)
        #expect(table.sorted.map(\.name) == ["a", "b"])
    }

    @Test("the counts of former gates stay with their service, and go with it")
    func counts() throws {
        var table = ServiceTable()
        let service = WantedService(definition("a"))
        table.add(service)
        let (ended, draining) = (
            try gate(of: service.definition, accepted: 3), try gate(of: service.definition, accepted: 2)
        )
        table.drain(ended)
        table.drain(ended)
        table.drain(draining)
        #expect(table.draining.count == 2)
        table.ended(ended)
        #expect(table.draining.count == 1)
        #expect(table.formerCounts(of: "a")[.accepted] == 5)
        table.ended(draining)
        #expect(table.formerCounts(of: "a")[.accepted] == 5)
        table.remove(service)
        #expect(table.formerCounts(of: "a")[.accepted] == 0)
        #expect(table.isEmpty)
        let late = try gate(of: service.definition, accepted: 1)
        table.drain(late)
        #expect(!table.isEmpty)
        table.ended(late)
        #expect(table.formerCounts(of: "a")[.accepted] == 0)
        #expect(table.isEmpty)
    }
}
