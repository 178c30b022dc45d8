// What a worker reports to the supervisor. A worker is a process for one task that gates need: the resolver, and the
// writer of the log. ChannelMessage has the form.
package import Wire

/// From a worker to the supervisor.
package enum WorkerReport: Hashable, Sendable {
    /// The sandbox is entered and verified: it works.
    case ready
    /// It cannot work, and ends.
    case failed(String)
    /// The answer to an order for a sign of life.
    case alive
}

extension WorkerReport: ChannelMessage {
    package enum Kind: UInt8 {
        case ready = 0x52  // R
        case failed = 0x46  // F
        case alive = 0x41  // A
    }

    package var kind: Kind {
        switch self {
        case .ready: .ready
        case .failed: .failed
        case .alive: .alive
        }
    }

    package func writeFields(to writer: inout WireWriter) {
        if case .failed(let reason) = self { writer.write(FailureReason.cut(reason)) }
    }

    package init(_ kind: Kind, from reader: inout WireReader) throws(WireError) {
        switch kind {
        case .ready: self = .ready
        case .failed: self = .failed(try FailureReason.read(&reader))
        case .alive: self = .alive
        }
    }
}
