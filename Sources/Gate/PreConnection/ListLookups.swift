// DNS block lists. A connection from an address that the lists have not answered for is pending while the resolver asks
// them. The resolver is a process of its own, because a gate has no network. Without a resolver, and when it does not
// answer in time, the lists refuse no connection.
internal import Addresses
internal import Admission
internal import DNS
internal import LinuxSystem
internal import Messages
internal import ServiceModel
internal import Wire

/// The answers of the lists of one service, and the channel to the resolver that asks them.
struct ListLookups: ~Copyable {
    private var cache: ListCache
    /// nil when there is no resolver.
    private var resolver: FrameChannel?
    /// Of the channel to the resolver.
    private var entry: PollEntry
    /// Whether a resolver has sent a message that the gate does not know. Only the first is told.
    private var hasGotUnknown = false

    /// Answers that are read at once, so that other connections do not wait for them.
    private static let answersAtOnce = 64

    init(_ rules: [DNSBLRule], resolver: consuming FrameChannel?) {
        // One answer if the service has no lists, so that the cache takes no memory.
        cache = ListCache(rules: rules, answersPerFamily: rules.isEmpty ? 1 : ListCache.standardAnswers)
        self.resolver = resolver
        entry = PollEntry()
        if number != nil { entry = PollEntry(deadline: 0) }
    }

    /// Monotonic: when ``watch(in:at:)`` has to be tried again; nil for never.
    var deadline: Int64? { entry.deadline }

    /// What the lists say of a peer, or which lists to ask. The lists say nothing of a user of this machine.
    func knowledge(of peer: Peer, at now: Int64) -> ListKnowledge {
        guard case .ip(let address, _) = peer else { return .known(ListVerdict()) }
        switch cache.knowledge(of: address, at: now) {
        case .known(let verdict): return .known(verdict)
        case .ask(let missing):
            return number != nil ? .ask(lists: missing) : .known(cache.verdict(on: address, at: now))
        }
    }

    /// The verdict by the answers so far, because the time for them is over. A list without an answer does not refuse.
    func verdict(on peer: Peer, at now: Int64) -> ListVerdict {
        guard case .ip(let address, _) = peer else { return ListVerdict() }
        return cache.verdict(on: address, at: now)
    }

    /// The verdict on a peer; nil after the resolver was asked for what is missing.
    mutating func lookUp(_ peer: Peer, at now: Int64) -> ListVerdict? {
        if case .ask(let missing) = knowledge(of: peer, at: now) { ask(missing, about: peer, at: now) }
        // Look again: if the resolver could not be asked, the answer is now "unknown".
        guard case .known(let verdict) = knowledge(of: peer, at: now) else { return nil }
        return verdict
    }

    /// Asks the resolver about each missing list.
    private mutating func ask(_ missing: UInt32, about peer: Peer, at now: Int64) {
        guard case .ip(let address, _) = peer else { return }
        for list in cache.lists.indices where missing & 1 << UInt32(list) != 0 {
            let request = ListRequest(list: list, address: address)
            let isAsked: Bool
            switch resolver {
            case .some(let channel): isAsked = channel.offer(request.bytes)
            case .none: return
            }
            // A resolver that is busy, or gone, counts as the answer "unknown".
            if !isAsked { cache.learn(ListReply(to: request, ListAnswer(.unknown, seconds: 1)), at: now) }
        }
    }

    /// Something that the log says of a resolver.
    enum Notice: Hashable {
        /// Its first message that the gate does not know, by its first byte.
        case unknown(UInt8)
        /// It has sent bytes that are no message, so it is asked no more.
        case malformed
    }

    /// Reads the answers of the resolver, or notices its end.
    ///
    /// Errors: read(2), epoll_ctl(2).
    mutating func readAnswers(
        _ poller: borrowing some PollSet & ~Copyable, at now: Int64
    ) throws(SystemError) -> Notice? {
        var notice: Notice?
        for _ in 0..<Self.answersAtOnce {
            switch try resolver?.receive() {
            case nil, .nothing: return notice
            case .frame(let bytes):
                switch ListReply.read(bytes) {
                case .message(let reply): cache.learn(reply, at: now)
                case .unknown where !hasGotUnknown:
                    hasGotUnknown = true
                    notice = .unknown(bytes[0])
                case .unknown, .nonsense: break
                }
            case .malformed:
                try forgetResolver(poller)
                return .malformed
            case .closed:
                try forgetResolver(poller)
                return notice
            }
        }
        return notice
    }

    /// Takes over the channel to a resolver that the supervisor has started, the first one or a replacement.
    ///
    /// - Returns: the lack of resources that keeps the gate from reading its answers for now.
    /// Errors: epoll_ctl(2), any other.
    mutating func setResolver(
        _ channel: consuming FrameChannel, _ poller: borrowing some PollSet & ~Copyable, at now: Int64
    ) throws(SystemError) -> SystemError? {
        try forgetResolver(poller)
        resolver = consume channel
        return try watch(in: poller, at: now)
    }

    /// Whether ``watch(in:at:)`` has to be tried again now.
    func isWatchDue(at now: Int64) -> Bool { entry.isDue(at: now) }

    /// Puts the channel into the poll set, unless it is there.
    ///
    /// - Returns: the lack of resources that prevents it for now.
    /// Errors: epoll_ctl(2), any other.
    mutating func watch(
        in poller: borrowing some PollSet & ~Copyable, at now: Int64
    ) throws(SystemError) -> SystemError? {
        guard let number, !entry.isWatched else { return nil }
        return try entry.add(number, .resolver, to: poller, at: now)
    }

    private mutating func forgetResolver(_ poller: borrowing some PollSet & ~Copyable) throws(SystemError) {
        guard let number else { return }
        try entry.remove(number, from: poller)
        resolver = nil
    }

    private var number: Int32? {
        switch resolver {
        case .some(let channel): channel.number
        case .none: nil
        }
    }
}
