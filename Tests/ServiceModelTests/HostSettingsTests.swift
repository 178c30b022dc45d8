import Addresses
import ServiceModel
import Testing

@Test(
    "a source is the prefix of an address, of its family's length",
    arguments: [
        ("192.0.2.7", 32, 64, "192.0.2.7"), ("192.0.2.7", 24, 64, "192.0.2.0/24"), ("192.0.2.7", 1, 128, "128.0.0.0/1"),
        ("2001:db8:1:2:3:4:5:6", 32, 64, "2001:db8:1:2::/64"), ("2001:db8::1", 32, 128, "2001:db8::1"),
        ("2001:db8::1", 32, 1, "::/1"), ("::ffff:192.0.2.7", 24, 64, "192.0.2.0/24"),
    ])
func sourcePrefix(address: String, v4: Int, v6: Int, expected: String) throws {
    var prefix = SourcePrefix()
    #expect(prefix.v4 == 32)
    #expect(prefix.v6 == 64)
    prefix.v4 = v4
    prefix.v6 = v6
    let address = try #require(IPAddress(address))
    #expect(prefix.source(of: address).description == expected)
}
