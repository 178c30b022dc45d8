import Addresses
import Testing

@Test(
    "an address reads back as RFC 5952 writes it",
    arguments: [
        ("192.0.2.7", "192.0.2.7"), ("0.0.0.0", "0.0.0.0"), ("::", "::"), ("::1", "::1"), ("1::", "1::"),
        ("2001:DB8:0:0:1:0:0:1", "2001:db8::1:0:0:1"), ("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"),
        ("::ffff:192.0.2.7", "192.0.2.7"), ("64:ff9b::192.0.2.33", "64:ff9b::c000:221"),
        ("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"), ("::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"),
    ])
func canonicalText(text: String, canonical: String) {
    #expect(IPAddress(text)?.description == canonical)
}

@Test(
    "a text that programs read in two ways, or that no program reads, is no address",
    arguments: [
        "", "1.2.3", "1.2.3.4.5", "01.2.3.4", "1.2.3.256", "0x1.2.3.4", "1.2.3.4 ", ":::", "1::2::3",
        "1:2:3:4:5:6:7:8:9",
        "1:2:3:4:5:6:7:", ":1:2:3:4:5:6:7", "fe80::1%eth0", "12345::", "::1.2.3", "::1.2.3.4:5", "g::", "1.2.3.",
        "-1.2.3.4",
    ])
func notAnAddress(text: String) {
    #expect(IPAddress(text) == nil)
}
