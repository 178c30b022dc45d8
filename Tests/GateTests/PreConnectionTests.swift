import Addresses
import Admission
import DNS
import LinuxSystem
import Messages
import ServiceModel
import TestSupport
import Testing
import Wire

@testable import Gate

private let client = Peer.ip(.v4(0xc000_0201), port: 1)
private let local = ListenAddress.ip(.v4(0xc000_0202), port: 25)
private let now: Int64 = 1_000_000_000_000
private let second: Int64 = 1_000_000_000

/// The pending connections of one service, with the admission that each has a place in.
private struct World: ~Copyable {
    var admission: AdmissionControl
    var preConnection: PreConnection
    let poller = PollSetDouble()
    let resolver: FrameChannel?
    private let plan: PhasePlan

    init(_ change: (inout Service) -> Void) throws {
        let service = makeService(change)
        let admission = try makeAdmission(service)
        var ends = try FrameChannelEnds()
        if service.admission.dnsbl.isEmpty { ends.gate = nil }
        preConnection = PreConnection(service, resolver: ends.gate.take())
        self.admission = admission
        resolver = ends.resolver.take()
        plan = PhasePlan(service)
    }

    /// A connection of a peer enters the first phase.
    ///
    /// - Returns: the peer's end, and what was decided.
    mutating func enter(_ peer: Peer = client) throws -> (client: Int32, decision: String?) {
        let ends = try streamEnds()
        let near = try Descriptor.duplicate(of: ends.near.number)
        guard case .admit(let admitted) = admission.decide(on: peer, at: now) else { return (-1, "not admitted") }
        let connection = AdmittedConnection(socket: near, peer: peer, local: local, admitted: admitted)
        let decision = word(
            preConnection.enter(connection, plan.phaseAfterAdmission, mayStart: false, poller, at: now))
        return (ends.takeFar().release(), decision)
    }

    /// A decision as a word; the connection's place is given back.
    mutating func word(_ decision: consuming PhaseDecision?) -> String? {
        switch consume decision {
        case .none: return nil
        case .some(.admit(let connection)): return "admit \(connection.peer)"
        case .some(.advance(let connection, let phase)):
            admission.end(connection.takePlace())
            return "advance from \(phase)"
        case .some(.advanceUnlisted(let connection)):
            admission.end(connection.takePlace())
            return "advance unlisted"
        case .some(.start(let connection)):
            admission.end(connection.takePlace())
            return "start"
        case .some(.refuseIncoming(_, let refusal)): return "refuse \(refusal.cause)"
        case .some(.refuse(let connection, let refusal)):
            admission.end(connection.takePlace())
            return "refuse \(refusal.cause)"
        case .some(.drop(let connection, let lack)):
            admission.end(connection.takePlace())
            return "drop \(lack.errno.name)"
        }
    }

    /// The next decision about a phase that is over.
    mutating func due(at time: Int64) throws -> String? { word(try preConnection.nextDue(poller, at: time)) }

    /// Refuses what is left, so that no place is lost.
    mutating func finish() throws { while let _ = word(try preConnection.nextOfAll(poller)) {} }
}

struct PreConnectionTests {
    @Test("the deadline is that of the phase; when it is over, the connection is decided on once")
    func deadline() throws {
        var world = try World { $0.admission.greetDelay = .seconds(2) }
        let none = world.preConnection.deadline
        #expect(none == nil)
        let decision = try world.enter().decision
        #expect(decision == nil)
        let deadline = world.preConnection.deadline
        #expect(deadline == now + 2 * second)
        #expect(Array(world.poller.entries.values) == [.pending(1)])
        let early = try world.due(at: now + 2 * second - 1)
        let due = try world.due(at: now + 2 * second)
        let again = try world.due(at: now + 2 * second)
        #expect(early == nil && due == "advance from greetDelay" && again == nil)
        let after = world.preConnection.deadline
        #expect(after == nil && world.poller.entries.isEmpty)
    }

    @Test("a connection that could get a handler at once makes the deadline now")
    func ready() throws {
        var world = try World { $0.limits.waiting = 1 }
        _ = try world.enter()
        let (waits, hasQueued) = (world.preConnection.deadline, world.preConnection.hasQueued)
        #expect(waits == nil && hasQueued)
        world.preConnection.isReady = true
        let ready = world.preConnection.deadline
        #expect(ready == 0)
        try world.finish()
    }

