// The status of a source with a service at this moment, which only the service's gate knows. For `explain`.
package import Addresses
internal import ServiceModel
package import Wire

/// A client that `explain` asks about.
package enum Client: Hashable, Sendable {
    case address(IPAddress)
    /// A user of this machine, on a unix socket.
    case user(UInt32)

    /// The same client as a peer without a port or a process.
    package var peer: Peer {
        switch self {
        case .address(let address): .ip(address, port: 0)
        case .user(let uid): .unix(uid: uid, gid: .max, pid: 0)
        }
    }

    package init(_ peer: Peer) {
        switch peer {
        case .ip(let address, _): self = .address(address)
        case .unix(let uid, _, _): self = .user(uid)
        }
    }
}

/// What a gate knows of a client's source.
package struct SourceStatus: Hashable, Sendable {
    /// The source's connections that are served or wait.
    package var connections = 0
    /// How long until `limits.rate` lets the source in; zero: now. nil: there is no such limit.
    package var rateWait: Duration?
    /// How long until `limits.total_rate` lets any client in; zero: now.
    package var turnWait = Duration.zero
    /// The source's penalty points; nil: no outcome costs points.
    package var points: Int?
    package var lists = Lists.none
    /// The `dnsbl` rules that match and admit, a bit for each.
    package var matches: UInt32 = 0
    package var checks = Checks.none

    /// What `dnsbl` says of the client.
    package enum Lists: Hashable, Sendable {
        /// Nothing: the service has no lists, or they do not apply to such clients.
        case none
        /// The gate has to ask the lists first.
        case unknown
        /// The lists admit it.
        case admitted
        /// The lists admit it, but not every one has answered.
        case unanswered
        /// The rule with this index refuses it.
        case denied(rule: Int)
    }

    /// What `checks` say of the client.
    package enum Checks: Hashable, Sendable {
        case none
        /// The gate has to run the checks first.
        case unknown
        case passed
        /// The check with this index refuses it.
        case refused(check: Int)
    }

    package init() {}
}

extension Client: WireValue {
    package func write(to writer: inout WireWriter) {
        switch self {
        case .address(let address):
            writer.write(0)
            writer.write(IPPrefix(of: address, length: address.bitWidth))
        case .user(let uid):
            writer.write(1)
            writer.write(uid)
        }
    }

    package init(from reader: inout WireReader) throws(WireError) {
        switch try reader.number() {
        case 0: self = .address(try reader.value(IPPrefix.self).network)
        case 1: self = .user(try reader.value())
        default: throw WireError()
        }
    }
}

extension SourceStatus: WireValue {
    package func write(to writer: inout WireWriter) {
        writer.write(connections)
        writer.write(rateWait)
        writer.write(turnWait)
        writer.write(points)
        switch lists {
        case .none: writer.write(0)
        case .unknown: writer.write(1)
        case .admitted: writer.write(2)
        case .denied(let rule):
            writer.write(3)
            writer.write(rule)
        case .unanswered: writer.write(4)
        }
        writer.write(matches)
        switch checks {
        case .none: writer.write(0)
        case .unknown: writer.write(1)
        case .passed: writer.write(2)
        case .refused(let check):
            writer.write(3)
            writer.write(check)
        }
    }

    package init(from reader: inout WireReader) throws(WireError) {
        connections = try reader.count()
        rateWait = try reader.optional()
        turnWait = try reader.value()
        points = try reader.optional()
        switch try reader.number() {
        case 0: lists = .none
        case 1: lists = .unknown
        case 2: lists = .admitted
        case 3: lists = .denied(rule: try reader.count())
        case 4: lists = .unanswered
        default: throw WireError()
        }
        matches = try reader.value()
        switch try reader.number() {
        case 0: checks = .none
        case 1: checks = .unknown
        case 2: checks = .passed
        case 3: checks = .refused(check: try reader.count())
        default: throw WireError()
        }
    }
}
