import Addresses
import HostDefinition
import ServiceModel
import Testing

@testable import Configuration

struct NameListsReaderTests {
    /// The values of one line of a file, and its faults.
    private func read<Value>(
        _ line: String, _ read: (inout Reading, TOMLEntry) -> Value?
    ) throws -> (value: Value?, faults: [String]) {
        var reading = Reading(host: testHost, handlers: "/libexec", layer: .service, file: "s.toml")
        let text = SourceText(Array(line.utf8), file: "s.toml")
        let entry = try #require(try readTOML(text).first)
        let value = read(&reading, entry)
        return (value, reading.faults.map(\.description))
    }

    private func dnsbl(_ line: String) throws -> (value: [DNSBLRule]?, faults: [String]) {
        try read(line) { $0.dnsbl($1) }
    }

    @Test("the rules of 'dnsbl' keep their order")
    func rules() throws {
        let found = try dnsbl("dnsbl = [\"list.dnswl.org allow GOOD=1\", \"zen.spamhaus.org=127.0.0.2 deny\"]")
        #expect(found.faults == [])
        #expect(found.value?.map(\.description) == ["list.dnswl.org allow GOOD=1", "zen.spamhaus.org=127.0.0.2 deny"])
        #expect(try dnsbl("dnsbl = []").value == [])
    }

    @Test(
        "a fault of a rule has the place of the word",
        arguments: [
            ("dnsbl = \"a deny\"", "s.toml:1:9: error: 'dnsbl' is a string; expected a list of rules"),
            (
                "dnsbl = [\"a deny\", \"b. deny\"]",
                "s.toml:1:23: error: 'dnsbl' has 'b. deny': a part of the list's name"
            ),
            (
                "dnsbl = [\"a=10.0.0.1 deny\"]",
                "s.toml:1:13: error: 'dnsbl' has 'a=10.0.0.1 deny': '10.0.0.1' is not in 127"
            ),
            ("dnsbl = [\"a LD_PRELOAD=x\"]", "s.toml:1:10: error: 'LD_PRELOAD' is refused"),
            ("dnsbl = [\"a TCPREMOTEIP=x\"]", "s.toml:1:10: error: 'TCPREMOTEIP' is refused"),
        ])
    func faults(line: String, expected: String) throws {
        let found = try dnsbl(line).faults
        #expect(found.count == 1)
        #expect(found.first?.hasPrefix(expected) == true, "\(found)")
    }

    @Test("a service has at most as many rules as a gate has bits")
    func many() throws {
        let most = String(repeating: "\"a deny\",", count: DNSBLRule.most)
        #expect(try dnsbl("dnsbl = [\(most)]").value?.count == DNSBLRule.most)
        let found = try dnsbl("dnsbl = [\(most)\"a deny\"]")
        #expect(found.value == nil && found.faults.first?.contains("expected 32 at most") == true)
    }

    @Test("name servers are one to three addresses")
    func nameServers() throws {
        func servers(_ line: String) throws -> (value: [NameServer]?, faults: [String]) {
            try read(line) { $0.nameServers($1) }
        }
        let found = try servers("nameservers = [\"127.0.0.1:5353\", \"::1\"]")
        #expect(found.value?.map(\.description) == ["127.0.0.1:5353", "[::1]:53"] && found.faults == [])
        for (list, expected) in [
            ("[]", "1:15: error: 'nameservers' names 0; expected 1 to 3"),
            ("[\"::1\", \"::2\", \"::3\", \"::4\"]", "1:15: error: 'nameservers' names 4; expected 1 to 3"),
            ("[\"dns.example\"]", "1:16: error: 'nameservers' has 'dns.example'; expected a list of addresses"),
        ] {
            let faults = try servers("nameservers = \(list)").faults
            #expect(faults.count == 1 && faults.first?.hasPrefix("s.toml:\(expected)") == true, "\(faults)")
        }
    }
}
