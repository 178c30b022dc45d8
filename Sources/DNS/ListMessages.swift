// What a gate and the resolver say to each other, each a message of its own.
// A gate names a list by its place among those that the supervisor gave to the resolver for this gate: so a gate that has
// fallen into somebody's hands can ask for no name of its choice, and carry nothing out in one.
// Reading is total: any bytes are a message or an error.
package import Addresses
package import Wire

/// From a gate: is this address on that list?
package struct ListRequest: Hashable, Sendable, WireValue {
    /// The list's place, from 0.
    package var list: Int
    package var address: IPAddress

    package init(list: Int, address: IPAddress) {
        self.list = list
        self.address = address
    }

    package func write(to writer: inout WireWriter) {
        writer.write(list)
        writer.write(Self.whole(address))
    }

    package init(from reader: inout WireReader) throws(WireError) {
        list = try reader.value()
        address = try reader.value(IPPrefix.self).network
    }

    fileprivate static func whole(_ address: IPAddress) -> IPPrefix {
        IPPrefix(of: address, length: address.bitWidth)
    }
}

/// To a gate: the answer, once for each request, in no particular order.
package struct ListReply: Hashable, Sendable, WireValue {
    package var request: ListRequest
    package var answer: ListAnswer

    package init(to request: ListRequest, _ answer: ListAnswer) {
        self.request = request
        self.answer = answer
    }

    package func write(to writer: inout WireWriter) {
        writer.write(request)
        writer.write(answer.seconds)
        switch answer.word {
        case .unknown: writer.write(0)
        case .notListed: writer.write(1)
        case .listed(let answers):
            writer.write(2)
            writer.write(answers.map(ListRequest.whole))
        }
    }

    package init(from reader: inout WireReader) throws(WireError) {
        request = try reader.value()
        let seconds = try reader.value(UInt32.self)
        switch try reader.number() {
        case 0: answer = ListAnswer(.unknown, seconds: seconds)
        case 1: answer = ListAnswer(.notListed, seconds: seconds)
        case 2: answer = ListAnswer(.listed(try reader.list(IPPrefix.self).map(\.network)), seconds: seconds)
        default: throw WireError()
        }
    }
}
