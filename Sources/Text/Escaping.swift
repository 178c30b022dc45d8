// The form of foreign text in a line or a document of this program: it replaces characters that would end the line,
// steer a terminal or end a string. The log's form works on bytes and is in ByteText+Escaping.swift.

/// A form of text, with a replacement for each character that it may not contain.
package enum Escaping: Hashable, Sendable, CaseIterable {
    /// A line for the administrator: control characters as `\u{1b}`.
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

/// Whether a character is invisible and acts on the text: ends a line, changes its direction, steers a terminal.
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
