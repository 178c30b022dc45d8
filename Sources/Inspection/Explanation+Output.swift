// An explanation for people, in columns; and for programs, as JSON (RFC 8259).
internal import Text

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
                "{\"key\":\(JSON.text(fact.key)),\"value\":\(JSON.text(fact.value)),\"origin\":\(JSON.text(fact.origin))}"
            }
            return "{\"title\":\(JSON.text(section.title)),\"facts\":[\n    \(facts.joined(separator: ",\n    "))]}"
        }
        return "[\n  \(sections.joined(separator: ",\n  "))\n]"
    }
}

/// For a terminal: nothing that could steer it.
private func shown(_ text: String) -> String { Escaping.line.text(text) }