    @Test("what the connections wait for has deadlines of its own: a check that began late, a resolver to be watched")
    func others() throws {
        var world = try World { $0.admission.checks.programs = [.none] }
        _ = try world.enter()
        var cursor = PreConnection.Cursor()
        let found = world.preConnection.nextCheck(after: &cursor, at: now + second)
        world.preConnection.checks.started(try #require(found), pid: 0x7000_0000)
        let first = world.preConnection.deadline
        #expect(first == now + 5 * second)
        let late = try world.due(at: now + 5 * second)
        let ofCheck = world.preConnection.deadline
        #expect(late == "refuse checkTimeout" && ofCheck == now + 6 * second)
        world.preConnection.checks.killLate(at: now + 6 * second)
        let after = world.preConnection.deadline
        #expect(after == nil)
        let listed = try World { $0.admission.dnsbl = [DNSBLRule(zone: "bl.example", effect: .deny)] }
        let ofResolver = listed.preConnection.deadline
        #expect(ofResolver == 0)
    }

    @Test("a header that does not come is the deadline of its connection")
    func header() throws {
        var world = try World { $0.admission.upstreams = [IPPrefix(of: .v4(0), length: 0)] }
        let ends = try streamEnds()
        let near = try Descriptor.duplicate(of: ends.near.number)
        try world.preConnection.awaitHeader(
            of: IncomingConnection(socket: near, peer: client, local: local), world.poller, at: now)
        let (deadline, count) = (world.preConnection.deadline, world.preConnection.count)
        #expect(deadline == now + PhasePlan.proxyHeader && count == 1)
        let early = try world.due(at: now)
        let late = try world.due(at: now + PhasePlan.proxyHeader)
        #expect(early == nil && late == "refuse proxyHeader" && world.poller.entries.isEmpty)
    }

    @Test("a header that comes in pieces is read when it is complete, and what follows it is left to the handler")
    func pieces() throws {
        var world = try World { $0.admission.upstreams = [IPPrefix(of: .v4(0), length: 0)] }
        let ends = try streamEnds()
        let near = try Descriptor.duplicate(of: ends.near.number)
        try world.preConnection.awaitHeader(
            of: IncomingConnection(socket: near, peer: client, local: local), world.poller, at: now)
        for piece in ["PROXY TCP4 192.0.2.7 ", "192.0.2.2 9 25"] {
            try ends.far.writeAll(Array(piece.utf8).span)
            let decision = world.word(try world.preConnection.headerArrived(1, world.poller))
            #expect(decision == nil)
        }
        try ends.far.writeAll(Array("\r\nEHLO".utf8).span)
        let decision = world.word(try world.preConnection.headerArrived(1, world.poller))
        #expect(decision == "admit \(Peer.ip(.v4(0xc000_0207), port: 9))")
        let rest = try readOnce(ends.near)
        #expect(text(rest) == "EHLO")
        // The connection may be gone when its descriptor is reported.
        let gone = world.word(try world.preConnection.headerArrived(1, world.poller))
        #expect(gone == nil)
    }

    @Test("a connection that cannot be watched for lack of memory is dropped", arguments: [Errno.noMemory, .noSpace])
    func unwatched(errno: Errno) throws {
        var world = try World { $0.admission.start = .data }
        world.poller.failure = errno
        let decision = try world.enter().decision
        let count = world.preConnection.count
        #expect(decision == "drop \(errno.name)" && count == 0)
    }

    @Test("when every place is taken, there is room only for a connection that may displace another")
    func room() throws {
        var world = try World { $0.limits.waiting = 2 }
        let empty = world.preConnection.hasRoom
        _ = try world.enter()
        _ = try world.enter()
        let shared = world.preConnection.hasRoom
        let displaced = try world.enter(.ip(.v4(1), port: 1)).decision
        let full = world.preConnection.hasRoom
        #expect(empty && shared && displaced == "refuse displaced" && !full)
        try world.finish()
    }

    @Test("a free handler is for the source with the fewest connections")
    func queue() throws {
        var world = try World { $0.limits.waiting = 3 }
        _ = try world.enter()
        _ = try world.enter(.ip(.v4(1), port: 1))
        func next(_ world: inout World) -> Peer? {
            guard let connection = world.preConnection.nextQueued(handlers: { $0 == .network(.v4(1)) ? 0 : 1 }) else {
                return nil
            }
            let peer = connection.peer
            world.admission.end(connection.takePlace())
            return peer
        }
        let (first, second, third) = (next(&world), next(&world), next(&world))
        #expect(first == .ip(.v4(1), port: 1) && second == client && third == nil)
    }

    @Test("connections of one source wait for one check, and those of another for their own")
    func checks() throws {
        var world = try World { $0.admission.checks.programs = [.none] }
        for peer in [client, client, .ip(.v4(1), port: 1)] { _ = try world.enter(peer) }
        var cursor = PreConnection.Cursor()
        var pid: Int32 = 0x7000_0000
        while let run = world.preConnection.nextCheck(after: &cursor, at: now) {
            pid += 1
            world.preConnection.checks.started(run, pid: pid)
        }
        let count = world.preConnection.checks.runs.count
        let hasMore = cursor.hasMore
        #expect(count == 2 && !hasMore)
        let end = ProcessEnd(pid: 0x7000_0001, way: .exited(status: 1))
        guard case .answered(let run, let answer) = world.preConnection.checks.ended(end, hasFailed: false, at: now)
        else {
            Issue.record("there was no answer")
            return
        }
        var walk = PreConnection.Cursor()
        var words: [String?] = []
        for _ in 0..<3 {
            words.append(world.word(try world.preConnection.nextChecked(after: &walk, run, answer, world.poller)))
        }
        #expect(words == ["refuse check", "refuse check", nil])
        let left = world.preConnection.count
        #expect(left == 1)
        try world.finish()
    }
}

struct ListLookupsTests {
    private let rules = [DNSBLRule(zone: "bl.example", effect: .deny)]

