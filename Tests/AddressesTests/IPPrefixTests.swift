import Addresses
import Testing

private func address(_ text: String) -> IPAddress {
    guard let address = IPAddress(text) else { preconditionFailure("\(text) is an address") }
    return address
}

struct IPPrefixTests {
    @Test(
        "a prefix reads back as its canonical text",
        arguments: [
            ("192.0.2.7", "192.0.2.7"), ("192.0.2.7/32", "192.0.2.7"), ("10.0.0.0/8", "10.0.0.0/8"),
            ("0.0.0.0/0", "0.0.0.0/0"), ("128.0.0.0/1", "128.0.0.0/1"), ("192.0.2.6/31", "192.0.2.6/31"),
            ("2001:DB8::/32", "2001:db8::/32"), ("::/0", "::/0"), ("::1", "::1"), ("::1/128", "::1"),
            ("2001:db8::2/127", "2001:db8::2/127"), ("8000::/1", "8000::/1"), ("::/96", "::/96"),
        ])
    func text(written: String, canonical: String) throws {
        let prefix = try IPPrefix(written)
        #expect(prefix.description == canonical)
        #expect(try IPPrefix(prefix.description) == prefix)
    }

    @Test(
        "an IPv4-mapped prefix is the IPv4 prefix",
        arguments: [
            ("::ffff:10.0.0.0/104", "10.0.0.0/8"), ("::ffff:0:0/96", "0.0.0.0/0"), ("::ffff:192.0.2.7", "192.0.2.7"),
            ("::ffff:192.0.2.7/128", "192.0.2.7"), ("::FFFF:c000:200/120", "192.0.2.0/24"),
        ])
    func mapped(written: String, plain: String) throws {
        #expect(try IPPrefix(written) == IPPrefix(plain))
    }

    @Test(
        "a text before the slash that is no address is named in the error",
        arguments: [
            "", "/", "/8", "10/8", "10.0.0/8", "010.0.0.0/8", "10.0.0.0.0/8", " 10.0.0.0/8", "example.org/8",
            "fe80::%eth0/64", "[::1]/128", "2001:db8:::/32", "10.0.0.0 /8", "all", "0x0a.0.0.0/8",
        ])
    func notAnAddress(text: String) {
        #expect(throws: IPPrefixError.notAnAddress(text)) { try IPPrefix(text) }
    }

    @Test(
        "a length outside the family's range is an error that names the range",
        arguments: [
            ("10.0.0.0/", "", 32), ("10.0.0.0/33", "33", 32), ("10.0.0.0/-1", "-1", 32), ("10.0.0.0/08", "08", 32),
            ("10.0.0.0/+8", "+8", 32), ("10.0.0.0/8/8", "8/8", 32), ("10.0.0.0/255.0.0.0", "255.0.0.0", 32),
            ("10.0.0.0/8 ", "8 ", 32), ("10.0.0.0/٣", "٣", 32), ("::/129", "129", 128), ("::/", "", 128),
            ("::/99999999999999999999", "99999999999999999999", 128), ("0.0.0.0/4294967304", "4294967304", 32),
            ("::ffff:10.0.0.0/129", "129", 128),
        ])
    func badLength(text: String, length: String, most: Int) {
        let isMapped = text.hasPrefix("::ffff:")
        #expect(throws: IPPrefixError.badLength(length, least: isMapped ? 96 : 0, most: most)) { try IPPrefix(text) }
    }

    @Test("an IPv4-mapped address with fewer than 96 bits is no prefix", arguments: [0, 8, 95])
    func shortMapped(length: Int) {
        #expect(throws: IPPrefixError.self) { try IPPrefix("::ffff:0:0/\(length)") }
    }

    @Test(
        "bits after the length are an error that names the prefix that was meant",
        arguments: [
            ("10.0.0.1/8", "10.0.0.0/8"), ("192.0.2.7/31", "192.0.2.6/31"), ("0.0.0.1/0", "0.0.0.0/0"),
            ("2001:db8::1/64", "2001:db8::/64"), ("::1/0", "::/0"), ("::ffff:10.0.0.1/104", "10.0.0.0/8"),
        ])
    func hostBits(text: String, meant: String) throws {
        let meant = try IPPrefix(meant)
        #expect(throws: IPPrefixError.hostBitsSet(text, meant: meant)) { try IPPrefix(text) }
    }

    @Test("each error says what the text has and what was expected")
    func descriptions() throws {
        #expect(
            IPPrefixError.notAnAddress("x").description
                == "'x' is not an IP address or prefix; expected one like 192.0.2.7, 10.0.0.0/8 or 2001:db8::/32")
        #expect(IPPrefixError.badLength("33", least: 0, most: 32).description.hasSuffix("expected 0 to 32"))
        #expect(
            IPPrefixError.hostBitsSet("10.0.0.1/8", meant: try IPPrefix("10.0.0.0/8")).description
                == "'10.0.0.1/8' has bits set behind its prefix length; expected 10.0.0.0/8")
    }

    @Test(
        "a prefix contains its first and last address, and neither neighbour",
        arguments: [
            ("10.0.0.0/8", "10.0.0.0", "10.255.255.255", "9.255.255.255", "11.0.0.0"),
            ("192.0.2.6/31", "192.0.2.6", "192.0.2.7", "192.0.2.5", "192.0.2.8"),
            ("192.0.2.7", "192.0.2.7", "192.0.2.7", "192.0.2.6", "192.0.2.8"),
            ("128.0.0.0/1", "128.0.0.0", "255.255.255.255", "127.255.255.255", "0.0.0.0"),
            ("2001:db8::/32", "2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", "2001:db7:ffff::", "2001:db9::"),
            ("::2/127", "::2", "::3", "::1", "::4"),
        ])
    func contains(text: String, first: String, last: String, before: String, after: String) throws {
        let prefix = try IPPrefix(text)
        #expect(prefix.contains(address(first)))
        #expect(prefix.contains(address(last)))
        #expect(!prefix.contains(address(before)))
        #expect(!prefix.contains(address(after)))
    }

    @Test("a prefix of length 0 contains its whole family, and no address of the other")
    func families() throws {
        let (v4, v6) = (try IPPrefix("0.0.0.0/0"), try IPPrefix("::/0"))
        for text in ["0.0.0.0", "255.255.255.255", "::ffff:192.0.2.7"] {
            #expect(v4.contains(address(text)))
            #expect(!v6.contains(address(text)))
        }
        for text in ["::", "::1", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"] {
            #expect(v6.contains(address(text)))
            #expect(!v4.contains(address(text)))
        }
    }

    @Test("a length beyond the family's is cut to it", arguments: [("192.0.2.7", 64, 32), ("::1", 200, 128)])
    func clamped(text: String, length: Int, expected: Int) {
        let prefix = IPPrefix(of: address(text), length: length)
        #expect(prefix.length == expected)
        #expect(prefix.network == address(text))
        #expect(IPPrefix(of: address(text), length: -1).length == 0)
    }
}
