// The tokens of a resolver's poll set: which descriptor is ready. Pure.
// The place of a name server has the lowest three bits of the number.
internal import LinuxSystem

/// A descriptor in the poll set of a resolver.
enum PollToken: Hashable {
    /// The channel of the supervisor.
    case channel
    /// A gate's channel, by the number of the gate.
    case gate(UInt64)
    /// A socket of a lookup, by the number of the lookup and the place of the name server among those it has asked.
    case server(lookup: UInt64, place: Int)

    /// How many name servers a lookup can ask.
    static let mostServers = 1 << Int(placeBits)
    static let mostLookup: UInt64 = PollBits.mostNumber >> placeBits
    private static let placeBits: UInt64 = 3

    private enum Kind: UInt8 {
        case channel, gate, server
    }

    /// The form that epoll(7) keeps. The resolver stops at a number above ``mostLookup``; a million lookups in each
    /// second would get there in two hundred years.
    var bits: UInt64 {
        switch self {
        case .channel: return Self.bits(.channel, 0)
        case .gate(let number): return Self.bits(.gate, number)
        case .server(let lookup, let place):
            precondition(lookup <= Self.mostLookup, "a token has 53 bits for the number of a lookup")
            precondition(place < Self.mostServers, "a token has 3 bits for the place of a server")
            return Self.bits(.server, lookup << Self.placeBits | UInt64(place))
        }
    }

    private static func bits(_ kind: Kind, _ number: UInt64) -> UInt64 {
        PollBits(kind: kind.rawValue, number: number).bits
    }

    /// The token of these bits; nil when no token has them.
    init?(bits: UInt64) {
        let (kind, number) = (Kind(rawValue: PollBits(bits).kind), PollBits(bits).number)
        switch kind {
        case .channel where number == 0: self = .channel
        case .channel, nil: return nil
        case .gate: self = .gate(number)
        case .server:
            self = .server(
                lookup: number >> Self.placeBits, place: Int(number & (1 << Self.placeBits - 1)))
        }
    }
}
