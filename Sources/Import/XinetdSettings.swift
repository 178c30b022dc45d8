// The attributes that apply to a service of xinetd: its own, and those of `defaults` that it does not set itself.
// Source: xinetd.conf(5), the lists of attributes with all operators, and of those that defaults may have.

/// The attributes of one service, by name.
struct XinetdSettings {
    /// The attributes with one list of values.
    private var single: [String: XinetdAttribute] = [:]
    private var lists: [String: [Item]] = [:]
    /// Names in the order of the text.
    private(set) var names: [String] = []

    /// A word of an attribute that is a set of words.
    struct Item {
        var word: String
        var attribute: XinetdAttribute
    }

    /// The attributes with a set as their value, which `+=` and `-=` change.
    static let sets = [
        "only_from", "no_access", "log_on_success", "log_on_failure", "passenv", "env", "disabled", "enabled",
    ]
    /// The attributes that a service takes from `defaults`; others have no effect there.
    static let inDefaults = [
        "log_type", "bind", "interface", "per_source", "umask", "log_on_success", "log_on_failure", "only_from",
        "no_access",
        "passenv", "instances", "disabled", "enabled", "banner", "banner_success", "banner_fail", "groups", "cps",
        "max_load",
        "v6only",
    ]

    init(defaults: [XinetdAttribute], own: [XinetdAttribute], _ report: inout ImportReport) {
        for attribute in defaults where Self.inDefaults.contains(attribute.name) {
            // In defaults `=` does what `+=` does.
            var attribute = attribute
            if attribute.operation == .set, Self.sets.contains(attribute.name) { attribute.operation = .add }
            take(attribute, &report)
        }
        single = single.filter { entry in !own.contains { $0.name == entry.key } }
        for attribute in own {
            // In a service `=` replaces everything before it.
            if attribute.operation == .set, Self.sets.contains(attribute.name) {
                for item in lists[attribute.name] ?? [] where own.contains(where: { $0.place == item.attribute.place })
                {
                    report.notCarriedOver(
                        item.attribute.place, item.attribute.text,
                        "line \(attribute.place.line) takes its place, as in xinetd")
                }
                lists[attribute.name] = []
            }
            take(attribute, &report)
        }
    }

    /// The attribute of a name that has one list of values.
    subscript(name: String) -> XinetdAttribute? { single[name] }

    /// The words of a set; nil when no attribute names any.
    func items(_ name: String) -> [Item]? { lists[name] }

    /// All attributes with one list of values, in the order of the text.
    var attributes: [XinetdAttribute] { names.compactMap { single[$0] } }

    private mutating func take(_ attribute: XinetdAttribute, _ report: inout ImportReport) {
        let name = attribute.name
        if !names.contains(name) { names.append(name) }
        report.carried(attribute.place)
        guard Self.sets.contains(name) else {
            if attribute.operation != .set {
                report.notCarriedOver(attribute.place, attribute.text, "'\(printable(name))' takes = only")
            } else if single[name] != nil {
                report.notCarriedOver(attribute.place, attribute.text, "it is set twice; the first one counts")
            } else {
                single[name] = attribute
            }
            return
        }
        if attribute.operation == .remove {
            lists[name, default: []].removeAll { attribute.values.contains($0.word) }
        } else {
            lists[name, default: []] += attribute.values.map { Item(word: $0, attribute: attribute) }
        }
    }
}
