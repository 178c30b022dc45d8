// only_from and no_access as access rules: there the better match decides, here the first.
// So the longer prefix comes first, and of two equal ones the refusal, as in xinetd's own code (addr.c, access.c).

import ServiceModel

extension XinetdService {
    /// `only_from` and `no_access`.
    mutating func setAccess() {
        let allowed = settings.items("only_from")
        let denied = settings.items("no_access")
        guard allowed != nil || denied?.isEmpty == false, service[.access] == nil else { return }
        let denials = (denied ?? []).flatMap { prefixes(of: $0, else: "such hosts are let in; write their addresses") }
        let permits = (allowed ?? []).flatMap {
            prefixes(of: $0, else: "such hosts are refused; write their addresses")
        }
        var list = AccessList()
        for length in (0...128).reversed() {
            for prefix in denials where prefix.length == length { list.append(.deny, .prefix(prefix)) }
            for prefix in permits where prefix.length == length { list.append(.allow, .prefix(prefix)) }
        }
        if allowed == nil { list.append(.allow, .all) }
        if list.texts.isEmpty { list.append(.deny, .all) }
        service[.access] = .list(list.texts)
    }

    private mutating func prefixes(of item: XinetdSettings.Item, else consequence: String) -> [IPPrefix] {
        if let prefixes = xinetdPrefixes(item.word) { return prefixes }
        report.notCarriedOver(
            item.attribute.place, "\(item.attribute.name) \(item.word)",
            "not an address or network, and names are never looked up; \(consequence) [access]")
        return []
    }
}
