// An imported service as the text of its file: TOML 1.0, as doorward-service(5) describes it.
// Promises that every string reads back unchanged, whatever is in it.
internal import ServiceModel
internal import Text

extension ImportedService {
    /// The whole file.
    package var fileText: String {
        var text = "# From \(printable(place.description)), by doorward import.\n"
        // What stands behind a table's header is in the table: the keys of the top come first.
        var table = ""
        for key in Service.keys.filter(\.table.isEmpty) + Service.keys.filter({ !$0.table.isEmpty }) {
            guard let value = ServiceKey(rawValue: key.name).flatMap({ self[$0] }) else { continue }
            if table != key.table { text += "\n[\(key.table)]\n" }
            table = key.table
            text += "\(key.plainName) = \(value.text)\n"
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
