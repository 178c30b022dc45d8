// Turns only_from and no_access into access rules. The manual says that the better match decides when both lists match.
// xinetd 2.3.15 (tried in November 2026) refuses then, whichever match is better. So do these rules: the refusals come
// first.

internal import Addresses
internal import ServiceModel

extension XinetdService {
    /// Sets `access` from `only_from` and `no_access`.
    mutating func setAccess() {
        let allowed = settings.items("only_from")
        let denied = settings.items("no_access")
        guard allowed != nil || denied?.isEmpty == false, service[.access] == nil else { return }
        var list = AccessList()
        for item in denied ?? [] {
            for prefix in prefixes(of: item, else: "such hosts are let in; write their addresses") {
                list.append(.deny, prefix)
            }
        }
        let isRefused = list
        for item in allowed ?? [] {
            for prefix in prefixes(of: item, else: "such hosts are refused; write their addresses") {
                guard !list.append(.allow, prefix), isRefused.covers(prefix) else { continue }
                report.note(
                    item.attribute.place, "only_from \(item.word)",
                    "no_access has it too, and refuses, as xinetd does (its manual says that the better match decides)")
            }
        }
        if allowed == nil { list.appendRest(.allow) }
        if list.texts.isEmpty { list.appendRest(.deny) }
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
