// What holds for a service of xinetd: its own attributes, and under them those of `defaults`.
// Source: xinetd.conf(5), the lists of attributes with all operators, and of those that defaults may have.

/// The attributes of one service, by name.
struct XinetdSettings {
    /// Those with one value list.
    private var single: [String: XinetdAttribute] = [:]
    private var lists: [String: [Item]] = [:]
    /// Names in the order of the text.
    private(set) var names: [String] = []

    /// A word of an attribute that is a set of words.
    struct Item {
        var word: String
        var attribute: XinetdAttribute
    }

    /// Attributes whose value is a set, which `+=` and `-=` change.
    static let sets = [
        "only_from", "no_access", "log_on_success", "log_on_failure", "passenv", "env", "disabled", "enabled",
    ]
    /// What a service takes from `defaults`, the others having no effect there.
    static let inDefaults = [
        "log_type", "bind", "interface", "per_source", "umask", "log_on_success", "log_on_failure", "only_from",
        "no_access",
        "passenv", "instances", "disabled", "enabled", "banner", "banner_success", "banner_fail", "groups", "cps",
        "max_load",
        "v6only",
    ]

    init(defaults: [XinetdAttribute], own: [XinetdAttribute], _ report: inout ImportReport) {
        for attribute in defaults where Self.inDefaults.contains(attribute.name) {
            // Here `=` does what `+=` does.
            var attribute = attribute
            if attribute.operation == .set, Self.sets.contains(attribute.name) { attribute.operation = .add }
            take(attribute, &report)
        }
        single = single.filter { entry in !own.contains { $0.name == entry.key } }
        for attribute in own {
            // Here it takes the place of everything before it.
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

    /// The attribute of a name that has one value list.
    subscript(name: String) -> XinetdAttribute? { single[name] }

    /// The words of a set; nil when nothing says what is in it.
    func items(_ name: String) -> [Item]? { lists[name] }

    /// All attributes of this name with one value list, in the order of the text.
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
