// The keys `dnsbl` of a service and `nameservers` of the host: DNS block lists, and who is asked about them.
// Promises that no rule comes out that no gate could keep, or whose variables no handler may have.

internal import Addresses
import ServiceModel

extension Reading {
    private static let dnsblForms = "a list of rules like [\"zen.spamhaus.org deny\", \"list.dnswl.org allow\"]"
    private static let nameServerForms = "a list of addresses like [\"127.0.0.1\", \"[::1]:5353\"]"

    /// The rules in their order; each faulty one is left out.
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

    /// Those to ask, one or more.
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
