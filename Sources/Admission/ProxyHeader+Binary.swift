// Version 2 of the PROXY protocol: 16 fixed bytes, addresses, and extensions as type, length, value.
//   0   12 bytes    a signature
//   12  UInt8       version (upper half: 2) and command (lower half: 0 LOCAL, 1 PROXY)
//   13  UInt8       family (0 unspecified, 1 IPv4, 2 IPv6, 3 unix) and transport (0 unspecified, 1 stream, 2 datagram)
//   14  UInt16      length of what follows; this and all others: most significant byte first
// Extensions are skipped but for the checksum, which must be right when it is there.
// Source: HAProxy, doc/proxy-protocol.txt, 2.2.
internal import Addresses

extension ProxyHeader {
    private static let fixedBytes = 16
    private static let checksumType: UInt8 = 3

    static func readBinary(_ bytes: Span<UInt8>) throws(ProxyFault) -> ProxyReading {
        guard agree(bytes, "\r\n\r\n\0\r\nQUIT\n") else { throw .notAHeader }
        if bytes.count > 12, bytes[12] >> 4 != 2 { throw .version }
        if bytes.count > 12, bytes[12] & 15 > 1 { throw .command }
        guard bytes.count >= fixedBytes else { return .needMore(fixedBytes) }
        let isUpstream = bytes[12] & 15 == 0
        let length = fixedBytes + Int(bytes.bigEndian(2, at: 14))
        guard length <= mostBytes else { throw .tooLong }
        let family = bytes[13] >> 4
        let transport = bytes[13] & 15
        // A header for a connection of the upstream's own: the rest of it is ignored.
        guard isUpstream || (family <= 3 && transport <= 2) else { throw .family }
        let addresses = isUpstream ? 0 : addressBytes(of: family)
        guard length >= fixedBytes + addresses else { throw .tooShort }
        guard bytes.count >= length else { return .needMore(length) }
        if isUpstream { return .header(ProxyHeader(length: length, origin: .upstream)) }
        // After an unspecified family, the header does not tell where extensions begin.
        if family != 0 { try check(bytes.extracting(first: length), from: fixedBytes + addresses) }
        return .header(ProxyHeader(length: length, origin: transport == 1 ? origin(bytes, family) : .unknown))
    }

    /// The bytes of two addresses and their ports.
    private static func addressBytes(of family: UInt8) -> Int {
        switch family {
        case 1: 2 * 4 + 2 * 2
        case 2: 2 * 16 + 2 * 2
        case 3: 2 * 108
        default: 0
        }
    }

    private static func origin(_ bytes: Span<UInt8>, _ family: UInt8) -> Origin {
        func endpoint(_ address: IPAddress, portAt place: Int) -> Endpoint {
            Endpoint(address: address, port: UInt16(bytes.bigEndian(2, at: place)))
        }
        func v4(at place: Int) -> IPAddress { .v4(UInt32(bytes.bigEndian(4, at: place))) }
        func v6(at place: Int) -> IPAddress { IPAddress(v6Bits: bytes.bigEndian(16, at: place)) }
        switch family {
        case 1: return .client(endpoint(v4(at: 16), portAt: 24), destination: endpoint(v4(at: 20), portAt: 26))
        case 2: return .client(endpoint(v6(at: 16), portAt: 48), destination: endpoint(v6(at: 32), portAt: 50))
        default: return .unknown
        }
    }

    /// Walks through the extensions, and compares a checksum with the header. At most one checksum is allowed, so that
    /// a header takes time in proportion to its length.
    private static func check(_ header: Span<UInt8>, from start: Int) throws(ProxyFault) {
        var place = start
        var hasChecksum = false
        while place < header.count {
            guard place + 3 <= header.count else { throw .extensions }
            let value = place + 3
            let end = value + Int(header.bigEndian(2, at: place + 1))
            guard end <= header.count else { throw .extensions }
            if header[place] == checksumType {
                guard end == value + 4, !hasChecksum else { throw .extensions }
                hasChecksum = true
                var checksum = CRC32C()
                for index in 0..<header.count { checksum.add(value..<end ~= index ? 0 : header[index]) }
                guard checksum.value == UInt32(header.bigEndian(4, at: value)) else { throw .checksum }
            }
            place = end
        }
    }
}

extension Span<UInt8> {
    /// A number of so many bytes, the most significant first.
    fileprivate func bigEndian(_ width: Int, at start: Int) -> UInt128 {
        var value: UInt128 = 0
        for index in start..<start + width { value = value << 8 | UInt128(self[index]) }
        return value
    }
}
