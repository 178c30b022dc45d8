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
    private var channel: FrameChannel

    init(_ channel: consuming FrameChannel) { self.channel = channel }

    /// The number to poll.
    var number: Int32 { channel.number }

    func ask(_ list: Int, _ address: IPAddress = clientAddress) throws {
        try send(ListRequest(list: list, address: address).bytes)
    }

    func send(_ bytes: [UInt8]) throws {
        let isSent = channel.offer(bytes)
        #expect(isSent)
    }

    /// Sends bytes that are no message.
    func sendMalformed() throws { try writeBytes([0, 0].span, to: channel.numbers.writer) }

    /// Whether the resolver has closed its end.
    func isClosed() throws -> Bool { try channel.receive() == .closed }

    /// The next reply; nil when there is none.
    func reply() throws -> ListReply? {
        guard case .frame(let bytes) = try channel.receive() else { return nil }
        let reply: ListReply = try #require(ListReply(bytes))
        return reply
    }

    func word() throws -> ListAnswer.Word? { try reply()?.answer.word }
}

/// The supervisor's end of a resolver's channel.
final class SupervisorEnd {
    private var channel: ParentEnd

    init(_ channel: consuming ParentEnd) { self.channel = channel }

    /// The number to poll.
    var number: Int32 { channel.number }

    /// Gives the resolver a gate with these lists.
    func gate(_ lists: [String]) throws -> GateEnd {
        var ends = try FrameChannelEnds()
        try channel.send(ResolverOrder.gate.bytes, passing: ends.resolver?.numbers.all ?? [])
        for list in lists { try channel.send(ResolverOrder.list(list).bytes) }
        guard let gate = ends.gate.take() else { preconditionFailure("a new channel has both ends") }
        return GateEnd(gate)
    }

    func send(_ bytes: [UInt8]) throws { try channel.send(bytes) }

    func report() throws -> WorkerReport? {
        guard case .frame(let bytes) = try channel.receive() else { return nil }
        return WorkerReport(bytes)
    }
}

final class Rig {
    private var resolver: Resolver
    private(set) var supervisor: SupervisorEnd?

    init(
        _ servers: [NameServer], tryInterval: Duration = .seconds(60), deadline: Duration = .seconds(60)
    ) throws {
        let channel = try ProcessChannel()
        var timeouts = LookupTimeouts()
        timeouts.tryInterval = tryInterval.nanoseconds
        timeouts.deadline = deadline.nanoseconds
        resolver = try Resolver(
            supervisor: try childEnd(of: channel), servers: servers, timeouts: timeouts,
            newID: { .random(in: .min ... .max) })
        supervisor = SupervisorEnd(channel.takeParentEnd())
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
