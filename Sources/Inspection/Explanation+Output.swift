// An explanation for people, in columns; and for programs, as JSON (RFC 8259).

extension Explanation {
    /// `KEY  VALUE  (ORIGIN)`, a section after the other.
    package var text: String {
        var lines: [String] = []
        for section in sections {
            if !lines.isEmpty { lines.append("") }
            lines.append(section.title)
            let width = section.facts.map(\.key.count).filter { $0 <= 34 }.max() ?? 0
            for fact in section.facts {
                let padding = String(repeating: " ", count: max(width - fact.key.count, 0))
                let origin = fact.origin.isEmpty ? "" : "  (\(shown(fact.origin)))"
                lines.append("  \(shown(fact.key))\(padding)  \(shown(fact.value))\(origin)")
            }
        }
        return lines.joined(separator: "\n")
    }

    /// A list of sections, each with its facts.
    package var json: String {
        let sections = sections.map { section in
            let facts = section.facts.map { fact in
                "{\"key\":\(quoted(fact.key)),\"value\":\(quoted(fact.value)),\"origin\":\(quoted(fact.origin))}"
            }
            return "{\"title\":\(quoted(section.title)),\"facts\":[\n    \(facts.joined(separator: ",\n    "))]}"
        }
        return "[\n  \(sections.joined(separator: ",\n  "))\n]"
    }
}

/// For a terminal: nothing that could steer it.
private func shown(_ text: String) -> String {
    String(
        String.UnicodeScalarView(
            text.unicodeScalars.map { scalar in
                switch scalar.properties.generalCategory {
                case .control, .format, .lineSeparator, .paragraphSeparator: "\u{fffd}"
                default: scalar
                }
            }))
}

private func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
        switch scalar {
        case "\"": result += "\\\""
        case "\\": result += "\\\\"
        case _ where scalar.value < 0x20:
            let digits = String(scalar.value, radix: 16)
            result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        default: result.unicodeScalars.append(scalar)
        }
    }
    return result + "\""
}
