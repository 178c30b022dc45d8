// Reads the key `dnsbl` of a service and the key `nameservers` of the host.
// Promises that each rule fits into a gate's table, and that a handler may have its variables.

internal import Addresses
import ServiceModel

extension Reading {
    private static let dnsblForms = "a list of rules like [\"zen.spamhaus.org deny\", \"list.dnswl.org allow\"]"
    private static let nameServerForms = "a list of addresses like [\"127.0.0.1\", \"[::1]:5353\"]"

    /// Reads the rules in their order; a faulty one is left out.
    mutating func dnsbl(_ entry: TOMLEntry) -> [DNSBLRule]? {
        guard let texts = strings(entry, expected: Self.dnsblForms) else { return nil }
        guard texts.count <= DNSBLRule.most else {
            fault(entry.value.position, "'dnsbl' has \(texts.count) rules; expected \(DNSBLRule.most) at most")
            return nil
        }
        var rules: [DNSBLRule] = []
        for (text, node) in texts {
            do throws(RuleTextError) {
                let rule = try DNSBLRule(text)
                for variable in rule.environment {
                    if let problem = environmentNameProblem(variable.name) { fault(node.position, problem) }
                }
                rules.append(rule)
            } catch {
                fault(node.position(ofByte: error.offset), "'dnsbl' has \(quoted(text)): \(error)")
            }
        }
        return rules
    }

    /// Reads the name servers, one or more.
    mutating func nameServers(_ entry: TOMLEntry) -> [NameServer]? {
        guard let texts = strings(entry, expected: Self.nameServerForms) else { return nil }
        guard (1...NameServer.most).contains(texts.count) else {
            fault(
                entry.value.position,
                "'nameservers' names \(texts.count); expected 1 to \(NameServer.most), or no such key for those in "
                    + "/etc/resolv.conf")
            return nil
        }
        var servers: [NameServer] = []
        for (text, node) in texts {
            if let server = NameServer(text) {
                servers.append(server)
            } else {
                fault(node.position, "'nameservers' has \(quoted(text)); expected \(Self.nameServerForms)")
            }
        }
        return servers
    }
}
