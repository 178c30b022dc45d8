// What programs read (RFC 8259): written here, because Foundation's writer is a Foundation.

package enum JSON {
    /// A string.
    package static func text(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }

    /// A list of strings, in one line.
    package static func row(_ texts: [String]) -> String { "[\(texts.map(text).joined(separator: ","))]" }

    /// A list of strings, one a line.
    package static func list(_ texts: [String]) -> String {
        texts.isEmpty ? "[]" : "[\n  \(texts.map(text).joined(separator: ",\n  "))\n]"
    }
}
