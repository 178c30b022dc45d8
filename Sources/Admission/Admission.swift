// Whether a peer gets a handler: the checks of one service, in their order; the first one that refuses decides.
// Pure: no system call, no clock, no libc. Allocates nothing after init.
// Promises that what was admitted is counted until its `Admitted` is given back, and that losing one is a trap.
package import Addresses
package import ServiceModel
internal import Tables

/// The decisions of one gate.
package struct Admission: ~Copyable {
    private let rules: [AccessRule]
    private let perSource: Int
    private let sourcePrefix: SourcePrefix
    private let isSensor: Bool
    private var rates: RateTable?
    /// Handlers at once, and who waits for one, by source. There are never more sources than connections.
    private var sources: FixedMap<Source, Int>

    package init(service: Service, sourcePrefix: SourcePrefix) {
        rules = service.access
        self.sourcePrefix = sourcePrefix
        perSource =
            switch service.limits.perSource {
            case .unlimited: .max
            case .at(let count): count
            }
        isSensor = service.admission.sensor != nil
        rates =
            switch service.limits.rate {
            case .unlimited: nil
            case .at(let rate): RateTable(rate: rate)
            }
        // And one for whoever is about to take the place of another one.
        let waiting = service.waitingPlaces > 0 ? service.waitingPlaces + 1 : 0
        sources = FixedMap(capacity: service.limits.connections + waiting)
    }

    /// Decides on one peer, in the order of the statements. The caller has made sure that the service is below its own
    /// limits of connections, and of those that wait.
    ///
    /// - Parameters:
    ///   - blockList: a table that ``BlockList/table(of:file:)`` built.
    ///   - bans: a table that ``BanTable/list(at:)`` built.
    ///   - closed: why the service is closed; nil: it is open.
    ///   - now: nanoseconds of the monotonic clock.
    package mutating func decide(
        _ peer: Peer, blockList: RawSpan, bans: RawSpan, closed: ClosedReason?, at now: Int64
    ) -> Decision {
        if case .ip(let address, _) = peer {
            if let line = BlockList.line(matching: address, in: blockList) { return .refuse(.blockList(line: line)) }
            if let ban = SealedBans.match(address, at: now, in: bans) { return .refuse(.ban(ban)) }
        }
        let rule = rules.firstIndex { $0.matches(peer) }
        if let rule {
            if rules[rule].verdict == .deny { return .refuse(.accessRule(rule)) }
        } else if !rules.isEmpty {
            return .refuse(.noRuleMatches)
        }
        if isSensor { return .refuse(.sensor) }
        if let closed { return .refuse(.closed(closed)) }
        let source = Source(of: peer, sourcePrefix)
        let before = sources.update(source) { $0 } ?? 0
        if before >= perSource { return .refuse(.sourceLimit(perSource)) }
        // Last, so that only a connection that would be admitted costs its source a part of its rate.
        if rates?.take(source, at: now) == false { return .refuse(.sourceRate) }
        if before == 0 { sources.insert(source, 1) } else { _ = sources.update(source) { $0 += 1 } }
        return .admit(Admitted(source: source, rule: rule, sourceCount: before + 1))
    }

    /// Connections of a source that were let in and are not over.
    package func count(of source: Source) -> Int { sources.value(of: source) ?? 0 }

    /// Nanoseconds until a source may come as often as it has; 0: now; nil: as often as it likes.
    package func rateWait(of source: Source, at now: Int64) -> Int64? {
        switch rates {
        case .some(let rates): rates.wait(source, at: now)
        case .none: nil
        }
    }

    /// Takes over what the service's gate has counted of a source, so that this admission decides on it as the gate
    /// would. Before the first decision, and once for a source.
    ///
    /// - Parameters:
    ///   - count: what ``count(of:)`` says there.
    ///   - rateWait: what ``rateWait(of:at:)`` says there.
    ///   - now: nanoseconds of the monotonic clock.
    package mutating func restore(_ source: Source, count: Int, rateWait: Int64?, at now: Int64) {
        if count > 0 { sources.insert(source, count) }
        if let rateWait { rates?.restore(source, wait: rateWait, at: now) }
    }

    /// What a peer is counted by.
    package func source(of peer: Peer) -> Source { Source(of: peer, sourcePrefix) }

    /// The connection is over: its source has one less.
    package mutating func end(_ admitted: consuming Admitted) {
        let source = admitted.source
        admitted.giveBack()
        let left = sources.update(source) { count in
            count -= 1
            return count
        }
        precondition(left != nil, "an admitted connection has a counted source")
        if left == 0 { _ = sources.remove(source) }
    }

    /// Sources with a handler at this moment.
    package var sourceCount: Int { sources.count }
}

/// What admission decided.
package enum Decision: ~Copyable {
    case admit(Admitted)
    case refuse(Refusal)
}

/// A place among the connections of a source: must be given back with ``Admission/end(_:)``.
package struct Admitted: ~Copyable {
    package let source: Source
    /// The access rule that let it in: an index into `Service.access`; nil when the service has no rules.
    package let rule: Int?
    /// Connections of this source, this one included: TCPCONNNUM.
    package let sourceCount: Int

    init(source: Source, rule: Int?, sourceCount: Int) {
        self.source = source
        self.rule = rule
        self.sourceCount = sourceCount
    }

    fileprivate consuming func giveBack() { discard self }

    // A count is at least 1: whoever gets here lost the place instead of giving it back.
    deinit { precondition(sourceCount == 0, "an admitted connection was lost instead of ended") }
}

/// What connections are counted by: a network prefix, or for a unix socket the user.
package enum Source: Hashable, Sendable {
    case network(IPAddress)
    case user(UInt32)

    package init(of peer: Peer, _ prefix: SourcePrefix) {
        switch peer {
        case .ip(let address, _): self = .network(prefix.source(of: address).network)
        case .unix(let uid, _, _): self = .user(uid)
        }
    }
}
