import Addresses

@testable import DNS

/// The form of a name in a message.
func wireName(_ name: String) -> [UInt8] {
    name.split(separator: ".").flatMap { [UInt8($0.utf8.count)] + Array($0.utf8) } + [0]
}

/// A pointer to a place in the message; 12 is where the question's name begins.
func pointer(_ place: Int = 12) -> [UInt8] { [0xc0 | UInt8(place >> 8), UInt8(place & 0xff)] }

func record(_ owner: [UInt8], type: UInt16, seconds: UInt32, kind: UInt16 = 1, _ data: [UInt8]) -> [UInt8] {
    owner + big(type) + big(kind) + big(UInt16(seconds >> 16)) + big(UInt16(truncatingIfNeeded: seconds))
        + big(UInt16(data.count)) + data
}

func addressRecord(_ text: String, seconds: UInt32 = 300, owner: [UInt8] = pointer()) -> [UInt8] {
    guard case .v4(let bits) = IPAddress(text) else { fatalError("not an IPv4 address: \(text)") }
    return record(
        owner, type: 1, seconds: seconds, [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: bits >> UInt32($0)) })
}

/// The start of authority of a zone.
func authorityRecord(seconds: UInt32, minimum: UInt32) -> [UInt8] {
    let numbers = [1, 2, 3, 4, minimum].flatMap { big(UInt16($0 >> 16)) + big(UInt16(truncatingIfNeeded: $0)) }
    return record(
        wireName("bl.example"), type: 6, seconds: seconds,
        wireName("ns.bl.example") + wireName("me.bl.example") + numbers)
}

/// A message of a name server.
func message(
    id: UInt16 = 7, flags: UInt16 = 0x8180, question: [UInt8], answers: [[UInt8]] = [], authorities: [[UInt8]] = []
) -> [UInt8] {
    big(id) + big(flags) + big(1) + big(UInt16(answers.count)) + big(UInt16(authorities.count)) + big(0) + question
        + [0, 1, 0, 1] + answers.flatMap { $0 } + authorities.flatMap { $0 }
}

private func big(_ number: UInt16) -> [UInt8] { [UInt8(number >> 8), UInt8(truncatingIfNeeded: number)] }
