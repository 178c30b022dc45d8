import Addresses
import LinuxSystem
import TestSupport
import Testing

@testable import Gate

struct LobbyTests {
    private func guest(_ phase: LobbyPhase, until deadline: Int64?) throws -> Guest {
        let socket = try Startup.openNull()
        return Guest(
            Arrival(socket: socket, peer: .ip(.v4(1), port: 1), local: .ip(.v4(2), port: 2), admitted: nil),
            phase: phase, deadline: deadline)
    }

    /// Takes whoever is due, until nobody is.
    private func due(_ lobby: inout Lobby, at now: Int64) -> [UInt64] {
        var numbers: [UInt64] = []
        while let number = lobby.due(at: now) {
            numbers.append(number)
            _ = lobby.remove(number)
        }
        return numbers
    }

    @Test("an empty lobby has nobody, and no deadline")
    func empty() {
        var lobby = Lobby(capacity: 1)
        let (count, deadline, due) = (lobby.count, lobby.deadline, lobby.due(at: .max))
        #expect(count == 0 && deadline == nil && due == nil)
        let nobody = lobby.remove(0) == nil && lobby.remove(1) == nil
        #expect(nobody)
    }

    @Test("whose time is over is found, in every phase, first come first")
    func deadlines() throws {
        var lobby = Lobby(capacity: 5)
        for (phase, deadline) in [
            (LobbyPhase.firstByte, Int64(30)), (.firstByte, 31), (.proxyHeader, 5), (.handler, nil), (.greetDelay, 7),
        ] { lobby.insert(try guest(phase, until: deadline)) }
        let (isFull, deadline) = (lobby.isFull, lobby.deadline)
        #expect(isFull && deadline == 5)
        let early = due(&lobby, at: 4)
        #expect(early == [])
        let some = due(&lobby, at: 7)
        #expect(some == [3, 5])
        let next = lobby.deadline
        #expect(next == 30)
        let more = due(&lobby, at: 100)
        #expect(more == [1, 2])
        let (waiting, none) = (lobby.first(in: .handler), lobby.deadline)
        #expect(waiting == 4 && none == nil)
    }

    @Test("whoever leaves, first, last or between, leaves the others in their order")
    func order() throws {
        for leaving in UInt64(1)...4 {
            var lobby = Lobby(capacity: 5)
            for number in 1...4 { lobby.insert(try guest(.firstByte, until: Int64(number))) }
            _ = lobby.remove(leaving)
            lobby.insert(try guest(.firstByte, until: 5))
            let numbers = due(&lobby, at: 10)
            #expect(numbers == [1, 2, 3, 4, 5].filter { $0 != leaving })
            let count = lobby.count
            #expect(count == 0)
        }
    }

    @Test("many who come and go in no order: nobody is lost, and the first stays the first")
    func many() throws {
        var random = SeededGenerator(seed: 7)
        var lobby = Lobby(capacity: 40)
        var present: [LobbyPhase: [UInt64]] = [:]
        for _ in 0..<4000 {
            let phase = LobbyPhase.allCases.randomElement(using: &random) ?? .handler
            if Bool.random(using: &random), !lobby.isFull {
                present[phase, default: []].append(lobby.nextNumber)
                lobby.insert(try guest(phase, until: 1))
            } else if let number = present[phase]?.randomElement(using: &random) {
                present[phase]?.removeAll { $0 == number }
                let wasThere = lobby.remove(number) != nil
                #expect(wasThere)
            }
            for phase in LobbyPhase.allCases {
                let first = lobby.first(in: phase)
                #expect(first == present[phase]?.first)
            }
        }
    }
}
