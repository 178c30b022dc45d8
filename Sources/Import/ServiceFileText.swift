// An imported service as the text of its file: TOML 1.0, as doorward-service(5) describes it.
// Promises that every string reads back unchanged, whatever is in it.
internal import Text

extension ImportedService {
    /// The whole file.
    package var fileText: String {
        var text = "# From \(printable(place.description)), by doorward import.\n"
        var table = ""
        for key in ServiceKey.allCases {
            guard let value = self[key] else { continue }
            let parts = key.rawValue.split(separator: ".")
            if parts.count > 1, table != parts[0] {
                table = String(parts[0])
                text += "\n[\(table)]\n"
            }
            text += "\(parts[parts.count - 1]) = \(value.text)\n"
        }
        guard !environment.isEmpty else { return text }
        text += "\n[environment]\n"
        for variable in environment { text += "\(variable.name) = \(quotedTOML(variable.value))\n" }
        return text
    }
}

extension ServiceValue {
    /// The text after the key.
    var text: String {
        switch self {
        case .text(let text): quotedTOML(text)
        case .number(let number): "\(number)"
        case .decimal(let digits): digits
        case .boolean(let value): "\(value)"
        case .list(let texts): listText(texts)
        }
    }
}

/// A list on one line, or with a line for each element when it would be too long.
func listText(_ texts: [String]) -> String {
    let elements = texts.map(quotedTOML)
    let line = "[\(elements.joined(separator: ", "))]"
    return line.utf8.count <= 100 ? line : "[\n\(elements.map { "    \($0),\n" }.joined())]"
}

/// A basic string. Source: TOML 1.0.0, "String".
func quotedTOML(_ text: String) -> String { "\"\(Escaping.toml.text(text))\"" }
