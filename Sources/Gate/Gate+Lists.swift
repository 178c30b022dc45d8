// DNS block lists. A connection from an address that the lists have not answered for is pending while the resolver asks
// them. The resolver is a process of its own, because a gate has no network. Without a resolver, and when it does not
// answer in time, the lists refuse no connection.
internal import Addresses
internal import Admission
internal import DNS
internal import LinuxSystem
internal import Messages
internal import Wire

extension Gate {
    /// Admits or refuses the connection if the lists have answered for its address. Otherwise asks the resolver, and
    /// the connection becomes pending.
    mutating func advanceByLists(_ incoming: consuming IncomingConnection, at now: Int64) {
        if case .ask(let missing) = knowledge(of: incoming.peer, at: now) {
            ask(missing, about: incoming.peer, at: now)
        }
        // Look again: if the resolver could not be asked, the answer is now "unknown".
        switch knowledge(of: incoming.peer, at: now) {
        case .known(let verdict): follow(verdict, on: incoming, at: now)
        case .ask: hold(incoming, in: .lists, at: now)
        }
    }

    /// What the lists say of a peer, or which lists to ask. The lists say nothing of a user of this machine.
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

    /// Asks the resolver about each missing list.
    private mutating func ask(_ missing: UInt32, about peer: Peer, at now: Int64) {
        guard case .ip(let address, _) = peer else { return }
        for list in lists.lists.indices where missing & 1 << UInt32(list) != 0 {
            let request = ListRequest(list: list, address: address)
            let isAsked: Bool
            switch resolver {
            case .some(let channel): isAsked = channel.offer(request.wireBytes)
            case .none: return
            }
            // The gate counts a resolver that is busy, or gone, as the answer "unknown".
            if !isAsked { lists.learn(ListReply(to: request, ListAnswer(.unknown, seconds: 1)), at: now) }
        }
    }

    private static let answersAtOnce = 64

    /// Reads the answers of the resolver, or notices its end.
    mutating func readListReplies(at now: Int64) throws(SystemError) {
        // A limited number at once, so that other connections do not wait for these.
        for _ in 0..<Self.answersAtOnce {
            var received = MessageChannel.Received.nothing
            switch resolver {
            case .some(let channel): received = try channel.receive()
            case .none: return
            }
            switch consume received {
            case .nothing: return try advanceListed(at: now)
            case .message(let bytes, _):
                // A message that is no answer is ignored.
                if let reply = ListReply(wireBytes: bytes) { lists.learn(reply, at: now) }
            case .closed:
                try forgetResolver()
                return try advanceListed(at: now)
            }
        }
        try advanceListed(at: now)
    }

    /// Takes over the channel to a resolver that the supervisor has started, the first one or a replacement.
    mutating func setResolver(_ channel: consuming MessageChannel, at now: Int64) throws(SystemError) {
        try forgetResolver()
        try poller.add(channel.number, token: PollToken.resolver.bits)
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

    /// Goes on with every pending connection for which enough lists have answered.
    ///
    /// - Parameter askingAgain: whether the missing lists were asked of a resolver that is gone.
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

    /// Decides by the answers so far, because the time for them is over. A list without an answer does not refuse.
    mutating func decide(_ incoming: consuming IncomingConnection, at now: Int64) {
        guard case .ip(let address, _) = incoming.peer else { preconditionFailure("lists are asked about addresses") }
        follow(lists.verdict(on: address, at: now), on: incoming, at: now)
    }
}
