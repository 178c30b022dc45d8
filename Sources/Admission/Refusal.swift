// A refusal, and what decided it. Its cause, which names its word and its setting, is a RefusalCause.
package import ServiceModel

/// Why one connection is refused.
package enum Refusal: Hashable, Sendable {
    /// The line of the block list with this number.
    case blockList(line: Int)
    /// A ban: its index in the table of bans, and its end.
    case ban(SealedBans.Match)
    /// The access rule with this index.
    case accessRule(Int)
    case noRuleMatches
    case sensor
    case closed(ClosedReason)
    /// The source already has this many connections.
    case sourceLimit(Int)
    case sourceRate
    /// The rule of `dnsbl` with this index.
    case dnsbl(rule: Int)
    /// The check with this index ended with a status other than 0.
    case check(Int)
    case checkTimeout
    /// The check with this index was ended by a signal, or could not be started.
    case checkFailed(Int)
    case noData
    case firstByte
    case earlyTalker
    case proxyHeader(ProxyTrouble)
    case crowded
    case drain

    /// The refusal action of the rule that decided; nil: the action of the service. The parameters are the rules of
    /// that service.
    package func actionOfRule(_ access: [AccessRule], _ dnsbl: [DNSBLRule]) -> RefusalAction? {
        switch self {
        case .accessRule(let rule): access[rule].refusal
        case .dnsbl(let rule): dnsbl[rule].refusal
        default: nil
        }
    }

    package var cause: RefusalCause {
        switch self {
        case .blockList: .blockList
        case .ban: .ban
        case .accessRule: .accessRule
        case .noRuleMatches: .noRuleMatches
        case .sensor: .sensor
        case .closed(.hours): .hours
        case .closed(.load): .load
        case .sourceLimit: .sourceLimit
        case .sourceRate: .sourceRate
        case .dnsbl: .dnsbl
        case .check: .check
        case .checkTimeout: .checkTimeout
        case .checkFailed: .checkFailed
        case .noData: .noData
        case .firstByte: .firstByte
        case .earlyTalker: .earlyTalker
        case .proxyHeader: .proxyHeader
        case .crowded: .crowded
        case .drain: .drain
        }
    }
}

/// The fault at the beginning of an upstream's connection.
package enum ProxyTrouble: Hashable, Sendable, CustomStringConvertible {
    case malformed(ProxyFault)
    /// The header did not come in time.
    case late
    /// The connection ended within the header.
    case cut

    package var description: String {
        switch self {
        case .malformed(let fault): fault.description
        case .late: "no whole PROXY header came within 5 seconds"
        case .cut: "the connection ended before its PROXY header did"
        }
    }
}
