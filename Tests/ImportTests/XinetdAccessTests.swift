// Compares the access rules with what xinetd 2.3.15 decides: it refuses an address in no_access, or outside only_from.

import Addresses
import HostDefinition
import ServiceModel
import TestSupport
import Testing

@testable import Import

struct XinetdAccessTests {
    private func oracle(_ only: [IPPrefix]?, _ no: [IPPrefix], _ address: IPAddress) -> Bool {
        !no.contains { $0.contains(address) } && only?.contains { $0.contains(address) } != false
    }

    @Test("the rules decide as xinetd's lists do", arguments: 0..<40 as Range<UInt64>)
    func random(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        func word() -> String {
            let octets = [
                10, Int.random(in: 0...1, using: &generator), Int.random(in: 0...1, using: &generator),
                Int.random(in: 0...2, using: &generator),
            ]
            let text = octets.map(String.init).joined(separator: ".")
            return Bool.random(using: &generator) ? text : "\(text)/\(Int.random(in: 7...32, using: &generator))"
        }
        let only =
            Bool.random(using: &generator) ? (0..<Int.random(in: 0...5, using: &generator)).map { _ in word() } : nil
        let no = (0..<Int.random(in: 0...5, using: &generator)).map { _ in word() }
        var text = "service ftp\n{\nserver = /x\nwait = no\nuser = a\n"
        if let only { text += "only_from = \(only.joined(separator: " "))\n" }
        if !no.isEmpty { text += "no_access = \(no.joined(separator: " "))\n" }
        let service = try #require(imported(text + "}\n", .xinetd).services.first)
        let rules = try readBack(service).service.access
        let prefixes = (only?.compactMap(xinetdPrefixes).flatMap { $0 }, no.compactMap(xinetdPrefixes).flatMap { $0 })
        for _ in 0..<50 {
            let bits =
                UInt32(10) << 24 | UInt32.random(in: 0...1, using: &generator) << 16
                | UInt32.random(in: 0...1, using: &generator) << 8 | UInt32.random(in: 0...3, using: &generator)
            let address = IPAddress.v4(bits)
            #expect(
                decision(rules, address).isAllowed == oracle(prefixes.0, prefixes.1, address), "\(address) in \(text)")
        }
    }

    @Test("names are not looked up: those of only_from are refused, those of no_access let in with a remark")
    func names() throws {
        let top = "service ftp\n{\nserver = /x\nwait = no\nuser = a\n"
        let closed = imported(top + "only_from = host.example\n}", .xinetd)
        #expect(closed.services.first?[.access] == .list(["deny all"]))
        #expect(closed.lineRemarks.first?.contains("such hosts are refused") == true)
        let open = imported(top + "no_access = .example.org\n}", .xinetd)
        #expect(open.services.first?[.access] == .list(["allow all"]))
        #expect(open.lineRemarks.first?.contains("such hosts are let in") == true)
    }

    @Test("an address in both lists is refused, and the report says that the manual differs")
    func both() {
        let top = "service ftp\n{\nserver = /x\nwait = no\nuser = a\n"
        let result = imported(top + "no_access = 10.0.0.0\nonly_from = 10.1.2.3 192.0.2.1\n}", .xinetd)
        #expect(result.services.first?[.access] == .list(["deny 10.0.0.0/8", "allow 192.0.2.1"]))
        #expect(result.lineRemarks.count == 1)
        #expect(result.lineRemarks.first?.hasPrefix("f:7: note: only_from 10.1.2.3: no_access has it too") == true)
    }
}
