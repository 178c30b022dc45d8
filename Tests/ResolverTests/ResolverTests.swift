import Messages
import Addresses
import DNS
import TestSupport
import Testing
import Wire

@testable import Resolver

private let listed = ListAnswer.Word.listed([.v4(0x7f00_0002)])

@Suite(.timeLimit(.minutes(1)))
struct ResolverTests {
    @Test("a gate asks, a server answers, and the gate gets the answer and how long it is valid")
    func answers() throws {
        let server = try FakeNameServer()
        let rig = try Rig([server.server])
        let gate = try rig.gate("bl.example", "other.example")
        try gate.ask(1)
        try rig.turn()
        let query = try server.query()
        #expect(query.name == "99.2.0.192.other.example")
        server.send(query.reply(2), to: query)
        let reply = try rig.reply(to: gate)
        let request = ListRequest(list: 1, address: clientAddress)
        #expect(reply == ListReply(to: request, ListAnswer(listed, seconds: 90)))
        try gate.ask(0, .v6(1))
        try rig.turn()
        let second = try server.query()
        #expect(second.name.hasPrefix("1.0.0.0") && second.name.hasSuffix("0.bl.example"))
        server.send(second.reply(), to: second)
        #expect(try rig.word(for: gate) == .notListed)
        #expect(rig.lookups == 0)
    }

    @Test("a gate can ask no list but its own")
    func strangeLists() throws {
        let server = try FakeNameServer()
        let rig = try Rig([server.server])
        let gate = try rig.gate("a.example")
        _ = try rig.gate("b.example")
        for list in [1, -1, .max] {
            try gate.ask(list)
            #expect(try rig.reply(to: gate) == ListReply(to: ListRequest(list: list, address: clientAddress), .unknown))
        }
        #expect(server.isIdle)
    }

    @Test("a question is asked once, however many gates ask it; other questions have ports of their own")
    func sharing() throws {
        let server = try FakeNameServer()
        let rig = try Rig([server.server])
        let gates = [try rig.gate("bl.example"), try rig.gate("x.example", "BL.example")]
        try gates[0].ask(0)
        try gates[0].ask(0)
        try gates[1].ask(1)
        while !server.hasQuery { try rig.turn() }
        let query = try server.query()
        try gates[1].ask(0)
        try rig.turn()
        let other = try server.query()
        #expect(other.name == "99.2.0.192.x.example")
        #expect(other.port != query.port)
        #expect(server.isIdle)
        server.send(query.reply(2), to: query)
        #expect(try rig.word(for: gates[0]) == listed)
        #expect(try rig.word(for: gates[0]) == listed)
        let last = try rig.reply(to: gates[1])
        #expect(last.request.list == 1 && last.answer.word == listed)
    }

    @Test("after a silent server the next one is asked too, and the first answer counts", arguments: [0, 1])
    func retry(first: Int) throws {
        let servers = [try FakeNameServer(), try FakeNameServer()]
        let rig = try Rig(servers.map(\.server), tryInterval: .milliseconds(20))
        let gate = try rig.gate("bl.example")
        try gate.ask(0)
        try rig.turn()
        while !servers[1].hasQuery { try rig.turn() }
        let queries = [try servers[0].query(), try servers[1].query()]
        #expect(queries[0].name == queries[1].name)
        servers[first].send(queries[first].reply(2), to: queries[first])
        #expect(try rig.word(for: gate) == listed)
    }

    @Test("the only server is asked again, on the same port and with the same number")
    func again() throws {
        let server = try FakeNameServer()
        let rig = try Rig([server.server], tryInterval: .milliseconds(20))
        let gate = try rig.gate("bl.example")
        try gate.ask(0)
        try rig.turn()
        let query = try server.query()
        while !server.hasQuery { try rig.turn() }
        let second = try server.query()
        #expect(second.port == query.port && second.bytes == query.bytes)
        server.send(query.reply(), to: query)
        #expect(try rig.word(for: gate) == .notListed)
    }

    @Test("a server that cannot be reached, or has no answer, is given up at once, and the next one is asked")
    func deadServer() throws {
        let server = try FakeNameServer()
        let rig = try Rig([FakeNameServer.unused[0], server.server])
        let gate = try rig.gate("bl.example")
        try gate.ask(0)
        while !server.hasQuery { try rig.turn() }
        let query = try server.query()
        server.send(query.reply(2), to: query)
        #expect(try rig.word(for: gate) == listed)

        let failing = try FakeNameServer()
        let other = try Rig([failing.server, server.server])
        let otherGate = try other.gate("bl.example")
        try otherGate.ask(0)
        try other.turn()
        let refused = try failing.query()
        failing.send(refused.reply(code: 5), to: refused)
        try other.turn()
        let next = try server.query()
        server.send(next.reply(2), to: next)
        #expect(try other.word(for: otherGate) == listed)
    }

    @Test("when no server can be reached, or none has an answer, the answer is unknown at once")
    func noServer() throws {
        let rig = try Rig(FakeNameServer.unused)
        let gate = try rig.gate("bl.example")
        for _ in 0..<2 * ListBackoff.mostSilences {
            try gate.ask(0)
            #expect(try rig.reply(to: gate).answer == .unknown)
        }
        let failing = try FakeNameServer()
        let other = try Rig([failing.server])
        let otherGate = try other.gate("bl.example")
        try otherGate.ask(0)
        try other.turn()
        let query = try failing.query()
        failing.send(query.reply(code: 2), to: query)
        #expect(try other.reply(to: otherGate).answer == .unknown)
    }

