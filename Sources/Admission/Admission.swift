// Who may come in: the pre-connection checks of one service, in their order, the first refusal ends it.
// Pure: no system call, no clock, no libc. Allocates nothing after init.
// Promises that what was admitted is counted until its `Admitted` is given back, and that losing one is a trap.
package import ServiceModel

/// The decisions of one gate.
package struct Admission: ~Copyable {
    private let rules: [AccessRule]
    private let perSource: Int
    private let sourcePrefix: SourcePrefix
    /// Handlers at once, by source. There are never more sources than connections.
    private var sources: FixedMap<Source, Int>

    package init(service: Service, sourcePrefix: SourcePrefix) {
        rules = service.access
        self.sourcePrefix = sourcePrefix
        perSource =
            switch service.limits.perSource {
            case .unlimited: .max
            case .at(let count): count
            }
        sources = FixedMap(capacity: service.limits.connections)
    }

    /// Decides on one peer. The caller has made sure that the service is below its own limit of connections.
    ///
    /// Order: block list, access rules, connections of the source.
    ///
    /// - Parameter blockList: a table that ``BlockList/table(of:file:)`` built.
    package mutating func decide(_ peer: Peer, blockList: RawSpan) -> Decision {
        if case .ip(let address, _) = peer, let line = BlockList.line(matching: address, in: blockList) {
            return .refuse(.blocked(line: line))
        }
        let rule = rules.firstIndex { $0.matches(peer) }
        if let rule {
            if rules[rule].verdict == .deny { return .refuse(.denied(rule: rule)) }
        } else if !rules.isEmpty {
            return .refuse(.noRule)
        }
        let source = Source(of: peer, sourcePrefix)
        let count = sources.update(source) { count in
            if count < perSource { count += 1 } else { return -1 }
            return count
        }
        if count == -1 { return .refuse(.sourceLimit(perSource)) }
        if count == nil { sources.insert(source, 1) }
        return .admit(Admitted(source: source, rule: rule, sourceCount: count ?? 1))
    }

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

/// Why a peer was refused.
package enum Refusal: Hashable, Sendable {
    /// By the line of the block list with this number.
    case blocked(line: Int)
    /// By the access rule with this index.
    case denied(rule: Int)
    /// There are access rules, and none matched.
    case noRule
    /// The source already has this many connections.
    case sourceLimit(Int)
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
