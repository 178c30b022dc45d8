// The messages between a gate and the resolver, each whole.
// A gate names a list by its place among the lists that the supervisor gave to the resolver for this gate. So a
// compromised gate can ask for no name of its choice, and carry no data out in one.
// Reading is total: any bytes are a message or an error. Each request gets one reply, in no particular order.
internal import Addresses
package import DNS
package import Wire

/// The only kind of its direction.
package enum ListRequestKind: UInt8 {
    case request = 0x51  // Q
}

/// The only kind of its direction.
package enum ListReplyKind: UInt8 {
    case reply = 0x41  // A
}

extension ListRequest: WireValue {
    package func write(to writer: inout WireWriter) {
        writer.write(list)
        writer.write(hostPrefix(address))
    }

    package init(from reader: inout WireReader) throws(WireError) {
        self.init(list: try reader.value(), address: try reader.value(IPPrefix.self).network)
    }
}

extension ListRequest: ChannelMessage {
    package var kind: ListRequestKind { .request }
    package func writeFields(to writer: inout WireWriter) { write(to: &writer) }
    package init(_ kind: ListRequestKind, from reader: inout WireReader) throws(WireError) {
        try self.init(from: &reader)
    }
}

extension ListReply: ChannelMessage {
    package var kind: ListReplyKind { .reply }
    package func writeFields(to writer: inout WireWriter) { write(to: &writer) }
    package init(_ kind: ListReplyKind, from reader: inout WireReader) throws(WireError) {
        try self.init(from: &reader)
    }
}

extension ListReply: WireValue {
    package func write(to writer: inout WireWriter) {
        writer.write(request)
        writer.write(answer.seconds)
        switch answer.word {
        case .unknown: writer.write(0)
        case .notListed: writer.write(1)
        case .listed(let answers):
            writer.write(2)
            writer.write(answers.map(hostPrefix))
        }
    }

    package init(from reader: inout WireReader) throws(WireError) {
        let request = try reader.value(ListRequest.self)
        let seconds = try reader.value(UInt32.self)
        switch try reader.number() {
        case 0: self.init(to: request, ListAnswer(.unknown, seconds: seconds))
        case 1: self.init(to: request, ListAnswer(.notListed, seconds: seconds))
        case 2:
            self.init(to: request, ListAnswer(.listed(try reader.list(IPPrefix.self).map(\.network)), seconds: seconds))
        default: throw WireError()
        }
    }
}

/// An address as the prefix of its full length, which has a form between programs.
private func hostPrefix(_ address: IPAddress) -> IPPrefix { IPPrefix(of: address, length: address.bitWidth) }