    @Test("without a resolver, the lists refuse nothing, and there is no deadline")
    func none() {
        var lookups = ListLookups(rules, resolver: nil)
        let (deadline, verdict) = (lookups.deadline, lookups.lookUp(client, at: now))
        #expect(deadline == nil && verdict?.refusal == nil && verdict?.unknown == 1)
    }

    @Test("a resolver is asked once, and its answer decides")
    func ask() throws {
        var ends = try FrameChannelEnds()
        let near = ends.gate?.number ?? -1
        var lookups = ListLookups(rules, resolver: ends.gate.take())
        let poller = PollSetDouble()
        let atOnce = lookups.deadline
        #expect(atOnce == 0)
        let lack = try lookups.watch(in: poller, at: now)
        let watched = lookups.deadline
        #expect(lack == nil && watched == nil && poller.entries == [near: .resolver])
        let before = lookups.lookUp(client, at: now)
        #expect(before == nil)
        guard case .frame(let bytes)? = try ends.resolver?.receive() else {
            Issue.record("the resolver was not asked")
            return
        }
        let request: ListRequest = try #require(ListRequest(bytes))
        ends.resolver?.offer([0xff])
        ends.resolver?.offer([0xfe])
        ends.resolver?.offer(ListReply(to: request, ListAnswer(.listed([.v4(0x7f00_0002)]), seconds: 60)).bytes)
        let notice = try lookups.readAnswers(poller, at: now)
        #expect(notice == .unknown(0xff))
        let after = lookups.lookUp(client, at: now)
        #expect(after?.refusal == .dnsbl(rule: 0))
    }

    @Test("a user of this machine is on no list")
    func user() throws {
        var ends = try FrameChannelEnds()
        var lookups = ListLookups(rules, resolver: ends.gate.take())
        let verdict = lookups.lookUp(.unix(uid: 1, gid: 1, pid: 1), at: now)
        #expect(verdict?.unknown == 0)
    }

    @Test(
        "when the kernel lacks memory for a new resolver's channel, the gate tries again after a while",
        arguments: [Errno.noMemory, .noSpace])
    func lack(errno: Errno) throws {
        var ends = try FrameChannelEnds()
        let near = ends.gate?.number ?? -1
        let poller = PollSetDouble()
        poller.failure = errno
        var lookups = ListLookups(rules, resolver: nil)
        guard let end = ends.gate.take() else { return }
        let lack = try lookups.setResolver(end, poller, at: now)
        let deadline = lookups.deadline
        #expect(lack?.errno == errno && deadline == now + PollEntry.retryNanoseconds)
        let early = lookups.isWatchDue(at: now)
        let due = lookups.isWatchDue(at: now + PollEntry.retryNanoseconds)
        #expect(!early && due)
        // The resolver is asked meanwhile.
        let verdict = lookups.lookUp(client, at: now)
        #expect(verdict == nil)
        poller.failure = nil
        let none = try lookups.watch(in: poller, at: now + PollEntry.retryNanoseconds)
        let after = lookups.deadline
        #expect(none == nil && after == nil && poller.entries == [near: .resolver])
    }

    @Test("a resolver that ends is forgotten, and one that replaces it takes its place")
    func replaced() throws {
        var ends = try FrameChannelEnds()
        let poller = PollSetDouble()
        var lookups = ListLookups(rules, resolver: ends.gate.take())
        _ = try lookups.watch(in: poller, at: now)
        ends.resolver = nil
        let notice = try lookups.readAnswers(poller, at: now)
        #expect(notice == nil)
        let verdict = lookups.lookUp(client, at: now)
        #expect(verdict?.unknown == 1 && poller.entries.isEmpty)
        var others = try FrameChannelEnds()
        guard let end = others.gate.take() else { return }
        let number = end.number
        let lack = try lookups.setResolver(end, poller, at: now)
        #expect(lack == nil && poller.entries == [number: .resolver])
        let asked = lookups.lookUp(.ip(.v4(2), port: 1), at: now)
        #expect(asked == nil)
    }

    @Test("a resolver that sends what is no message is asked no more")
    func malformed() throws {
        var ends = try FrameChannelEnds()
        let poller = PollSetDouble()
        let writer = ends.resolver?.numbers.writer ?? -1
        var lookups = ListLookups(rules, resolver: ends.gate.take())
        _ = try lookups.watch(in: poller, at: now)
        try writeBytes([0, 0].span, to: writer)
        let notice = try lookups.readAnswers(poller, at: now)
        let verdict = lookups.lookUp(client, at: now)
        #expect(notice == .malformed && verdict?.unknown == 1 && poller.entries.isEmpty)
    }
}
