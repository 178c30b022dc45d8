// The requests of the command line to a running supervisor. Values only; Supervisor has the socket.
package import Addresses
package import Messages
package import Wire

/// One request on the control socket.
package enum ControlRequest: Hashable, Sendable {
    /// Report the state of the supervisor and of each service.
    case status
    /// Read every file again.
    case reload
    /// Accept no more, let every handler finish, and end.
    case drain
    /// Accept no more, and end when `drain` has passed, as at SIGTERM.
    case stop
    /// Ban a prefix; without a length, for ever.
    case block(IPPrefix, reason: String, length: Duration?)
    /// End a ban.
    case unblock(IPPrefix)
    /// The bans in force.
    case blocked
    /// Report what the gate of a service knows about a client and its source.
    case sourceStatus(service: String, Client)

    /// The longest request; longer ones are refused.
    package static let mostBytes = 1024
}

extension ControlRequest: WireValue {
    package func write(to writer: inout WireWriter) {
        switch self {
        case .status: writer.write("status")
        case .reload: writer.write("reload")
        case .drain: writer.write("drain")
        case .stop: writer.write("stop")
        case .block(let prefix, let reason, let length):
            writer.write("block")
            writer.write(prefix)
            writer.write(reason)
            writer.write(length)
        case .unblock(let prefix):
            writer.write("unblock")
            writer.write(prefix)
        case .blocked: writer.write("blocked")
        case .sourceStatus(let service, let client):
            writer.write("standing")
            writer.write(service)
            writer.write(client)
        }
    }

    package init(from reader: inout WireReader) throws(WireError) {
        switch try reader.text() {
        case "status": self = .status
        case "reload": self = .reload
        case "drain": self = .drain
        case "stop": self = .stop
        case "block": self = .block(try reader.value(), reason: try reader.text(), length: try reader.optional())
        case "unblock": self = .unblock(try reader.value())
        case "blocked": self = .blocked
        case "standing": self = .sourceStatus(service: try reader.text(), try reader.value())
        default: throw WireError()
        }
    }
}

extension ControlRequest {
    /// Whether the request changes anything.
    package var changesSomething: Bool {
        switch self {
        case .status, .blocked, .sourceStatus: false
        case .reload, .drain, .stop, .block, .unblock: true
        }
    }
}

extension ControlRequest: CustomStringConvertible {
    /// For the log.
    package var description: String {
        switch self {
        case .status: "status"
        case .reload: "reload"
        case .drain: "drain"
        case .stop: "stop"
        case .block(let prefix, _, _): "block \(prefix)"
        case .unblock(let prefix): "unblock \(prefix)"
        case .blocked: "blocked"
        case .sourceStatus(let service, let client): "standing \(service) \(client)"
        }
    }
}
