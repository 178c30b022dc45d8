// Version 1 of the PROXY protocol: a line like `PROXY TCP4 192.0.2.7 198.51.100.1 56324 443`.
// Strict: one blank between the words, and addresses and ports in their only valid spelling. If two readers understood
// a line differently, they would see two different clients.
// Source: HAProxy, doc/proxy-protocol.txt, 2.1.
internal import Addresses

extension ProxyHeader {
    /// With its line end.
    private static let longestLine = 107

    static func readLine(_ bytes: Span<UInt8>) throws(ProxyFault) -> ProxyReading {
        guard agree(bytes, "PROXY ") else { throw .notAHeader }
        var end = 0
        while end < min(bytes.count, longestLine), bytes[end] != UInt8(ascii: "\n") { end += 1 }
        guard end < longestLine else { throw .lineTooLong }
        guard end < bytes.count else { return .needMore(max(bytes.count + 1, leastBytes)) }
        guard bytes[end - 1] == UInt8(ascii: "\r") else { throw .malformedLine }
        return .header(ProxyHeader(length: end + 1, origin: try origin(bytes.extracting(6..<end - 1))))
    }

    /// - Parameter words: the bytes after `PROXY `.
    private static func origin(_ words: Span<UInt8>) throws(ProxyFault) -> Origin {
        if words.count >= 7, agree(words, "UNKNOWN"), words.count == 7 || words[7] == UInt8(ascii: " ") {
            // The rest of the line is ignored.
            return .unknown
        }
        let isV4 = agree(words, "TCP4 ")
        guard words.count > 5, isV4 || agree(words, "TCP6 ") else { throw .malformedLine }
        var start = 5
        let source = word(words, &start)
        let destination = word(words, &start)
        let sourcePort = word(words, &start)
        let destinationPort = word(words, &start)
        // Exactly four words, so the search for the next one starts after the end.
        guard start == words.count + 1 else { throw .malformedLine }
        return .client(
            Endpoint(address: try address(words, source, isV4), port: try port(words, sourcePort)),
            destination: Endpoint(
                address: try address(words, destination, isV4), port: try port(words, destinationPort)))
    }

    /// The bytes up to the next blank. `start` moves after that blank, or past the end when there are no more words.
    private static func word(_ words: Span<UInt8>, _ start: inout Int) -> Range<Int> {
        let first = min(start, words.count)
        var end = first
        while end < words.count, words[end] != UInt8(ascii: " ") { end += 1 }
        start = start > words.count ? start + 1 : end + 1
        return first..<end
    }

    private static func address(
        _ words: Span<UInt8>, _ word: Range<Int>, _ isV4: Bool
    ) throws(ProxyFault) -> IPAddress {
        var hasColon = false
        for index in word where words[index] == UInt8(ascii: ":") { hasColon = true }
        guard hasColon != isV4, let address = PrefixReader.address(words, word) else { throw .address }
        return address
    }

    private static func port(_ words: Span<UInt8>, _ word: Range<Int>) throws(ProxyFault) -> UInt16 {
        guard let port = PrefixReader.decimal(words, word, atMost: 65535) else { throw .port }
        return UInt16(port)
    }
}
