// What programs read (RFC 8259): written here, because Foundation's writer is a Foundation.
internal import Text

package enum JSON {
    /// A string.
    package static func text(_ text: String) -> String { "\"\(Escaping.json.text(text))\"" }

    /// A list of strings, in one line.
    package static func row(_ texts: [String]) -> String { "[\(texts.map(text).joined(separator: ","))]" }

    /// A list of strings, one a line.
    package static func list(_ texts: [String]) -> String {
        texts.isEmpty ? "[]" : "[\n  \(texts.map(text).joined(separator: ",\n  "))\n]"
    }
}
