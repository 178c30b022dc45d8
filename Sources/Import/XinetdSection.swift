// The text of xinetd's files: sections with attributes. Does not know what an attribute means.
// Source: xinetd.conf(5).

/// `name = values`.
struct XinetdAttribute {
    enum Operation: String { case set = "=", add = "+=", remove = "-=" }

    var place: Place
    var name: String
    var operation: Operation
    var values: [String]

    /// The text in remarks.
    var text: String { ([name, operation.rawValue] + values).joined(separator: " ") }

    /// nil when there is no operator.
    init?(_ text: String, at place: Place) {
        guard let equals = text.firstIndex(of: "=") else { return nil }
        var head = text[..<equals]
        operation = head.hasSuffix("+") ? .add : head.hasSuffix("-") ? .remove : .set
        if operation != .set { head = head.dropLast() }
        name = trimmed(head)
        guard !name.isEmpty, !name.contains(" "), !name.contains("\t") else { return nil }
        values = words(text[text.index(after: equals)...])
        self.place = place
    }
}

/// `service NAME { ... }`, or `defaults { ... }`.
struct XinetdSection {
    /// nil: defaults.
    var name: String?
    var place: Place
    var attributes: [XinetdAttribute] = []
    /// The places of all its lines that are not comments.
    var places: [Place]
}

/// The sections of a file. Reports the lines that are in no section.
func xinetdSections(_ source: ImportSource, _ report: inout ImportReport) -> [XinetdSection] {
    var sections: [XinetdSection] = []
    var isOpen = false
    for line in source.lines(&report) {
        var text = trimmed(line.text)
        if text.isEmpty || text.hasPrefix("#") {
            report.comment(line.place)
            continue
        }
        if isOpen {
            sections[sections.count - 1].places.append(line.place)
            if text == "{" || text == "}" {
                report.carried(line.place)
                if text == "}" { isOpen = false }
            } else if let attribute = XinetdAttribute(text, at: line.place) {
                sections[sections.count - 1].attributes.append(attribute)
            } else {
                report.notCarriedOver(line.place, text, "expected NAME = VALUE, or the } of the section")
            }
            continue
        }
        if text.hasSuffix("{") { text = trimmed(text.dropLast()) }
        let fields = words(text)
        switch fields.first {
        case "service" where fields.count == 2, "defaults" where fields.count == 1:
            report.carried(line.place)
            let name = fields.count == 2 ? fields[1] : nil
            sections.append(XinetdSection(name: name, place: line.place, places: [line.place]))
            isOpen = true
        case "include", "includedir":
            report.notCarriedOver(
                line.place, text, "other files are not followed; name it too: doorward import FILE DIRECTORY")
        default:
            report.notCarriedOver(line.place, text, "expected service NAME, defaults, include or includedir")
        }
    }
    if isOpen, let last = sections.last {
        report.note(last.place, "{", "the section goes on to the end of the file: its } is missing")
    }
    return sections
}
