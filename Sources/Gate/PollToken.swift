// The tokens of a gate's poll set: which descriptor is ready. Pure.
internal import LinuxSystem

/// A descriptor in the poll set of a gate.
enum PollToken: Hashable {
    case signals
    case channel
    case handlerLog
    case resolver
    /// A listener, by its index in the setup.
    case listener(Int)
    /// A lingering socket, by its number.
    case lingering(Int)
    /// A pending connection that was not admitted yet, by its number.
    case incoming(UInt64)
    /// A pending connection that was admitted, by its number.
    case pending(UInt64)

    private enum Kind: UInt8 {
        case signals, channel, handlerLog, resolver, listener, lingering, incoming, pending
    }

    /// The form that epoll(7) keeps.
    var bits: UInt64 {
        switch self {
        case .signals: Self.bits(.signals, 0)
        case .channel: Self.bits(.channel, 0)
        case .handlerLog: Self.bits(.handlerLog, 0)
        case .resolver: Self.bits(.resolver, 0)
        case .listener(let index): Self.bits(.listener, UInt64(index))
        case .lingering(let number): Self.bits(.lingering, UInt64(number))
        case .incoming(let number): Self.bits(.incoming, number)
        case .pending(let number): Self.bits(.pending, number)
        }
    }

    private static func bits(_ kind: Kind, _ number: UInt64) -> UInt64 {
        PollBits(kind: kind.rawValue, number: number).bits
    }

    /// The token of these bits; nil when no token has them.
    init?(bits: UInt64) {
        let (kind, number) = (Kind(rawValue: PollBits(bits).kind), PollBits(bits).number)
        switch kind {
        case .listener: self = .listener(Int(number))
        case .lingering: self = .lingering(Int(number))
        case .incoming: self = .incoming(number)
        case .pending: self = .pending(number)
        case .signals where number == 0: self = .signals
        case .channel where number == 0: self = .channel
        case .handlerLog where number == 0: self = .handlerLog
        case .resolver where number == 0: self = .resolver
        case .signals, .channel, .handlerLog, .resolver, nil: return nil
        }
    }
}
