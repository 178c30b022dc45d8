// A resolver in this process, which runs when a test calls it, and the other ends of its channels.
import Addresses
import DNS
import LinuxSystem
import Messages
import TestSupport
import Testing
import Wire

@testable import Resolver

let clientAddress = IPAddress.v4(0xc000_0263)

/// A gate's end of its channel to the resolver.
final class GateEnd {
    private let channel: MessageChannel

    init(_ channel: consuming MessageChannel) { self.channel = channel }

    var number: Int32 { channel.number }

    func ask(_ list: Int, _ address: IPAddress = clientAddress) throws {
        try send(ListRequest(list: list, address: address).bytes)
    }

    func send(_ bytes: [UInt8]) throws { try channel.send(bytes) }

    /// The next reply; nil when there is none.
    func reply() throws -> ListReply? {
        guard case .message(let bytes, _) = try channel.receive() else { return nil }
        let reply: ListReply = try #require(ListReply(bytes))
        return reply
    }

    func word() throws -> ListAnswer.Word? { try reply()?.answer.word }
}

/// The ends of a message channel in one process, without a fork.
func channelEnds() throws -> (supervisor: Int32, other: Int32) {
    let pair = try MessageChannel.pair()
    return (
        try Descriptor.duplicate(of: pair.supervisor.number).release(),
        try Descriptor.duplicate(of: pair.gate.number).release()
    )
}

/// The supervisor's end of a resolver's channel.
final class SupervisorEnd {
    private let channel: MessageChannel

    init(adopting number: Int32) { channel = MessageChannel(adopting: number) }

    /// Gives the resolver a gate with these lists.
    func gate(_ lists: [String]) throws -> GateEnd {
        let ends = try channelEnds()
        let passed = Descriptor(owning: ends.supervisor)
        try channel.send(ResolverOrder.gate.bytes, passing: passed.number)
        for list in lists { try channel.send(ResolverOrder.list(list).bytes) }
        return GateEnd(MessageChannel(adopting: ends.other))
    }

    func send(_ bytes: [UInt8]) throws { try channel.send(bytes) }

    func report() throws -> ResolverReport? {
        guard case .message(let bytes, _) = try channel.receive() else { return nil }
        return ResolverReport(bytes)
    }
}

final class Rig {
    private var resolver: Resolver
    private(set) var supervisor: SupervisorEnd?

    init(
        _ servers: [NameServer], tryInterval: Duration = .seconds(60), deadline: Duration = .seconds(60)
    ) throws {
        let ends = try channelEnds()
        var timeouts = LookupTimeouts()
        timeouts.tryInterval = tryInterval.nanoseconds
        timeouts.deadline = deadline.nanoseconds
        resolver = try Resolver(
            channel: MessageChannel(adopting: ends.other), servers: servers, timeouts: timeouts,
            newID: { .random(in: .min ... .max) })
        supervisor = SupervisorEnd(adopting: ends.supervisor)
    }

    func gate(_ lists: String...) throws -> GateEnd {
        let gate = try #require(supervisor).gate(lists)
        try turn()
        return gate
    }

    /// Runs one turn of the resolver, which waits for work if there is none.
    @discardableResult
    func turn() throws -> Bool { try resolver.turn() }

    /// Runs the resolver until a gate has a reply.
    func reply(to gate: GateEnd) throws -> ListReply {
        while true {
            if let reply = try gate.reply() { return reply }
            try turn()
        }
    }

    func word(for gate: GateEnd) throws -> ListAnswer.Word { try reply(to: gate).answer.word }

    var lookups: Int { resolver.lookups.count }

    func endSupervisor() { supervisor = nil }
}
