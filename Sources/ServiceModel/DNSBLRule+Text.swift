// The text of one line of `dnsbl = [...]`: `ZONE[=RESULTS] ACTION`, words separated by blanks.
//   ZONE     a list's name in the DNS
//   RESULTS  the answers that count, separated by commas: `127.0.0.2,127.0.0.4/31`; without it, every answer counts
//   ACTION   `deny`, and after it an action of refusal or none (RefusalAction+Text.swift); `allow`, and after it
//            variables or none; or variables alone (`NAME=value`), which decide nothing
// `deny` and `allow` are the words of access rules. Configuration checks the names of variables, as it does for access
// rules. Total and bounded: any text is a rule or an error with its place. Nothing is looked up.
internal import Addresses

extension DNSBLRule {
    /// In bytes.
    package static let longestText = 1024
    /// In bytes: a reversed IPv6 address fits before a zone of this length. Source: RFC 1035 2.3.4, RFC 5782 2.4.
    package static let longestZone = 189
    package static let mostResults = 16

    /// Reads one text of `dnsbl = [...]`.
    package init(_ text: String) throws(RuleTextError) {
        var reader = DNSBLRuleReader(text)
        self = try reader.rule()
    }
}

extension DNSBLRule: CustomStringConvertible {
    /// The text that ``init(_:)`` reads.
    package var description: String {
        let wanted = results.isEmpty ? "" : "=" + results.map(\.description).joined(separator: ",")
        let verdict: [String] =
            switch effect {
            case .deny: ["deny"]
            case .allow: ["allow"]
            case .mark: []
            }
        let words = ["\(zone)\(wanted)"] + verdict + environment.map { "\($0.name)=\($0.value)" }
        return (words + (refusal.map { [$0.configText] } ?? [])).joined(separator: " ")
    }
}

/// Reads the words of one text.
private struct DNSBLRuleReader {
    private typealias Word = ArraySlice<UInt8>

    private let text: [UInt8]

    private static let example =
        "expected one like \"zen.spamhaus.org deny\", \"zen.spamhaus.org=127.0.0.2 deny\", \"list.dnswl.org allow\" or "
        + "\"bl.example.org LISTED=yes\""

    init(_ text: String) {
        self.text = Array(text.utf8.prefix(DNSBLRule.longestText + 1))
    }

    mutating func rule() throws(RuleTextError) -> DNSBLRule {
        guard text.count <= DNSBLRule.longestText else {
            throw RuleTextError(
                offset: DNSBLRule.longestText, reason: "more than \(DNSBLRule.longestText) bytes; \(Self.example)")
        }
        let words = text.split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
        guard let list = words.first else { throw fault(0, "nothing is written here") }
        let name = list.prefix { $0 != UInt8(ascii: "=") }
        var rule = DNSBLRule(zone: try zone(name), effect: .mark)
        if name.endIndex < list.endIndex { rule.results = try results(list[(name.endIndex + 1)...]) }
        guard words.count > 1 else { throw fault(text.count, "what becomes of those who are listed is missing") }
        var variables = words.dropFirst()
        switch string(words[1]) {
        case "deny": rule.effect = .deny
        case "allow": rule.effect = .allow
        default: break
        }
        if rule.effect != .mark { variables = variables.dropFirst() }
        if rule.effect == .deny {
            if let further = variables.first { rule.refusal = try RefusalAction(ofRule: text[further.startIndex...]) }
            return rule
        }
        for word in variables {
            let variable = try variable(word)
            guard !rule.environment.contains(where: { $0.name == variable.name }) else {
                throw fault(word.startIndex, "'\(variable.name)' is set twice")
            }
            rule.environment.append(variable)
        }
        return rule
    }

    /// Labels of letters, digits, hyphens and underscores. Source: RFC 1035 2.3.1, RFC 8552.
    private func zone(_ name: Word) throws(RuleTextError) -> String {
        let zone = string(name).lowercased()
        if IPAddress(zone) != nil { throw fault(name.startIndex, "this is an address, and a list has a name") }
        guard name.count <= DNSBLRule.longestZone else {
            throw fault(name.startIndex, "a list's name has \(DNSBLRule.longestZone) bytes at most")
        }
        for label in name.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false) {
            guard !label.isEmpty else { throw fault(label.startIndex, "a part of the list's name is empty") }
            guard label.count <= 63 else {
                throw fault(label.startIndex, "a part of a list's name has 63 bytes at most")
            }
            guard let odd = label.firstIndex(where: { !isOfName($0) }) else { continue }
            throw fault(odd, "this is not part of a list's name: letters, digits, hyphens, underscores, dots")
        }
        return zone
    }

    private func results(_ list: Word) throws(RuleTextError) -> [IPPrefix] {
        var results: [IPPrefix] = []
        for word in list.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false) {
            guard results.count < DNSBLRule.mostResults else {
                throw fault(word.startIndex, "more than \(DNSBLRule.mostResults) answers")
            }
            let prefix: IPPrefix
            do throws(IPPrefixError) {
                prefix = try IPPrefix(string(word))
            } catch {
                throw fault(word.startIndex, "\(error)")
            }
            guard prefix.length >= 8, prefix.network.masked(toPrefix: 8) == .v4(0x7f00_0000) else {
                throw fault(word.startIndex, "'\(prefix)' is not in 127.0.0.0/8, where lists answer")
            }
            guard prefix.length < 32 || DNSBLRule.saysListed(prefix.network) else {
                throw fault(word.startIndex, "'\(prefix)' does not say that an address is listed")
            }
            results.append(prefix)
        }
        return results
    }

    private func variable(_ word: Word) throws(RuleTextError) -> EnvironmentVariable {
        let name = word.prefix { $0 != UInt8(ascii: "=") }
        guard !name.isEmpty, name.endIndex < word.endIndex else {
            throw fault(word.startIndex, "'\(string(word))' is neither 'deny', 'allow' nor NAME=value")
        }
        // Variables may have small letters, but these two are misplaced settings of `deny`.
        if ["refuse", "message"].contains(string(name)) {
            throw fault(word.startIndex, "'\(string(name))=' goes behind 'deny'")
        }
        return EnvironmentVariable(name: string(name), value: string(word[(name.endIndex + 1)...]))
    }

    private func isOfName(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    private func string(_ word: Word) -> String { String(decoding: word, as: UTF8.self) }

    private func fault(_ offset: Int, _ what: String) -> RuleTextError {
        RuleTextError(offset: offset, reason: "\(what); \(Self.example)")
    }
}
