// What a name server replied to a question.
// Promises: any bytes at all are a reply. Nothing is taken from a message that does not repeat the question and its
// number, nor from one that is cut or malformed in any part that is read.
// Source: RFC 1035 4.1, 7.3; RFC 2308 2, 5 (how long a negative answer is valid); RFC 5452 9 (what a forger has to
// guess).
package import Addresses

/// A message as the answer to one question.
package enum DNSReply: Hashable, Sendable {
    /// No answer to this question: it is late, or forged. The true answer may still come.
    case foreign
    /// The addresses, at most ``DNSReply/mostAddresses``, and how long they are valid.
    case addresses([IPAddress], seconds: UInt32)
    /// The name does not exist, or has no address. nil: the reply does not say for how long that is valid.
    case none(seconds: UInt32?)
    /// The server has no answer, or not one that can be read.
    case failed

    package static let mostAddresses = 16

    package init(_ message: [UInt8], to question: DNSQuestion, id: UInt16) {
        var reader = DNSReader(message)
        guard let foundID = reader.number16(), foundID == id, let flags = reader.number16(),
            let questions = reader.number16(), let answers = reader.number16(), let authorities = reader.number16(),
            reader.number16() != nil,
            // A response (QR) to a standard query (OPCODE), with one question: this one.
            flags & 0xf800 == 0x8000, questions == 1, let name = reader.name(), name == question.name,
            let type = reader.number16(), type == RecordType.address, let kind = reader.number16(),
            kind == internetClass
        else {
            self = .foreign
            return
        }
        let (isCut, code) = (flags & 0x0200 != 0, flags & 0xf)
        if isCut || code != 0 && code != Self.noSuchName {
            self = .failed
            return
        }
        self = Self.read(&reader, of: name, answers: answers, authorities: authorities, hasName: code == 0) ?? .failed
    }

    /// NXDOMAIN. Source: RFC 1035 4.1.1.
    private static let noSuchName: UInt16 = 3

    /// nil when the message is malformed.
    private static func read(
        _ reader: inout DNSReader, of question: [UInt8], answers: UInt16, authorities: UInt16, hasName: Bool
    ) -> DNSReply? {
        var name = question
        var addresses: [IPAddress] = []
        var seconds = UInt32.max
        for _ in 0..<answers {
            guard let record = reader.record() else { return nil }
            if record.owner == name, record.type == RecordType.canonicalName {
                guard let target = reader.name(), reader.isAt(record.end) else { return nil }
                name = target
                seconds = min(seconds, record.seconds)
            } else if record.owner == name, record.type == RecordType.address {
                guard record.end - record.start == 4, let bits = reader.number32() else { return nil }
                if addresses.count < mostAddresses { addresses.append(.v4(bits)) }
                seconds = min(seconds, record.seconds)
            }
            reader.move(to: record.end)
        }
        if hasName, !addresses.isEmpty { return .addresses(addresses, seconds: seconds) }
        for _ in 0..<authorities {
            guard let record = reader.record() else { return nil }
            if record.type == RecordType.authority {
                // Two names and four numbers, then the time of a negative answer. Source: RFC 1035 3.3.13, RFC 2308 5.
                guard reader.name() != nil, reader.name() != nil, reader.number32() != nil, reader.number32() != nil,
                    reader.number32() != nil, reader.number32() != nil, let minimum = reader.number32(),
                    reader.isAt(record.end)
                else { return nil }
                return DNSReply.none(seconds: min(record.seconds, minimum))
            }
            reader.move(to: record.end)
        }
        return DNSReply.none(seconds: nil)
    }
}
