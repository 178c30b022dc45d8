// DNS block lists: whoever nothing is known of waits in the lobby while the resolver asks. It is a process of its own, because
// a gate has no network; without it, and when it does not answer in time, nobody is refused.
internal import Addresses
internal import Admission
internal import DNS
internal import LinuxSystem
internal import Messages
internal import Wire

extension Gate {
    /// Lets somebody in or not, when that is known; else the resolver is asked, and somebody waits.
    mutating func advanceByLists(_ incoming: consuming IncomingConnection, at now: Int64) {
        if case .ask(let missing) = knowledge(of: incoming.peer, at: now) {
            ask(missing, about: incoming.peer, at: now)
        }
        // Once more: of whom nobody could be asked, it is known that nobody knows.
        switch knowledge(of: incoming.peer, at: now) {
        case .known(let verdict): follow(verdict, on: incoming, at: now)
        case .ask: hold(incoming, in: .lists, at: now)
        }
    }

    /// What the lists say of a peer, or who is to be asked. Of a user of this machine they say nothing.
    func knowledge(of peer: Peer, at now: Int64) -> ListKnowledge {
        guard case .ip(let address, _) = peer else { return .known(ListVerdict()) }
        switch lists.knowledge(of: address, at: now) {
        case .known(let verdict): return .known(verdict)
        case .ask(let missing):
            return isResolverThere ? .ask(lists: missing) : .known(lists.verdict(on: address, at: now))
        }
    }

    private var isResolverThere: Bool {
        switch resolver {
        case .some: true
        case .none: false
        }
    }

    private mutating func follow(_ verdict: ListVerdict, on incoming: consuming IncomingConnection, at now: Int64) {
        if let refusal = verdict.refusal { return refusePending(incoming, refusal, at: now) }
        incoming.lists = verdict.matches
        if verdict.unknown != 0 { setup.counters.increment(.unlisted) }
        advance(incoming, from: phasePlan.next(after: .lists), at: now)
    }

    /// Asks the resolver.
    private mutating func ask(_ missing: UInt32, about peer: Peer, at now: Int64) {
        guard case .ip(let address, _) = peer else { return }
        for list in lists.lists.indices where missing & 1 << UInt32(list) != 0 {
            let request = ListRequest(list: list, address: address)
            do throws(SystemError) {
                switch resolver {
                case .some(let channel): try channel.send(request.wireBytes)
                case .none: return
                }
            } catch {
                // It is busy, or gone: as if it had said that nobody knows.
                lists.learn(ListReply(to: request, ListAnswer(.unknown, seconds: 1)), at: now)
            }
        }
    }

    private static let answersAtOnce = 64

    /// Answers have come, or the end of the resolver.
    mutating func readListReplies(at now: Int64) throws(SystemError) {
        // Not without end: the other connections are not to wait for these.
        for _ in 0..<Self.answersAtOnce {
            var received = MessageChannel.Received.nothing
            switch resolver {
            case .some(let channel): received = try channel.receive()
            case .none: return
            }
            switch consume received {
            case .nothing: return try advanceListed(at: now)
            case .message(let bytes, _):
                // What it cannot mean is no answer.
                if let reply = ListReply(wireBytes: bytes) { lists.learn(reply, at: now) }
            case .closed:
                try forgetResolver()
                return try advanceListed(at: now)
            }
        }
        try advanceListed(at: now)
    }

    /// The supervisor has a resolver for us, the first one or another.
    mutating func setResolver(_ channel: consuming MessageChannel, at now: Int64) throws(SystemError) {
        try forgetResolver()
        try poller.add(channel.number, token: Token.resolver)
        resolver = consume channel
        try advanceListed(askingAgain: true, at: now)
    }

    private mutating func forgetResolver() throws(SystemError) {
        switch resolver {
        case .some(let channel): try poller.remove(channel.number)
        case .none: return
        }
        resolver = nil
    }

    /// Goes on with everybody of whom enough is known now.
    ///
    /// - Parameter askingAgain: what was asked before was asked of somebody else.
    private mutating func advanceListed(askingAgain: Bool = false, at now: Int64) throws(SystemError) {
        var next = pendingConnections.first(in: .lists)
        while let number = next {
            next = pendingConnections.next(after: number)
            guard let peer = pendingConnections.read(number, { $0.incoming.peer }) else { return }
            switch knowledge(of: peer, at: now) {
            case .known: advance(try removePending(number), from: .lists, at: now)
            case .ask(let missing): if askingAgain { ask(missing, about: peer, at: now) }
            }
        }
    }

    /// Nobody waits for lists any longer than this: who has not answered has said nothing.
    mutating func decide(_ incoming: consuming IncomingConnection, at now: Int64) {
        guard case .ip(let address, _) = incoming.peer else { preconditionFailure("lists are asked about addresses") }
        follow(lists.verdict(on: address, at: now), on: incoming, at: now)
    }
}
