// The question to a list: the A records of the reversed address in the list's zone; and its form in a message.
// Source: RFC 1035 2.3.4, 4.1 (messages), RFC 5782 2.1, 2.4 (the name of an address in a list).
package import Addresses

/// One question to a list.
package struct DNSQuestion: Hashable, Sendable {
    /// The name in the form of a message, in lower case: labels with their lengths, and a zero.
    package let name: [UInt8]

    /// The longest name, in bytes of its wire form.
    package static let longestName = 255
    static let longestLabel = 63

    /// - Returns: nil when the zone is no domain name, or too long for the address before it.
    package init?(_ address: IPAddress, in zone: String) {
        var name: [UInt8] = []
        switch address {
        case .v4(let bits):
            for shift: UInt32 in [0, 8, 16, 24] { Self.append(Array("\(bits >> shift & 0xff)".utf8)[...], to: &name) }
        case .v6(let bits):
            for shift: UInt128 in stride(from: 0, to: 128, by: 4) {
                let digit = UInt8(truncatingIfNeeded: bits >> shift & 0xf)
                Self.append([digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10], to: &name)
            }
        }
        for label in zone.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false) {
            guard (1...Self.longestLabel).contains(label.count) else { return nil }
            Self.append(label.map(lowercase)[...], to: &name)
        }
        name.append(0)
        guard name.count <= Self.longestName else { return nil }
        self.name = name
    }

    private static func append(_ label: ArraySlice<UInt8>, to name: inout [UInt8]) {
        name.append(UInt8(label.count))
        name += label
    }

    /// The message to send. It asks the server to find the answer by itself (RD).
    package func query(id: UInt16) -> [UInt8] {
        var message = [UInt8(id >> 8), UInt8(truncatingIfNeeded: id), 0x01, 0x00, 0, 1, 0, 0, 0, 0, 0, 0]
        message += name
        message += [0, UInt8(RecordType.address), 0, UInt8(internetClass)]
        return message
    }
}

/// Source: RFC 1035 3.2.2.
enum RecordType {
    static let address: UInt16 = 1
    static let canonicalName: UInt16 = 5
    static let authority: UInt16 = 6
}

/// Source: RFC 1035 3.2.4.
let internetClass: UInt16 = 1

/// ASCII letters only. Source: RFC 4343.
func lowercase(_ byte: UInt8) -> UInt8 {
    (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
}
