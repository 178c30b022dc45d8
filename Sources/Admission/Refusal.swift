// A refusal, and what decided it. Its cause, which names its word and its setting, is a RefusalCause.
// A cause that has no detail needs no case here.
package import ServiceModel

/// Why one connection is refused: a cause, or a detail that implies one.
package enum Refusal: Hashable, Sendable {
    /// The cause says everything.
    case plain(RefusalCause)
    /// The line of the block list with this number.
    case blockList(line: Int)
    /// A ban: its index in the table of bans, and its end.
    case ban(SealedBans.Match)
    /// The access rule with this index.
    case accessRule(Int)
    /// The source already has this many connections.
    case sourceLimit(Int)
    /// The rule of `dnsbl` with this index.
    case dnsbl(rule: Int)
    /// The check with this index ended with a status other than 0.
    case check(Int)
    /// The check with this index was ended by a signal, or could not be started.
    case checkFailed(Int)
    case proxyHeader(ProxyTrouble)

    package var cause: RefusalCause {
        switch self {
        case .plain(let cause): cause
        case .blockList: .blockList
        case .ban: .ban
        case .accessRule: .accessRule
        case .sourceLimit: .sourceLimit
        case .dnsbl: .dnsbl
        case .check: .check
        case .checkFailed: .checkFailed
        case .proxyHeader: .proxyHeader
        }
    }

    package static func closed(_ reason: ClosedReason) -> Refusal { .plain(reason == .hours ? .hours : .load) }

    /// The refusal action of the rule that decided; nil: the action of the service. The parameters are the rules of
    /// that service.
    package func actionOfRule(_ access: [AccessRule], _ dnsbl: [DNSBLRule]) -> RefusalAction? {
        switch self {
        case .accessRule(let rule): access[rule].refusal
        case .dnsbl(let rule): dnsbl[rule].refusal
        default: nil
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
