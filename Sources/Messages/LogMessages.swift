// The messages from the supervisor to the writer of the log. ChannelMessage has their form; WorkerReport has the way
// back.
package import Wire

/// Whose lines a pipe of the log carries.
package enum LogSource: Hashable, Sendable {
    case supervisor
    case resolver(pid: Int32)
    case gate(service: String, pid: Int32)
}

/// From the supervisor to the writer of the log.
package enum LogOrder: Hashable, Sendable {
    /// Another source; the reading end of its pipe is passed along.
    case source(LogSource)
    /// Asks for a sign of life.
    case signOfLife
    /// The supervisor ends: the writer is to end when it has written everything.
    case finish
}

extension LogOrder: ChannelMessage {
    package enum Kind: UInt8 {
        case supervisor = 0x53  // S
        case resolver = 0x52  // R
        case gate = 0x47  // G
        case signOfLife = 0x41  // A
        case finish = 0x46  // F
    }

    package var kind: Kind {
        switch self {
        case .source(.supervisor): .supervisor
        case .source(.resolver): .resolver
        case .source(.gate): .gate
        case .signOfLife: .signOfLife
        case .finish: .finish
        }
    }

    package func writeFields(to writer: inout WireWriter) {
        switch self {
        case .source(.supervisor), .signOfLife, .finish: break
        case .source(.resolver(let pid)): writer.write(Int64(pid))
        case .source(.gate(let service, let pid)):
            writer.write(service)
            writer.write(Int64(pid))
        }
    }

    package init(_ kind: Kind, from reader: inout WireReader) throws(WireError) {
        switch kind {
        case .supervisor: self = .source(.supervisor)
        case .resolver: self = .source(.resolver(pid: try reader.number(Int32.self)))
        case .gate: self = .source(.gate(service: try reader.text(), pid: try reader.number(Int32.self)))
        case .signOfLife: self = .signOfLife
        case .finish: self = .finish
        }
    }
}
