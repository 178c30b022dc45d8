// The addresses of tcprules: whole addresses, prefixes that end in a dot, ranges. tcpserver asks for the longest first.
// Source: tcprules(1), "Addresses" and "Address ranges".

internal import Addresses

/// The addresses of a rule.
enum TcpRuleAddress {
    /// As tcpserver asks for them: 4 parts for a whole address, 3 for `1.2.3.`, 0 for every address.
    case prefixes([IPPrefix], parts: Int)
    /// The reason why it is not carried over.
    case other(String)

    init(_ text: String) {
        if text.isEmpty {
            self = .prefixes([], parts: 0)
        } else if text.contains("@") {
            self = .other("it asks for a user by ident, and nobody's ident server is asked")
        } else if text.hasPrefix("=") {
            self = .other("it asks for a host's name, and names are never looked up; write its addresses")
        } else {
            self = TcpRuleAddress(numbers: text)
        }
    }

    private init(numbers text: String) {
        let never = "it matches no address: expected one like 10.1.2.3, 10.1. or 10.1.2.3-7"
        let isPrefix = text.hasSuffix(".")
        let parts = (isPrefix ? text.dropLast() : text[...]).split(separator: ".", omittingEmptySubsequences: false)
        // tcprules expands only the first range: a second one makes a record that tcpserver never asks for.
        let ranges = text.utf8.filter { $0 == UInt8(ascii: "-") }.count
        guard ranges <= 1, isPrefix ? (1...3).contains(parts.count) : parts.count == 4 else {
            self = .other(never)
            return
        }
        var networks: [[UInt32]] = [[]]
        var last: ClosedRange<UInt32> = 0...0
        for (index, part) in parts.enumerated() {
            guard let range = octets(part) else {
                self = .other(never)
                return
            }
            if index == parts.count - 1 {
                last = range
            } else {
                networks = networks.flatMap { network in range.map { network + [$0] } }
            }
        }
        let found = networks.flatMap { network in
            blocks(of: last).map { block in
                IPPrefix(of: prefix(octets: network + [block.start]).network, length: network.count * 8 + block.length)
            }
        }
        self = .prefixes(found, parts: parts.count)
    }
}

/// `37` or `37-53`, without leading zeros, which tcpserver never asks for.
private func octets(_ text: Substring) -> ClosedRange<UInt32>? {
    let ends = text.split(separator: "-", omittingEmptySubsequences: false).map { end -> UInt32? in
        guard let number = readNumber(end), number <= 255, String(number) == end else { return nil }
        return UInt32(number)
    }
    guard (1...2).contains(ends.count), let first = ends[0], let last = ends[ends.count - 1], first <= last else {
        return nil
    }
    return first...last
}

/// A range as the fewest aligned blocks, the length in bits of eight.
private func blocks(of range: ClosedRange<UInt32>) -> [(start: UInt32, length: Int)] {
    var blocks: [(start: UInt32, length: Int)] = []
    var start = range.lowerBound
    while start <= range.upperBound {
        let left = range.upperBound - start + 1
        let aligned = start == 0 ? 8 : start.trailingZeroBitCount
        let bits = min(aligned, UInt32.bitWidth - 1 - left.leadingZeroBitCount)
        blocks.append((start, 8 - bits))
        start += 1 << UInt32(bits)
    }
    return blocks
}
