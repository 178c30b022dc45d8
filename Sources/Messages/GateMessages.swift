// The messages between supervisor and gate, and their form on the message channel.
// Each message is a letter and its fields. Anything else is a bug of this program, and reads as nil.
package import Addresses
package import ServiceModel
internal import Wire

/// From the supervisor to a gate.
package enum SupervisorMessage: Hashable, Sendable {
    /// A new block list; its sealed memory is passed along.
    case blockList
    /// New bans; their sealed memory is passed along.
    case bans
    /// Another resolver; the gate's end of a new channel to it is passed along.
    case resolver
    /// Asks for the status of this client's source; the answer has the same number.
    case sourceStatus(UInt32, Client)
    /// No other process will accept from the listeners: the drain that follows has to empty their queues first.
    case queueFlush
    /// Accept no more connections, and end after the last handler. After the grace, the gate ends the handlers; nil: it
    /// never does. In a second drain with a shorter grace, the shorter one counts.
    case drain(graceNanoseconds: Int64?)
    /// Kill the handlers that still run with SIGKILL.
    case kill

    package var bytes: [UInt8] {
        switch self {
        case .blockList: [UInt8(ascii: "B")]
        case .bans: [UInt8(ascii: "N")]
        case .resolver: [UInt8(ascii: "R")]
        case .sourceStatus(let number, let client): [UInt8(ascii: "Q")] + numbered(number, client)
        case .drain(let grace):
            [UInt8(ascii: "D")] + (0..<8).map { UInt8(truncatingIfNeeded: (grace ?? -1) >> ($0 * 8)) }
        case .kill: [UInt8(ascii: "K")]
        case .queueFlush: [UInt8(ascii: "L")]
        }
    }

    package init?(_ bytes: [UInt8]) {
        switch (bytes.first, bytes.count) {
        case (UInt8(ascii: "Q"), _):
            guard let (number, client) = numbered(Client.self, in: bytes) else { return nil }
            self = .sourceStatus(number, client)
        case (UInt8(ascii: "B"), 1): self = .blockList
        case (UInt8(ascii: "N"), 1): self = .bans
        case (UInt8(ascii: "R"), 1): self = .resolver
        case (UInt8(ascii: "K"), 1): self = .kill
        case (UInt8(ascii: "L"), 1): self = .queueFlush
        case (UInt8(ascii: "D"), 9):
            let grace = bytes.dropFirst().reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            self = .drain(graceNanoseconds: Int64(bitPattern: grace) < 0 ? nil : Int64(bitPattern: grace))
        default: return nil
        }
    }
}

