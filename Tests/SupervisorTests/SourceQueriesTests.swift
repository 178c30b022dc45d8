import Testing

@testable import Supervisor

struct SourceQueriesTests {
    @Test("an answer goes to the client of its number, once, and only from the gate that was asked")
    func answered() {
        var queries = SourceQueries<String>()
        let (first, second) = (queries.nextNumber(), queries.nextNumber())
        #expect(first != second)
        queries.add(first, to: 10, for: "a", at: 0)
        queries.add(second, to: 11, for: "b", at: 0)
        #expect(queries.answered(first, by: 11) == nil)
        #expect(queries.answered(second, by: 11) == "b")
        #expect(queries.answered(second, by: 11) == nil)
        #expect(queries.answered(first, by: 10) == "a")
        #expect(queries.deadline == nil)
    }

    @Test("a client whose gate is silent is told in time, and a late answer is nobody's")
    func late() throws {
        var queries = SourceQueries<String>()
        let number = queries.nextNumber()
        queries.add(number, to: 10, for: "a", at: 5)
        let deadline = try #require(queries.deadline)
        #expect(deadline == 5 + SourceQueries<String>.answerWithinNanoseconds)
        #expect(queries.expire(at: deadline - 1).isEmpty)
        let late = queries.expire(at: deadline)
        #expect(late.map(\.client) == ["a"] && late.map(\.gate) == [10])
        #expect(queries.answered(number, by: 10) == nil)
        #expect(queries.deadline == nil)
    }

    @Test("the clients of a gate that has ended are told at once, and nobody else is")
    func ended() {
        var queries = SourceQueries<String>()
        for (client, gate) in [("a", 10), ("b", 11), ("c", 10)] as [(String, Int32)] {
            queries.add(queries.nextNumber(), to: gate, for: client, at: 5)
        }
        #expect(queries.ended(gate: 10) == ["a", "c"])
        #expect(queries.ended(gate: 10).isEmpty)
        #expect(queries.answered(2, by: 11) == "b")
    }

    @Test("no more than 64 wait at once")
    func full() {
        var queries = SourceQueries<Int>()
        for client in 0..<64 {
            #expect(!queries.isFull)
            queries.add(queries.nextNumber(), to: 1, for: client, at: 0)
        }
        #expect(queries.isFull)
    }
}
