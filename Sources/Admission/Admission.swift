// Whether a peer gets a handler: the checks of one service, in their order. The first one that refuses decides.
// Pure: no system call, no clock, no libc. Allocates nothing after init.
// Promises that an admitted connection is counted until its `Admitted` is given back; losing one traps.
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
    /// The connections of each source that have a handler or wait for one. There are never more sources than
    /// connections.
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
        // One more, for a connection that displaces a queued one.
        let waiting = service.waitingPlaces > 0 ? service.waitingPlaces + 1 : 0
        sources = FixedMap(capacity: service.limits.connections + waiting)
    }

    /// Decides on one peer, in the order of the statements. The caller ensures that the service is below its own limits
    /// of connections and of pending connections.
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
            return .refuse(.plain(.noRuleMatches))
        }
        if isSensor { return .refuse(.plain(.sensor)) }
        if let closed { return .refuse(.closed(closed)) }
        let source = Source(of: peer, sourcePrefix)
        if count(of: source) >= perSource { return .refuse(.sourceLimit(perSource)) }
        // Last, so that only a connection that would be admitted costs its source a part of its rate.
        if rates?.take(source, at: now) == false { return .refuse(.plain(.sourceRate)) }
        return .admit(admit(source, by: rule))
    }

    /// Admits a peer without a decision, because another admission of the same service has decided.
    ///
    /// - Parameter rule: the access rule that admitted the peer; nil if the service has no rules.
    package mutating func admit(_ peer: Peer, by rule: Int?) -> Admitted { admit(source(of: peer), by: rule) }

    private mutating func admit(_ source: Source, by rule: Int?) -> Admitted {
        let before = count(of: source)
        if before == 0 { sources.insert(source, 1) } else { _ = sources.update(source) { $0 += 1 } }
        return Admitted(source: source, rule: rule, sourceCount: before + 1)
    }

    /// The connections of a source that were admitted and are not over.
    package func count(of source: Source) -> Int { sources.value(of: source) ?? 0 }

    /// Nanoseconds until the rate admits the source's next connection; 0: now; nil: there is no rate.
    package func rateWait(of source: Source, at now: Int64) -> Int64? {
        switch rates {
        case .some(let rates): rates.wait(source, at: now)
        case .none: nil
        }
    }

    /// Takes over what the service's gate has counted of a source, so that this admission decides on it as the gate
    /// would. Called before the first decision, and once for each source.
    ///
    /// - Parameters:
    ///   - count: ``count(of:)`` of the gate.
    ///   - rateWait: ``rateWait(of:at:)`` of the gate.
    ///   - now: nanoseconds of the monotonic clock.
    package mutating func restore(_ source: Source, count: Int, rateWait: Int64?, at now: Int64) {
        if count > 0 { sources.insert(source, count) }
        if let rateWait { rates?.restore(source, wait: rateWait, at: now) }
    }

    /// The source that a peer's connections are counted by.
    package func source(of peer: Peer) -> Source { Source(of: peer, sourcePrefix) }

    /// Counts the end of a connection: its source has one less.
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

    /// The number of sources with a connection at this moment.
    package var sourceCount: Int { sources.count }
}

/// The decision of admission on one peer.
package enum Decision: ~Copyable {
    case admit(Admitted)
    case refuse(Refusal)
}

/// A place among the connections of a source. It must be given back with ``Admission/end(_:)``.
package struct Admitted: ~Copyable {
    package let source: Source
    /// The access rule that admitted the connection: an index into `Service.access`; nil if the service has no rules.
    package let rule: Int?
    /// The connections of this source, this one included: TCPCONNNUM.
    package let sourceCount: Int

    init(source: Source, rule: Int?, sourceCount: Int) {
        self.source = source
        self.rule = rule
        self.sourceCount = sourceCount
    }

    fileprivate consuming func giveBack() { discard self }

    // A count is at least 1, so a value that reaches its deinit was lost instead of given back.
    deinit { precondition(sourceCount == 0, "an admitted connection was lost instead of ended") }
}

/// The unit by which connections are counted: a network prefix, or the user for a unix socket.
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
