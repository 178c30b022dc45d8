import Addresses
import LinuxSystem
import Messages
import TestSupport
import Testing

@testable import Gate

private struct World: ~Copyable {
    var supervisor: ParentEnd?
    var link: SupervisorLink

    init() throws {
        let channel = try ProcessChannel()
        link = SupervisorLink(try childEnd(of: channel))
        supervisor = channel.takeParentEnd()
    }

    borrowing func send(_ bytes: [UInt8], passing numbers: Int32...) throws {
        switch supervisor {
        case .some(let end): try end.send(bytes, passing: numbers)
        case .none: break
        }
    }

    mutating func report() throws -> GateMessage? {
        guard case .frame(let bytes)? = try supervisor?.receive() else { return nil }
        return GateMessage(bytes)
    }

    /// The next order, as a word.
    mutating func order(at now: Int64 = 0) throws -> String? {
        switch try link.nextOrder(at: now) {
        case .none: nil
        case .some(.flushQueues): "flush"
        case .some(.drain(let hasGrace)): hasGrace ? "drain with grace" : "drain"
        case .some(.kill): "kill"
        case .some(.blockList(let table)): "block list of \(table.bytes.byteCount)"
        case .some(.bans(let table)): "bans of \(table.bytes.byteCount)"
        case .some(.sourceStatus(let number, let client)): "status \(number) \(client)"
        case .some(.resolver): "resolver"
        case .some(.signOfLife): "sign of life"
        case .some(.unknown(let byte)): "unknown \(byte)"
        case .some(.closed): "closed"
        }
    }
}

struct SupervisorLinkTests {
    @Test("each message of the supervisor is one order")
    func orders() throws {
        var world = try World()
        let table = try SharedBytes(sealing: [1, 2, 3], name: "table")
        try world.send(SupervisorMessage.queueFlush.bytes)
        try world.send(SupervisorMessage.blockList.bytes, passing: table.descriptor.number)
        try world.send(SupervisorMessage.bans.bytes, passing: table.descriptor.number)
        let number = table.descriptor.number
        try world.send(SupervisorMessage.resolver.bytes, passing: number, number)
        try world.send(SupervisorMessage.sourceStatus(9, .user(3)).bytes)
        try world.send(SupervisorMessage.signOfLife.bytes)
        try world.send(SupervisorMessage.drain(graceNanoseconds: nil).bytes)
        let drains = world.link.drain.isDraining
        #expect(!drains)
        var orders: [String?] = []
        for _ in 0..<8 { orders.append(try world.order()) }
        #expect(
            orders == [
                "flush", "block list of 3", "bans of 3", "resolver", "status 9 user(3)", "sign of life", "drain", nil,
            ])
        let drainsNow = world.link.drain.isDraining
        #expect(drainsNow)
    }

    @Test("the grace of a drain is the deadline, and its steps come in order")
    func drain() throws {
        var world = try World()
        let none = world.link.deadline
        #expect(none == nil)
        try world.send(SupervisorMessage.drain(graceNanoseconds: 100).bytes)
        let order = try world.order(at: 1000)
        let deadline = world.link.deadline
        #expect(order == "drain with grace" && deadline == 1100)
        let (early, due) = (world.link.step(at: 1099), world.link.step(at: 1100))
        #expect(early == nil && due == .terminate)
        let next = world.link.deadline
        #expect(next == 1100 + Processes.killGraceNanoseconds)
        let last = world.link.step(at: 1100 + Processes.killGraceNanoseconds)
        let after = world.link.deadline
        #expect(last == .kill && after == nil)
    }

    @Test("a gate with a dead supervisor drains, with a grace")
    func closed() throws {
        var world = try World()
        world.supervisor = nil
        let order = try world.order(at: 50)
        let deadline = world.link.deadline
        #expect(order == "closed" && deadline == 50 + SupervisorLink.orphanGraceNanoseconds)
        withoutPipeSignal { world.link.report(.ready) }
    }

    @Test("the first unknown message is an order to say so, and no other is; what follows is heard")
    func unknown() throws {
        var world = try World()
        try world.send([UInt8(ascii: "?"), 1])
        try world.send([UInt8(ascii: "!")])
        try world.send(SupervisorMessage.kill.bytes)
        let (first, second, third) = (try world.order(), try world.order(), try world.order())
        #expect(first == "unknown 63" && second == "kill" && third == nil)
    }

    @Test(
        "an order without all of its descriptors is a lack of descriptors",
        arguments: [(SupervisorMessage.bans, 0), (.blockList, 0), (.resolver, 0), (.resolver, 1)])
    func lost(message: SupervisorMessage, count: Int) throws {
        var world = try World()
        let null = try Startup.openNull()
        let number = null.number
        if count == 0 { try world.send(message.bytes) } else { try world.send(message.bytes, passing: number) }
        do throws(SystemError) {
            _ = try world.link.nextOrder(at: 0)
            Issue.record("nothing was missing")
        } catch {
            #expect(error.errno == .filesExhausted)
        }
    }

    @Test("a flood of offences is cut; other reports are not")
    func offences() throws {
        var world = try World()
        let offence = GateMessage.offence(IPPrefix(of: .v4(1 << 24), length: 32), .sensor)
        var sent = 0
        for _ in 0..<1100 {
            world.link.reportOffence(offence, at: 1)
            if try world.report() == offence { sent += 1 }
        }
        #expect(sent == 1000)
        world.link.report(.ready)
        let report = try world.report()
        #expect(report == .ready)
        world.link.reportOffence(offence, at: 1_000_000_001)
        let later = try world.report()
        #expect(later == offence)
    }
}
