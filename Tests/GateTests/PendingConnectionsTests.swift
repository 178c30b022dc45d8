import Addresses
import Admission
import LinuxSystem
import TestSupport
import Testing

@testable import Gate

struct PendingConnectionsTests {
    private func pending(_ phase: PreConnectionPhase, until deadline: Int64?) throws -> PendingConnection<
        IncomingConnection
    > {
        let socket = try Startup.openNull()
        return PendingConnection(
            IncomingConnection(socket: socket, peer: .ip(.v4(1), port: 1), local: .ip(.v4(2), port: 2)),
            phase: phase, deadline: deadline)
    }

    /// Removes connections that are due, until none is.
    private func due(_ pendingConnections: inout PendingConnections<IncomingConnection>, at now: Int64) -> [UInt64] {
        var numbers: [UInt64] = []
        while let number = pendingConnections.due(at: now) {
            numbers.append(number)
            _ = pendingConnections.remove(number)
        }
        return numbers
    }

    @Test("an empty table has no connection and no deadline")
    func empty() {
        var pendingConnections = PendingConnections<IncomingConnection>(capacity: 1)
        let (count, deadline, due) = (
            pendingConnections.count, pendingConnections.deadline, pendingConnections.due(at: .max)
        )
        #expect(count == 0 && deadline == nil && due == nil)
        let isEmpty = pendingConnections.remove(0) == nil && pendingConnections.remove(1) == nil
        #expect(isEmpty)
    }

    @Test("a connection past its deadline is found in every phase, in the order of arrival")
    func deadlines() throws {
        var pendingConnections = PendingConnections<IncomingConnection>(capacity: 5)
        for (phase, deadline) in [
            (PreConnectionPhase.firstByte, Int64(30)), (.firstByte, 31), (.proxyHeader, 5), (.handler, nil),
            (.greetDelay, 7),
        ] { pendingConnections.insert(try pending(phase, until: deadline)) }
        let (isFull, deadline) = (pendingConnections.isFull, pendingConnections.deadline)
        #expect(isFull && deadline == 5)
        let early = due(&pendingConnections, at: 4)
        #expect(early == [])
        let some = due(&pendingConnections, at: 7)
        #expect(some == [3, 5])
        let next = pendingConnections.deadline
        #expect(next == 30)
        let more = due(&pendingConnections, at: 100)
        #expect(more == [1, 2])
        let (waiting, none) = (pendingConnections.first(in: .handler), pendingConnections.deadline)
        #expect(waiting == 4 && none == nil)
    }

    @Test("a connection that leaves, first, last or between, leaves the others in their order")
    func order() throws {
        for leaving in UInt64(1)...4 {
            var pendingConnections = PendingConnections<IncomingConnection>(capacity: 5)
            for number in 1...4 { pendingConnections.insert(try pending(.firstByte, until: Int64(number))) }
            _ = pendingConnections.remove(leaving)
            pendingConnections.insert(try pending(.firstByte, until: 5))
            let numbers = due(&pendingConnections, at: 10)
            #expect(numbers == [1, 2, 3, 4, 5].filter { $0 != leaving })
            let count = pendingConnections.count
            #expect(count == 0)
        }
    }

    @Test("many connections come and go at random; none is lost, and the first of each phase stays the first")
    func many() throws {
        var random = SeededGenerator(seed: 7)
        var pendingConnections = PendingConnections<IncomingConnection>(capacity: 40)
        var present: [PreConnectionPhase: [UInt64]] = [:]
        for _ in 0..<4000 {
            let phase = PreConnectionPhase.allCases.randomElement(using: &random) ?? .handler
            if Bool.random(using: &random), !pendingConnections.isFull {
                present[phase, default: []].append(pendingConnections.nextNumber)
                pendingConnections.insert(try pending(phase, until: 1))
            } else if let number = present[phase]?.randomElement(using: &random) {
                present[phase]?.removeAll { $0 == number }
                let wasThere = pendingConnections.remove(number) != nil
                #expect(wasThere)
            }
            for phase in PreConnectionPhase.allCases {
                let first = pendingConnections.first(in: phase)
                #expect(first == present[phase]?.first)
            }
        }
    }
}
