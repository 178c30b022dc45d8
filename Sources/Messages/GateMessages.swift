// The messages between supervisor and gate. ChannelMessage has their form.
package import Addresses
package import ServiceModel
package import Wire

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
    /// Asks for a sign of life.
    case signOfLife
    /// No other process will accept from the listeners: the drain that follows has to empty their queues first.
    case queueFlush
    /// Accept no more connections, and end after the last handler. After the grace, the gate ends the handlers; nil: it
    /// never does. In a second drain with a shorter grace, the shorter one counts.
    case drain(graceNanoseconds: Int64?)
    /// Kill the handlers that still run with SIGKILL.
    case kill
}

extension SupervisorMessage: ChannelMessage {
    package enum Kind: UInt8 {
        case blockList = 0x42  // B
        case bans = 0x4e  // N
        case resolver = 0x52  // R
        case sourceStatus = 0x51  // Q
        case signOfLife = 0x41  // A
        case queueFlush = 0x4c  // L
        case drain = 0x44  // D
        case kill = 0x4b  // K
    }

    package var kind: Kind {
        switch self {
        case .blockList: .blockList
        case .bans: .bans
        case .resolver: .resolver
        case .sourceStatus: .sourceStatus
        case .signOfLife: .signOfLife
        case .queueFlush: .queueFlush
        case .drain: .drain
        case .kill: .kill
        }
    }

    package func writeFields(to writer: inout WireWriter) {
        switch self {
        case .blockList, .bans, .resolver, .signOfLife, .queueFlush, .kill: break
        case .sourceStatus(let number, let client):
            writer.write(number)
            writer.write(client)
        case .drain(let grace): writer.write(grace.map { Int($0) })
        }
    }

    package init(_ kind: Kind, from reader: inout WireReader) throws(WireError) {
        switch kind {
        case .blockList: self = .blockList
        case .bans: self = .bans
        case .resolver: self = .resolver
        case .sourceStatus: self = .sourceStatus(try reader.value(), try reader.value())
        case .signOfLife: self = .signOfLife
        case .queueFlush: self = .queueFlush
        case .drain:
            let grace = try reader.optional(Int.self)
            guard (grace ?? 0) >= 0 else { throw WireError() }
            self = .drain(graceNanoseconds: grace.map { Int64($0) })
        case .kill: self = .kill
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
    /// The answer to a ``SupervisorMessage/signOfLife``.
    case alive
    /// The gate drains, and has closed its copies of the listeners.
    case closed

    package static let mostHits = 32
}

extension GateMessage: ChannelMessage {
    package enum Kind: UInt8 {
        case ready = 0x52  // R
        case failed = 0x46  // F
        case offence = 0x4f  // O
        case hits = 0x48  // H
        case sourceStatus = 0x53  // S
        case alive = 0x41  // A
        case closed = 0x43  // C
    }

    package var kind: Kind {
        switch self {
        case .ready: .ready
        case .failed: .failed
        case .offence: .offence
        case .hits: .hits
        case .sourceStatus: .sourceStatus
        case .alive: .alive
        case .closed: .closed
        }
    }

    package func writeFields(to writer: inout WireWriter) {
        switch self {
        case .ready, .alive, .closed: break
        case .failed(let reason): writer.write(FailureReason.cut(reason))
        case .offence(let prefix, let offence):
            writer.write(offence.code)
            writer.write(prefix)
        case .hits(let hits): writer.write(hits)
        case .sourceStatus(let number, let status):
            writer.write(number)
            writer.write(status)
        }
    }

    package init(_ kind: Kind, from reader: inout WireReader) throws(WireError) {
        switch kind {
        case .ready: self = .ready
        case .failed: self = .failed(try FailureReason.read(&reader))
        case .offence:
            guard let offence = Offence(code: try reader.value()) else { throw WireError() }
            self = .offence(try reader.value(), offence)
        case .hits:
            let hits = try reader.list(BanHit.self)
            guard hits.count <= Self.mostHits else { throw WireError() }
            self = .hits(hits)
        case .alive: self = .alive
        case .closed: self = .closed
        case .sourceStatus: self = .sourceStatus(try reader.value(), try reader.value())
        }
    }
}

/// An act that a service bans for.
package enum Offence: Hashable, Sendable {
    /// The source connected to the service's sensor.
    case sensor
    /// The source's penalties reached the threshold; this is the cause of the last one.
    case penalties(Penalties.Cause)

    fileprivate var code: Int {
        switch self {
        case .sensor: 0
        case .penalties(let cause): (Penalties.Cause.allCases.firstIndex(of: cause) ?? 0) + 1
        }
    }

    fileprivate init?(code: Int) {
        switch code {
        case 0: self = .sensor
        case 1...Penalties.Cause.allCases.count: self = .penalties(Penalties.Cause.allCases[code - 1])
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

extension BanHit: WireValue {
    package func write(to writer: inout WireWriter) {
        writer.write(prefix)
        writer.write(count)
    }

    package init(from reader: inout WireReader) throws(WireError) {
        self.init(prefix: try reader.value(), count: try reader.value())
    }
}
