import Addresses
import Testing

@testable import Import

struct XinetdAddressTests {
    @Test(
        "an address gives the network that xinetd takes it for",
        arguments: [
            ("128.138.12.0", ["128.138.12.0/24"]), ("128.138.0.0", ["128.138.0.0/16"]), ("10.0.0.0", ["10.0.0.0/8"]),
            ("0.0.0.0", ["0.0.0.0/0"]), ("10.0.0.1", ["10.0.0.1"]), ("10.0.1.0", ["10.0.1.0/24"]),
            ("1.2.3.4/24", ["1.2.3.0/24"]), ("1.2.3.4/32", ["1.2.3.4"]), ("1234::/46", ["1234::/46"]),
            ("2001:db8::", ["2001:db8::"]),
            ("::1", ["::1"]), ("1.2.3.{4,5}", ["1.2.3.4", "1.2.3.5"]), ("1.2.{3,4}", ["1.2.3.0/24", "1.2.4.0/24"]),
            ("localhost", ["127.0.0.1", "::1"]),
        ])
    func prefixes(word: String, prefixes: [String]) {
        #expect(xinetdPrefixes(word)?.map(\.description) == prefixes)
    }

    @Test(
        "a word that is no address is nil",
        arguments: [
            "host.example", ".example.org", "my-net", "1.2.3", "1.2.3.{4", "1.2.3.{}", "1.2.3.4.{5}", "1.2.3.{256}",
            "1.2.3.4/33",
            "1.2.3.4/", "{1,2}", "1.2.3{4}", "", "/24",
        ])
    func others(word: String) {
        #expect(xinetdPrefixes(word) == nil)
    }
}
