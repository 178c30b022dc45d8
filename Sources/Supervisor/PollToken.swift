// The tokens of the supervisor's poll set: which descriptor is ready. Pure.
internal import LinuxSystem

/// A descriptor in the poll set of the supervisor.
enum PollToken: Hashable {
    case signals
    /// The watch on the file of the block list.
    case blockList
    case controlSocket
    /// The watch on the file of the control socket.
    case controlFile
    /// What a child sends, by the child's number.
    case child(UInt64)
    /// A control client, by its number.
    case client(UInt64)

    private enum Kind: UInt8 {
        case signals, blockList, controlSocket, controlFile, child, client
    }

    /// The form that epoll(7) keeps.
    var bits: UInt64 {
        switch self {
        case .signals: Self.bits(.signals, 0)
        case .blockList: Self.bits(.blockList, 0)
        case .controlSocket: Self.bits(.controlSocket, 0)
        case .controlFile: Self.bits(.controlFile, 0)
        case .child(let number): Self.bits(.child, number)
        case .client(let number): Self.bits(.client, number)
        }
    }

    private static func bits(_ kind: Kind, _ number: UInt64) -> UInt64 {
        PollBits(kind: kind.rawValue, number: number).bits
    }

    /// The token of these bits; nil when no token has them.
    init?(bits: UInt64) {
        let (kind, number) = (Kind(rawValue: PollBits(bits).kind), PollBits(bits).number)
        switch kind {
        case .child: self = .child(number)
        case .client: self = .client(number)
        case .signals where number == 0: self = .signals
        case .blockList where number == 0: self = .blockList
        case .controlSocket where number == 0: self = .controlSocket
        case .controlFile where number == 0: self = .controlFile
        case .signals, .blockList, .controlSocket, .controlFile, nil: return nil
        }
    }
}

extension Poller {
    func add(_ number: Int32, _ token: PollToken) throws(SystemError) { try add(number, token: token.bits) }
}