    @Test("at the deadline the answer is unknown, and a list that stays silent is not waited for any more")
    func silence() throws {
        let server = try FakeNameServer()
        let rig = try Rig([server.server], tryInterval: .seconds(60), deadline: .milliseconds(10))
        let gate = try rig.gate("bl.example", "other.example")
        for bits in 0..<UInt32(ListBackoff.mostSilences) {
            try gate.ask(0, .v4(bits))
            #expect(try rig.reply(to: gate).answer == .unknown)
            _ = try server.query()
        }
        try gate.ask(0)
        #expect(try rig.reply(to: gate).answer == .unknown)
        #expect(server.isIdle)
        // Another list is still asked.
        try gate.ask(1)
        try rig.turn()
        let query = try server.query()
        #expect(query.name == "99.2.0.192.other.example")
    }

    @Test("a list that answers in between does not count as silent")
    func notSilent() throws {
        let server = try FakeNameServer()
        let rig = try Rig([server.server], deadline: .milliseconds(200))
        let gate = try rig.gate("bl.example")
        for turn in 0..<ListBackoff.mostSilences + 2 {
            try gate.ask(0)
            try rig.turn()
            let query = try server.query()
            if turn == 3 { server.send(query.reply(), to: query) }
            #expect(try rig.word(for: gate) == (turn == 3 ? .notListed : .unknown))
        }
    }

    @Test("a forger's wrong guesses are not believed, and only a few are possible")
    func forgery() throws {
        let server = try FakeNameServer()
        let rig = try Rig([server.server])
        let gate = try rig.gate("bl.example")
        for guesses in [Lookup.mostMismatches - 1, Lookup.mostMismatches] {
            try gate.ask(0)
            try rig.turn()
            let query = try server.query()
            var forged = query.reply(2)
            forged[1] ^= 1
            for _ in 0..<guesses { server.send(forged, to: query) }
            server.send(query.reply(), to: query)
            #expect(try rig.word(for: gate) == (guesses < Lookup.mostMismatches ? .notListed : .unknown))
        }
    }

    @Test("a datagram from another address than the server's is not received at all")
    func otherSender() throws {
        let servers = [try FakeNameServer(), try FakeNameServer()]
        let rig = try Rig([servers[0].server])
        let gate = try rig.gate("bl.example")
        try gate.ask(0)
        try rig.turn()
        let query = try servers[0].query()
        servers[1].send(query.reply(2), to: query)
        servers[0].send(query.reply(), to: query)
        #expect(try rig.word(for: gate) == .notListed)
    }

    @Test("requests over a gate's limit are answered at once, and another gate has room")
    func manyRequests() throws {
        let server = try FakeNameServer()
        let rig = try Rig([server.server])
        let gate = try rig.gate("bl.example")
        let other = try rig.gate("bl.example")
        for bits in 0..<UInt32(Resolver.mostOfGate) {
            try gate.ask(0, .v4(bits))
            if bits % 8 == 7 { try rig.turn() }
        }
        while rig.lookups < Resolver.mostOfGate { try rig.turn() }
        try gate.ask(0)
        #expect(try rig.reply(to: gate) == ListReply(to: ListRequest(list: 0, address: clientAddress), .unknown))
        #expect(rig.lookups == Resolver.mostOfGate)
        try other.ask(0)
        try rig.turn()
        #expect(rig.lookups == Resolver.mostOfGate + 1)
    }

    @Test("a gate that ends while it waits is forgotten, and the others are served")
    func goneGate() throws {
        let server = try FakeNameServer()
        let rig = try Rig([server.server])
        let gate = try rig.gate("bl.example")
        var gone: GateEnd? = try rig.gate("bl.example")
        try gone?.ask(0)
        try rig.turn()
        gone = nil
        try rig.turn()
        try gate.ask(0)
        try rig.turn()
        let query = try server.query()
        server.send(query.reply(2), to: query)
        #expect(try rig.word(for: gate) == listed)
    }

    @Test(
        "a gate that sends nonsense gets no answer to it, and later requests are answered as before",
        arguments: [
            [0], [UInt8](repeating: 0xff, count: 1024),
            Array(ListRequest(list: 0, address: clientAddress).bytes.dropLast()),
        ])
    func nonsense(bytes: [UInt8]) throws {
        let server = try FakeNameServer()
        let rig = try Rig([server.server])
        let gate = try rig.gate("bl.example")
        try gate.send(bytes)
        try rig.turn()
        #expect(try gate.word() == nil)
        #expect(server.isIdle)
        try gate.ask(0)
        try rig.turn()
        let query = try server.query()
        server.send(query.reply(), to: query)
        #expect(try rig.word(for: gate) == .notListed)
    }

    @Test("a gate that sends bytes that are no message is answered no more, and the others are served")
    func malformed() throws {
        let server = try FakeNameServer()
        let rig = try Rig([server.server])
        let (gate, other) = (try rig.gate("bl.example"), try rig.gate("bl.example"))
        try gate.sendMalformed()
        try rig.turn()
        #expect(try gate.isClosed())
        try other.ask(0)
        try rig.turn()
        let query = try server.query()
        server.send(query.reply(), to: query)
        #expect(try rig.word(for: other) == .notListed)
    }

    @Test("an unknown order changes nothing, and the resolver ends with the supervisor")
    func supervisor() throws {
        let rig = try Rig(FakeNameServer.unused)
        for bytes in [[0], Array("X".utf8), Array("G".utf8), Array("GG".utf8), Array("L".utf8)] {
            try #require(rig.supervisor).send(bytes)
        }
        let goesOn = try rig.turn()
        #expect(goesOn)
        rig.endSupervisor()
        let hasEnded = try !rig.turn()
        #expect(hasEnded)
    }
}
