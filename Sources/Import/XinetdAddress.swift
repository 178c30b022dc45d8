// The addresses of only_from and no_access: the forms that xinetd takes for a network.
// Source: xinetd.conf(5), only_from.

internal import Addresses

/// The prefixes of a word of only_from or no_access; nil for a name, which would have to be looked up.
func xinetdPrefixes(_ word: String) -> [IPPrefix]? {
    if word == "localhost" {
        return [IPPrefix(of: .v4(0x7f00_0001), length: 32), IPPrefix(of: .v6(1), length: 128)]
    }
    if let slash = word.firstIndex(of: "/") {
        guard let address = IPAddress(word[..<slash]), let length = readNumber(word[word.index(after: slash)...]),
            length <= address.bitWidth
        else { return nil }
        return [IPPrefix(of: address, length: length)]
    }
    if let brace = word.firstIndex(of: "{") { return factorized(word[..<brace], word[brace...]) }
    guard let address = IPAddress(word) else { return nil }
    guard case .v4(let bits) = address else { return [IPPrefix(of: address, length: 128)] }
    // Zeros on the right are wildcards.
    let zeros = bits == 0 ? 4 : bits.trailingZeroBitCount / 8
    return [IPPrefix(of: address, length: 32 - zeros * 8)]
}

/// `10.1.` and `{2,3}`: the last part of several addresses. Fewer than four parts are a network.
private func factorized(_ head: Substring, _ braces: Substring) -> [IPPrefix]? {
    guard braces.hasSuffix("}"), head.hasSuffix(".") else { return nil }
    let parts = head.dropLast().split(separator: ".", omittingEmptySubsequences: false).map(octet)
    let last = braces.dropFirst().dropLast().split(separator: ",", omittingEmptySubsequences: false).map(octet)
    guard (1...3).contains(parts.count), !parts.contains(nil), !last.contains(nil) else { return nil }
    return last.compactMap { $0 }.map { value in
        let octets = parts.compactMap { $0 } + [value]
        return prefix(octets: octets)
    }
}

private func octet(_ text: Substring) -> UInt32? {
    readNumber(text).flatMap { $0 <= 255 ? UInt32($0) : nil }
}

/// The network of one to four octets.
func prefix(octets: [UInt32]) -> IPPrefix {
    let bits = (0..<4).reduce(UInt32(0)) { $0 << 8 | ($1 < octets.count ? octets[$1] : 0) }
    return IPPrefix(of: .v4(bits), length: octets.count * 8)
}
