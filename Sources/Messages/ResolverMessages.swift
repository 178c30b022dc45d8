// The messages between supervisor and resolver, and their form on the message channel.
// Each message is a letter and its fields. Anything else is a bug of this program, and reads as nil.

/// From the supervisor to the resolver.
package enum ResolverOrder: Hashable, Sendable {
    /// Another gate; the resolver's end of its channel is passed along. The gate may not ask any list yet.
    case gate
    /// The latest gate may ask this list too: its next place in ``ListRequest``.
    case list(String)

    package var bytes: [UInt8] {
        switch self {
        case .gate: [UInt8(ascii: "G")]
        case .list(let zone): [UInt8(ascii: "L")] + Array(zone.utf8)
        }
    }

    package init?(_ bytes: [UInt8]) {
        switch bytes.first {
        case UInt8(ascii: "G") where bytes.count == 1: self = .gate
        case UInt8(ascii: "L"):
            guard let zone = String(validating: bytes.dropFirst(), as: UTF8.self) else { return nil }
            self = .list(zone)
        default: return nil
        }
    }
}

/// From the resolver to the supervisor.
package enum ResolverReport: Hashable, Sendable {
    /// The sandbox is entered and verified: gates may ask.
    case ready
    /// The resolver cannot serve, and ends.
    case failed(String)

    package var bytes: [UInt8] {
        switch self {
        case .ready: [UInt8(ascii: "R")]
        case .failed(let reason): [UInt8(ascii: "F")] + FailureReason.bytes(of: reason)
        }
    }

    package init?(_ bytes: [UInt8]) {
        switch bytes.first {
        case UInt8(ascii: "R") where bytes.count == 1: self = .ready
        case UInt8(ascii: "F"):
            guard let reason = FailureReason.read(bytes.dropFirst()) else { return nil }
            self = .failed(reason)
        default: return nil
        }
    }
}
