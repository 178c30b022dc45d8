// Reads forward through a message. Source: RFC 1035 4.1.
// Total and bounded: a pointer must lead to before everything that was read of its name, so there are no loops; a name
// has 255 bytes at most. Anything malformed is nil, and the caller that gets nil reads no further.

/// A position in a message.
struct DNSReader {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func number16() -> UInt16? {
        guard bytes.count - position >= 2 else { return nil }
        defer { position += 2 }
        return UInt16(bytes[position]) << 8 | UInt16(bytes[position + 1])
    }

    mutating func number32() -> UInt32? {
        guard let high = number16(), let low = number16() else { return nil }
        return UInt32(high) << 16 | UInt32(low)
    }

    /// A name without compression, in lower case, with its closing zero. Source: RFC 1035 4.1.4.
    mutating func name() -> [UInt8]? {
        var name: [UInt8] = []
        var place = position
        var lowest = position
        /// The position after the first pointer, where reading goes on.
        var end: Int?
        while place < bytes.count {
            let length = Int(bytes[place])
            switch length {
            case 0:
                name.append(0)
                position = end ?? place + 1
                return name
            case 1...DNSQuestion.longestLabel:
                let next = place + 1 + length
                guard next <= bytes.count, name.count + 1 + length < DNSQuestion.longestName else { return nil }
                name.append(UInt8(length))
                name += bytes[(place + 1)..<next].map(lowercase)
                place = next
            case 0xc0...:
                guard place + 1 < bytes.count else { return nil }
                let target = (length & 0x3f) << 8 | Int(bytes[place + 1])
                guard target < lowest else { return nil }
                end = end ?? place + 2
                lowest = target
                place = target
            default: return nil
            }
        }
        return nil
    }

    /// The head of a record. Its data is between here and ``DNSRecord/end``.
    mutating func record() -> DNSRecord? {
        guard let owner = name(), let type = number16(), let kind = number16(), let seconds = number32(),
            let length = number16(), bytes.count - position >= Int(length)
        else { return nil }
        // A time of more than 68 years counts as 0. Source: RFC 2181 8.
        return DNSRecord(
            owner: owner, type: kind == internetClass ? type : 0, seconds: seconds > UInt32(Int32.max) ? 0 : seconds,
            start: position, end: position + Int(length))
    }

    /// Goes on at a position that a record gives.
    mutating func move(to place: Int) { position = place }

    /// Whether reading has come to exactly this position.
    func isAt(_ place: Int) -> Bool { position == place }
}

/// The head of a resource record. Source: RFC 1035 4.1.3.
struct DNSRecord {
    let owner: [UInt8]
    /// 0 for a record of another class.
    let type: UInt16
    /// The time to live.
    let seconds: UInt32
    let start: Int
    let end: Int
}