/// From a gate to the supervisor.
package enum GateMessage: Hashable, Sendable {
    /// The sandbox is entered and verified, and the rehearsal succeeded: the gate accepts.
    case ready
    /// The gate cannot serve, and ends.
    case failed(String)
    /// A source has done what its service bans for. The supervisor decides for how long.
    case offence(IPPrefix, Offence)
    /// Connections that bans refused since the last such message; at most ``mostHits``.
    case hits([BanHit])
    /// The answer to a ``SupervisorMessage/sourceStatus(_:_:)``.
    case sourceStatus(UInt32, SourceStatus)

    package static let mostHits = 32

    /// The letter of a message.
    private enum Kind: Unicode.Scalar {
        case ready = "R"
        case failed = "F"
        case offence = "O"
        case hits = "H"
        case sourceStatus = "S"

        var byte: UInt8 { UInt8(ascii: rawValue) }

        init?(_ bytes: [UInt8]) {
            guard let first = bytes.first, let kind = Kind(rawValue: Unicode.Scalar(first)) else { return nil }
            self = kind
        }
    }

    /// Whether a message has the letter of a kind that this program knows, be the rest of it valid or not.
    package static func isOfKnownKind(_ bytes: [UInt8]) -> Bool { Kind(bytes) != nil }

    package var bytes: [UInt8] {
        switch self {
        case .ready: [Kind.ready.byte]
        case .failed(let reason): [Kind.failed.byte] + FailureReason.bytes(of: reason)
        case .sourceStatus(let number, let sourceStatus): [Kind.sourceStatus.byte] + numbered(number, sourceStatus)
        case .offence(let prefix, let offence): [Kind.offence.byte, offence.code] + Self.bytes(of: prefix)
        case .hits(let hits):
            [Kind.hits.byte]
                + hits.flatMap { hit in
                    Self.bytes(of: hit.prefix) + (0..<4).map { UInt8(truncatingIfNeeded: hit.count >> ($0 * 8)) }
                }
        }
    }

    package init?(_ bytes: [UInt8]) {
        switch Kind(bytes) {
        case .ready where bytes.count == 1: self = .ready
        case .failed:
            guard let reason = FailureReason.read(bytes.dropFirst()) else { return nil }
            self = .failed(reason)
        case .sourceStatus:
            guard let (number, sourceStatus) = numbered(SourceStatus.self, in: bytes) else { return nil }
            self = .sourceStatus(number, sourceStatus)
        case .offence:
            guard bytes.count == 2 + Self.prefixSize, let offence = Offence(code: bytes[1]),
                let prefix = Self.prefix(bytes[2...])
            else { return nil }
            self = .offence(prefix, offence)
        case .hits:
            let size = Self.prefixSize + 4
            guard (bytes.count - 1).isMultiple(of: size), bytes.count <= 1 + Self.mostHits * size else { return nil }
            var hits: [BanHit] = []
            for start in stride(from: 1, to: bytes.count, by: size) {
                guard let prefix = Self.prefix(bytes[start..<start + Self.prefixSize]) else { return nil }
                let count = bytes[(start + Self.prefixSize)..<start + size].reversed().reduce(0) {
                    $0 << 8 | UInt32($1)
                }
                hits.append(BanHit(prefix: prefix, count: count))
            }
            self = .hits(hits)
        case .ready, nil: return nil
        }
    }

    /// Length, family, and sixteen bytes of address, least significant first.
    private static let prefixSize = 18

    private static func bytes(of prefix: IPPrefix) -> [UInt8] {
        let (family, bits): (UInt8, UInt128) =
            switch prefix.network {
            case .v4(let bits): (4, UInt128(bits))
            case .v6(let bits): (6, bits)
            }
        return [UInt8(prefix.length), family] + (0..<16).map { UInt8(truncatingIfNeeded: bits >> UInt128($0 * 8)) }
    }

    private static func prefix(_ bytes: ArraySlice<UInt8>) -> IPPrefix? {
        let bits = bytes.dropFirst(2).reversed().reduce(UInt128(0)) { $0 << 8 | UInt128($1) }
        let address: IPAddress
        switch bytes[bytes.startIndex + 1] {
        case 4:
            guard let bits = UInt32(exactly: bits) else { return nil }
            address = .v4(bits)
        case 6: address = .v6(bits)
        default: return nil
        }
        let length = Int(bytes[bytes.startIndex])
        guard length <= address.bitWidth else { return nil }
        let prefix = IPPrefix(of: address, length: length)
        return prefix.network == address ? prefix : nil
    }
}

/// Four bytes of a number, least significant first, then a value.
private func numbered(_ number: UInt32, _ value: some WireValue) -> [UInt8] {
    (0..<4).map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) } + value.wireBytes
}

/// Reads what ``numbered(_:_:)`` made, after the letter of the message.
private func numbered<Value: WireValue>(_ type: Value.Type, in bytes: [UInt8]) -> (UInt32, Value)? {
    guard bytes.count >= 5, let value = Value(wireBytes: Array(bytes[5...])) else { return nil }
    return (bytes[1..<5].reversed().reduce(0) { $0 << 8 | UInt32($1) }, value)
}

/// An act that a service bans for.
package enum Offence: Hashable, Sendable {
    /// The source connected to the service's sensor.
    case sensor
    /// The source's penalties reached the threshold; this is the cause of the last one.
    case penalties(Penalties.Cause)

    fileprivate var code: UInt8 {
        switch self {
        case .sensor: 0
        case .penalties(let cause): UInt8((Penalties.Cause.allCases.firstIndex(of: cause) ?? 0) + 1)
        }
    }

    fileprivate init?(code: UInt8) {
        switch code {
        case 0: self = .sensor
        case 1...UInt8(Penalties.Cause.allCases.count): self = .penalties(Penalties.Cause.allCases[Int(code) - 1])
        default: return nil
        }
    }
}

/// Connections that the ban of a prefix has refused.
package struct BanHit: Hashable, Sendable {
    package let prefix: IPPrefix
    package let count: UInt32

    package init(prefix: IPPrefix, count: UInt32) {
        self.prefix = prefix
        self.count = count
    }
}
