// The messages between supervisor and resolver. ChannelMessage has their form.
package import Wire

/// From the supervisor to the resolver.
package enum ResolverOrder: Hashable, Sendable {
    /// Another gate; the resolver's end of its channel is passed along. The gate may not ask any list yet.
    case gate
    /// The latest gate may ask this list too: its next place in ``ListRequest``.
    case list(String)
    /// Asks for a sign of life.
    case signOfLife
}

extension ResolverOrder: ChannelMessage {
    package enum Kind: UInt8 {
        case gate = 0x47  // G
        case list = 0x4c  // L
        case signOfLife = 0x41  // A
    }

    package var kind: Kind {
        switch self {
        case .gate: .gate
        case .list: .list
        case .signOfLife: .signOfLife
        }
    }

    package func writeFields(to writer: inout WireWriter) {
        if case .list(let zone) = self { writer.write(zone) }
    }

    package init(_ kind: Kind, from reader: inout WireReader) throws(WireError) {
        switch kind {
        case .gate: self = .gate
        case .list: self = .list(try reader.text())
        case .signOfLife: self = .signOfLife
        }
    }
}
