// An explanation for people, in columns; and for programs, as JSON (RFC 8259).
internal import Admission
internal import HostDefinition
internal import ServiceModel
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

    /// The decision and each setting as data, and the sections of ``text``.
    package var json: JSON {
        .document([
            "service": .string(service.name), "file": .string(service.file),
            "address": .string(assessment.clientText), "decision": decision,
            "settings": .list(Service.keys.map(setting)),
            "sections": .list(
                sections.map { section in
                    [
                        "title": .string(section.title),
                        "facts": .list(
                            section.facts.map { fact in
                                [
                                    "key": .string(fact.key), "value": .string(fact.value),
                                    "origin": .string(fact.origin),
                                ]
                            }),
                    ]
                }),
        ])
    }

    private var decision: JSON {
        let reason = assessment.reason
        let rule = assessment.ruleIndex.map { service.access[$0].position }
        return [
            "outcome": .string(reason == nil ? "admitted" : "refused"),
            "cause": JSON(assessment.cause?.rawValue), "setting": JSON(reason?.remedy),
            "message": JSON(reason?.sentence), "rule": JSON(assessment.ruleIndex.map { $0 + 1 }),
            "file": JSON(rule?.file), "line": JSON(rule?.line),
            "unanswered": JSON.strings(assessment.unansweredKeys),
        ]
    }

    /// A key with its value, and where a file says it; the place is null for a default.
    private func setting(_ key: Key<Service>) -> JSON {
        // The places of a table's entries stand for a key that is a table, as `environment`.
        let entries = definition.origins.filter { $0.key.hasPrefix(key.name + ".") }.values
        let place = definition.origins[key.name] ?? entries.min { ($0.file, $0.line) < ($1.file, $1.line) }
        return [
            "key": .string(key.name), "value": JSON(value(of: key), key.form), "file": JSON(place?.file),
            "line": JSON(place?.line),
        ]
    }

    /// The value that the service gets, also where the default depends on its other settings.
    private func value(of key: Key<Service>) -> SettingValue {
        switch key.name {
        case "limits.processes": service.limits.processesOrStandard.setting
        case "limits.waiting": service.waitingPlaces.setting
        default: key.value(in: service)
        }
    }
}

extension JSON {
    /// A value in the unit of its form: durations in seconds, sizes in bytes, octal numbers as a file spells them.
    fileprivate init(_ value: SettingValue, _ form: Form) {
        switch (form, value) {
        case (_, .none), (.program, .list([.text("")])): self = .null
        case (_, .flag(let flag)): self = .boolean(flag)
        case (_, .text(let text)): self = .string(text)
        case (.orUnlimited(let form), _): self = JSON(value, form)
        case (.duration, .number(let nanoseconds)): self = .seconds(.nanoseconds(nanoseconds))
        case (.octal, .number), (.decimal, .number), (.rate, .list), (.own(.hours), .list):
            self = .string(form.shown(value))
        case (_, .number(let number)): self = .integer(Int(number))
        case (.own(.access), .list(let rules)):
            self = .list(rules.map { .string(AccessRule(setting: $0)?.description ?? "") })
        case (_, .list(let elements)): self = .list(elements.map { JSON($0, .path) })
        }
    }
}

/// For a terminal: nothing that could steer it.
private func shown(_ text: String) -> String { Escaping.line.text(text) }
