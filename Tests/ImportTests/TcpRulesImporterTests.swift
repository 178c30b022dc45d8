// Compares the access rules with what tcpserver does: the longest address counts, and the first of two equal ones.

import Addresses
import HostDefinition
import ServiceModel
import TestSupport
import Testing

@testable import Import

struct TcpRulesImporterTests {
    private func access(_ text: String) throws -> [AccessRule] {
        let value = try #require(imported(text, .tcprules).access)
        return try readBack("listen = \"127.0.0.1:1\"\nhandler = [\"/x\"]\n\(value)").service.access
    }

    @Test("the sample's rules, sorted")
    func sample() {
        let result = imported(Samples.tcprules, .tcprules)
        #expect(
            result.access == """
                access = [
                    "allow 127.0.0.1 RELAYCLIENT=",
                    "allow 1.2.3.37 A=c",
                    "allow 1.2.3.38/31 A=c",
                    "allow 1.2.3.40/29 A=c",
                    "allow 1.2.3.48/30 A=c",
                    "allow 1.2.3.52/31 A=c",
                    "allow 10.0.3.0/24 RELAYCLIENT=@fix.me",
                    "deny 10.0.0.0/16",
                    "deny 10.2.0.0/15",
                    "deny all",
                ]

                """)
        #expect(
            result.report.remarks.filter { $0.kind == .notCarriedOver }.map(\.place.line) == [
                4, 4, 6, 8, 9, 10, 11, 12, 13, 14, 15,
            ])
        #expect(result.report.remarks.filter { $0.kind == .note }.map(\.place.line) == [6, 16])
    }

    @Test("an address without a rule is let in, as by tcpserver")
    func open() throws {
        let result = imported("10.:deny\n", .tcprules)
        #expect(result.access == "access = [\"deny 10.0.0.0/8\", \"allow all\"]\n")
        #expect(result.report.remarks.map(\.directive) == [":allow"])
        #expect(imported(":deny\n", .tcprules).report.remarks.isEmpty)
    }

    /// Asks the records as tcpserver asks its database, and returns the first that exists.
    private func oracle(_ records: [(key: String, rule: TcpRule)], _ octets: [Int]) -> TcpRule? {
        let texts = octets.map(String.init)
        let keys =
            [texts.joined(separator: ".")] + (1...3).reversed().map { texts.prefix($0).joined(separator: ".") + "." }
            + [""]
        for key in keys {
            if let record = records.first(where: { $0.key == key }) { return record.rule }
        }
        return nil
    }

    /// The records that tcprules writes for an address with a range in its last part.
    private func keys(_ address: String) -> [String] {
        guard let dash = address.firstIndex(of: "-") else { return [address] }
        let dot = address.hasSuffix(".") ? "." : ""
        let start = address[..<dash].lastIndex(of: ".").map { address.index(after: $0) } ?? address.startIndex
        let first = Int(address[start..<dash]) ?? 0
        let last = Int(address[address.index(after: dash)...].dropLast(dot.count)) ?? 0
        return (first...last).map { address[..<start] + "\($0)" + dot }
    }

    @Test("rules decide as tcpserver does", arguments: 0..<60 as Range<UInt64>)
    func random(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        func number() -> Int { Int.random(in: 0...3, using: &generator) }
        var lines: [String] = []
        for index in 0..<Int.random(in: 1...8, using: &generator) {
            let count = Int.random(in: 0...4, using: &generator)
            var parts = (0..<count).map { _ in "\(number())" }
            if count > 0, Bool.random(using: &generator) {
                let first = number()
                parts[count - 1] = "\(first)-\(first + number())"
            }
            let address = parts.joined(separator: ".") + ((1...3).contains(count) ? "." : "")
            let verdict = Bool.random(using: &generator) ? "allow,V=\"\(index)\"" : "deny"
            lines.append("\(address):\(verdict)")
        }
        let records = try lines.flatMap { line in
            let rule = try TcpRule(line)
            return keys(rule.address).map { (key: $0, rule: rule) }
        }
        let rules = try access(lines.joined(separator: "\n"))
        for _ in 0..<60 {
            let octets = (0..<4).map { _ in number() }
            let bits = octets.reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
            let found = decision(rules, .v4(bits))
            let expected = oracle(records, octets)
            #expect(found.isAllowed == (expected?.verdict != .deny), "\(octets) in \(lines)")
            if found.isAllowed { #expect(found.environment == (expected?.variables ?? []), "\(octets) in \(lines)") }
        }
    }
}
