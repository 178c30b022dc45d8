import Testing

@testable import Addresses

struct AddressTextTests {
    private func text(_ fill: (inout AddressText) -> Void) -> String {
        var text = AddressText()
        fill(&text)
        return text.description
    }

    @Test(
        "hexadecimal has no leading zeros and lower case",
        arguments: [(UInt16(0), "0"), (1, "1"), (0xa0, "a0"), (0xDEAD, "dead"), (0x1000, "1000"), (0xffff, "ffff")])
    func hexadecimal(value: UInt16, expected: String) {
        #expect(text { $0.append(hexadecimal: value) } == expected)
    }

    @Test(
        "a decimal number has no leading zeros",
        arguments: [
            (Int64(0), "0"), (9, "9"), (10, "10"), (4_294_967_295, "4294967295"), (-1, "-1"),
            (.min, "-9223372036854775808"), (.max, "9223372036854775807"),
        ])
    func decimal(value: Int64, expected: String) {
        #expect(text { $0.append(decimal: value) } == expected)
    }

    @Test("the longest texts fit, and the bytes are those of the text")
    func longest() {
        let address = IPAddress.v6(.max)
        #expect(address.text.count == IPAddress.longestText)
        #expect(address.text(port: .max).description == "[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:65535")
        let peer = Peer.unix(uid: .max, gid: .max, pid: .min).text
        #expect(peer.count <= AddressText.capacity)
        let bytes = peer.bytes
        #expect(String(decoding: bytes.indices.map { bytes[$0] }, as: UTF8.self) == peer.description)
    }
}
