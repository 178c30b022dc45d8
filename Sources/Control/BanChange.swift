// The result of `doorward block` or `doorward unblock`.
package import Addresses
package import Wire

/// The outcome of a command about one prefix.
package enum BanChange: Hashable, Sendable {
    /// The ban is in force.
    case banned(BanStatus)
    /// The second prefix is exempt, and the first one lies in it: it is not banned.
    case exempt(IPPrefix, by: IPPrefix)
    /// The number of bans by command has reached its limit for this family: the prefix is not banned.
    case full(IPPrefix, most: Int)
    /// The ban was in force until now.
    case unbanned(BanStatus)
    /// The ban was over already; now it does not make the next one longer either.
    case forgotten(IPPrefix)
    /// No ban of this prefix is known; bans of these wider prefixes include it.
    case notBanned(IPPrefix, wider: [IPPrefix])
}

extension BanChange: WireValue {
    package func write(to writer: inout WireWriter) {
        switch self {
        case .banned(let ban):
            writer.write(0)
            writer.write(ban)
        case .exempt(let prefix, let exempt):
            writer.write(1)
            writer.write(prefix)
            writer.write(exempt)
        case .full(let prefix, let most):
            writer.write(2)
            writer.write(prefix)
            writer.write(most)
        case .unbanned(let ban):
            writer.write(3)
            writer.write(ban)
        case .forgotten(let prefix):
            writer.write(4)
            writer.write(prefix)
        case .notBanned(let prefix, let wider):
            writer.write(5)
            writer.write(prefix)
            writer.write(wider)
        }
    }

    package init(from reader: inout WireReader) throws(WireError) {
        switch try reader.number() {
        case 0: self = .banned(try reader.value())
        case 1: self = .exempt(try reader.value(), by: try reader.value())
        case 2: self = .full(try reader.value(), most: try reader.value())
        case 3: self = .unbanned(try reader.value())
        case 4: self = .forgotten(try reader.value())
        case 5: self = .notBanned(try reader.value(), wider: try reader.list())
        default: throw WireError()
        }
    }
}
