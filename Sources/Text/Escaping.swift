// How text from elsewhere stands in a line or a document of ours: what would end the line, steer a terminal or end a
// string is written in another way. The log's form, which works on bytes, is in ByteText+Escaping.swift.

/// A form of text, and how it writes a character that cannot stand in it as it is.
package enum Escaping: Hashable, Sendable, CaseIterable {
    /// A line for people: control characters as `\u{1b}`.
    case line
    /// Inside the quotes of a JSON string. Source: RFC 8259 7.
    case json
    /// Inside the quotes of a basic string. Source: TOML 1.0.0, "String".
    case toml
    /// One word of printable ASCII without `:`, bytes as `%1B`. Source: RFC 3986 2.1.
    case word

    /// The text in this form.
    package func text(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars { append(scalar, to: &result) }
        return result
    }

    /// One character in this form.
    package func text(_ scalar: Unicode.Scalar) -> String {
        var result = ""
        append(scalar, to: &result)
        return result
    }

    private func append(_ scalar: Unicode.Scalar, to result: inout String) {
        switch (self, scalar) {
        case (.json, "\n"): result += "\\n"
        case (.json, "\r"): result += "\\r"
        case (.json, "\t"): result += "\\t"
        case (.json, "\""), (.json, "\\"), (.toml, "\""), (.toml, "\\"):
            result += "\\"
            result.unicodeScalars.append(scalar)
        case (.line, _) where isControl(scalar): result += "\\u{\(String(scalar.value, radix: 16))}"
        case (.json, _) where scalar.value < 0x20: result += "\\u" + hexadecimal(scalar.value, digits: 4)
        case (.toml, _) where isControl(scalar):
            let isLong = scalar.value > 0xffff
            result += (isLong ? "\\U" : "\\u") + hexadecimal(scalar.value, digits: isLong ? 8 : 4)
        case (.word, _):
            for byte in UTF8.encode(scalar) ?? UTF8.EncodedScalar() {
                if (0x21...0x7e).contains(byte), byte != UInt8(ascii: "%"), byte != UInt8(ascii: ":") {
                    result.unicodeScalars.append(Unicode.Scalar(byte))
                } else {
                    result += "%" + hexadecimal(UInt32(byte), digits: 2).uppercased()
                }
            }
        default: result.unicodeScalars.append(scalar)
        }
    }
}

/// Whether a character is not shown but does something: ends a line, changes the direction of text, steers a terminal.
private func isControl(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator: true
    default: false
    }
}

private func hexadecimal(_ value: UInt32, digits: Int) -> String {
    let text = String(value, radix: 16)
    return String(repeating: "0", count: max(digits - text.utf8.count, 0)) + text
}
