// What supervisor and gate say to each other, and how it is spelled on the message channel.
// Each message is a letter and what belongs to it; anything else is a bug of ours, and is answered with nil.

/// From the supervisor to a gate.
package enum SupervisorMessage: Hashable, Sendable {
    /// A new block list; its sealed memory is passed along.
    case blockList
    /// Accept no more, end when the last handler has. After the grace, handlers are ended; without one they have all
    /// the time they want. Sent again with a shorter grace, the shorter one counts.
    case drain(graceNanoseconds: Int64?)
    /// End what still runs with SIGKILL.
    case kill

    package var bytes: [UInt8] {
        switch self {
        case .blockList: [UInt8(ascii: "B")]
        case .drain(let grace):
            [UInt8(ascii: "D")] + (0..<8).map { UInt8(truncatingIfNeeded: (grace ?? -1) >> ($0 * 8)) }
        case .kill: [UInt8(ascii: "K")]
        }
    }

    package init?(_ bytes: [UInt8]) {
        switch (bytes.first, bytes.count) {
        case (UInt8(ascii: "B"), 1): self = .blockList
        case (UInt8(ascii: "K"), 1): self = .kill
        case (UInt8(ascii: "D"), 9):
            let grace = bytes.dropFirst().reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            self = .drain(graceNanoseconds: Int64(bitPattern: grace) < 0 ? nil : Int64(bitPattern: grace))
        default: return nil
        }
    }
}

/// From a gate to the supervisor.
package enum GateMessage: Hashable, Sendable {
    /// The sandbox is on and verified, the rehearsal went well: the gate accepts.
    case ready
    /// The gate cannot serve, and ends.
    case failed(String)

    package var bytes: [UInt8] {
        switch self {
        case .ready: [UInt8(ascii: "R")]
        case .failed(let reason): [UInt8(ascii: "F")] + Array(reason.utf8.prefix(900))
        }
    }

    package init?(_ bytes: [UInt8]) {
        switch bytes.first {
        case UInt8(ascii: "R") where bytes.count == 1: self = .ready
        case UInt8(ascii: "F"): self = .failed(String(decoding: bytes.dropFirst(), as: UTF8.self))
        default: return nil
        }
    }
}
