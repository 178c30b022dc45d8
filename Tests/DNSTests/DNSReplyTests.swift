import Addresses
import TestSupport
import Testing

@testable import DNS

struct DNSReplyTests {
    private static let name = wireName("99.2.0.192.bl.example")
    private let question: DNSQuestion

    init() throws { question = try #require(DNSQuestion(.v4(0xc000_0263), in: "bl.example")) }

    private func reply(_ message: [UInt8]) -> DNSReply { DNSReply(message, to: question, id: 7) }

    private func addresses(_ texts: String..., seconds: UInt32) throws -> DNSReply {
        .addresses(try texts.map { try #require(IPAddress($0)) }, seconds: seconds)
    }

    @Test("addresses come with the shortest of their times")
    func found() throws {
        let answers = [addressRecord("127.0.0.2", seconds: 900), addressRecord("127.0.0.4", seconds: 120)]
        #expect(
            reply(message(question: Self.name, answers: answers))
                == (try addresses("127.0.0.2", "127.0.0.4", seconds: 120)))
    }

    @Test("the name may come back with other letter case, and as an alias of the right name")
    func aliases() throws {
        let shouted = wireName("99.2.0.192.BL.EXAMPLE")
        let alias = record(pointer(), type: 5, seconds: 60, wireName("other.example"))
        let target = addressRecord("127.0.0.9", seconds: 600, owner: wireName("OTHER.example"))
        #expect(
            reply(message(question: shouted, answers: [alias, target])) == (try addresses("127.0.0.9", seconds: 60)))
    }

    @Test("records of other names, types and classes are not the answer")
    func others() {
        let answers = [
            addressRecord("127.0.0.2", owner: wireName("evil.example")),
            record(pointer(), type: 16, seconds: 1, [1, 65]),
            record(pointer(), type: 1, seconds: 1, kind: 3, [127, 0, 0, 2]),
        ]
        #expect(reply(message(question: Self.name, answers: answers)) == DNSReply.none(seconds: nil))
    }

    @Test("an address that is not listed has no name or no address, for as long as the zone says (RFC 2308 5)")
    func none() {
        let authority = [authorityRecord(seconds: 900, minimum: 200)]
        let shorter = [authorityRecord(seconds: 100, minimum: 200)]
        #expect(
            reply(message(flags: 0x8183, question: Self.name, authorities: authority)) == DNSReply.none(seconds: 200))
        #expect(reply(message(question: Self.name, authorities: shorter)) == DNSReply.none(seconds: 100))
        #expect(reply(message(flags: 0x8183, question: Self.name)) == DNSReply.none(seconds: nil))
    }

    @Test("a time beyond 68 years counts as 0 (RFC 2181 8)")
    func time() throws {
        let answers = [addressRecord("127.0.0.2", seconds: 0x8000_0000)]
        #expect(
            reply(message(question: Self.name, answers: answers)) == (try addresses("127.0.0.2", seconds: 0)))
    }

    @Test(
        "a reply that reports a failure, or is cut, is no answer",
        arguments: [0x8181, 0x8182, 0x8184, 0x8185, 0x818f, 0x8380, 0x8383] as [UInt16])
    func failures(flags: UInt16) {
        let answers = [addressRecord("127.0.0.2")]
        #expect(reply(message(flags: flags, question: Self.name, answers: answers)) == .failed)
    }

    @Test(
        "a message with another number, with another question, or of another kind is foreign",
        arguments: [
            message(id: 8, question: name), message(flags: 0x0100, question: name),
            message(flags: 0x9180, question: name), message(question: wireName("98.2.0.192.bl.example")),
            message(question: name + [0]), Array(message(question: name).dropLast(5)), [], [0, 7], [0, 7, 0x81, 0x80],
        ])
    func foreign(message: [UInt8]) {
        #expect(reply(message) == .foreign)
    }

    @Test(
        "a malformed record spoils the whole message",
        arguments: [
            Array(addressRecord("127.0.0.2").dropLast()), record(pointer(), type: 1, seconds: 1, [127, 0, 0]),
            record(pointer(), type: 1, seconds: 1, [127, 0, 0, 2, 2]),
            record(pointer(), type: 5, seconds: 1, wireName("a") + [1]), [0xc0], [64], [63, 65],
        ])
    func malformed(answer: [UInt8]) {
        #expect(reply(message(question: Self.name, answers: [addressRecord("127.0.0.2"), answer])) == .failed)
    }

    @Test("a pointer to itself, or forward, or in a circle makes the message malformed")
    func loops() {
        let start = message(question: Self.name).count
        for place in [start, start + 2, start + 1, 0x3fff] {
            let loop = record(pointer(place), type: 1, seconds: 1, [127, 0, 0, 2])
            #expect(reply(message(question: Self.name, answers: [loop])) == .failed)
        }
        // The second name points into the first, which points back to before both; such a chain ends.
        let circle = record([1, 65] + pointer(start + 2), type: 1, seconds: 1, [127, 0, 0, 2])
        #expect(reply(message(question: Self.name, answers: [circle])) == .failed)
    }

    @Test("a name is bounded in length, however many pointers it is made of")
    func longNames() {
        let label = [UInt8(63)] + [UInt8](repeating: 97, count: 63)
        let start = message(question: Self.name).count
        let long = record(label + label + label + pointer(), type: 1, seconds: 1, [127, 0, 0, 2])
        let tooLong = record(label + pointer(start), type: 1, seconds: 1, [127, 0, 0, 2])
        #expect(reply(message(question: Self.name, answers: [long])) == DNSReply.none(seconds: nil))
        #expect(reply(message(question: Self.name, answers: [long, tooLong])) == .failed)
    }

    @Test("of many addresses only the first are taken")
    func many() {
        let answers = (0..<30).map { addressRecord("127.0.0.\($0 + 2)") }
        guard case .addresses(let found, _) = reply(message(question: Self.name, answers: answers)) else {
            Issue.record("no addresses")
            return
        }
        #expect(found.count == DNSReply.mostAddresses)
    }

    @Test("any bytes at all are a reply, and never an address that is not in the message", arguments: 0..<8)
    func mutations(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let alias = record(pointer(), type: 5, seconds: 60, wireName("other.example"))
        let whole = message(
            question: Self.name,
            answers: [alias, addressRecord("127.0.0.2", owner: wireName("other.example")), addressRecord("127.0.0.3")],
            authorities: [authorityRecord(seconds: 900, minimum: 200)])
        for _ in 0..<3000 {
            var bytes = whole
            for _ in 0...Int.random(in: 0..<4, using: &random) {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: bytes.remove(at: place)
                case 1: bytes.removeLast(Int.random(in: 0..<bytes.count / 2, using: &random))
                case 2: bytes[place] = 0xc0
                default: bytes[place] = .random(in: 0...255, using: &random)
                }
            }
            guard case .addresses(let found, _) = reply(bytes) else { continue }
            try #require(!found.isEmpty && found.count <= DNSReply.mostAddresses)
            for address in found {
                guard case .v4(let bits) = address else { throw ExpectationFailedError() }
                let wanted = [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: bits >> UInt32($0)) }
                try #require(bytes.indices.contains { bytes[$0...].starts(with: wanted) })
            }
        }
    }
}

private struct ExpectationFailedError: Error {}
