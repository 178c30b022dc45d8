// The message of a fault in a text that is not TOML: what was found and what was expected, or toml++'s own description.
// Facts: toml++ writes `Error while parsing SCOPE: REASON` (parser.inl, error_builder). Some reasons say what is
// forbidden, but an administrator needs to know what is missing: for a string without a closing quote, toml++ complains
// about "control characters".

/// The message for toml++'s description of an error at a byte of a text.
///
/// A description that this function does not know stays as it is. `isMultiLine` says whether a string without its end
/// begins with three quotes.
func syntaxMessage(
    _ description: String, at offset: Int, in bytes: [UInt8], isMultiLine: Bool
) -> String {
    let prefix = "Error while parsing "
    guard description.hasPrefix(prefix) else { return description }
    let parts = description.dropFirst(prefix.count).split(separator: ":", maxSplits: 1)
    guard parts.count == 2 else { return description }
    let fault = SyntaxFault(
        scope: parts[0], reason: parts[1].drop { $0 == " " }, isMultiLine: isMultiLine, before: bytes[..<offset],
        rest: bytes[offset...])
    guard let expected = fault.expectation else { return description }
    return "found \(fault.found); expected \(expected)"
}

/// The parts of toml++'s description, and the text on both sides of the error.
private struct SyntaxFault {
    /// The element that toml++ was reading.
    let scope: Substring
    let reason: Substring
    let isMultiLine: Bool
    let before: ArraySlice<UInt8>
    let rest: ArraySlice<UInt8>

    private static let closingQuote = "the string's closing quote"

    /// What was expected, by the words at the start of toml++'s reason.
    private static let expectations = [
        ("expected '='", "'='"),
        ("expected ']'", "']'"),
        ("expected a comment or whitespace", "the end of the line"),
        ("expected keys, tables, whitespace or comments", "a key"),
        ("expected bare key starting character", "a key"),
        ("expected key-value pair or closing '}'", "a key"),
        ("tables with blank bare keys", "a key"),
        ("expected value, saw", "a value"),
        ("expected value or closing ']'", "a value"),
        ("unexpected control character", "a value"),
        ("expected comma or closing ']'", "',' or ']' behind an element of a list"),
        ("expected comma or closing '}'", "',' or '}' behind a value of an inline table"),
    ]

    /// What was expected at the place; nil when toml++'s description is better.
    var expectation: String? {
        if let known = Self.expectations.first(where: { reason.hasPrefix($0.0) }) { return known.1 }
        switch reason {
        case "encountered end-of-file": return missingAtEnd
        case "could not determine value type": return rest.first.map(isScalarByte) == false ? "a value" : nil
        case _ where reason.hasPrefix("expected key or closing '}'"):
            let isAfterValue = lastByteBefore != UInt8(ascii: "{") && lastByteBefore != UInt8(ascii: ",")
            return isAfterValue ? "',' or '}' behind a value of an inline table" : "a key"
        case _ where isInString && isAtEndOfLine: return Self.closingQuote
        default: return nil
        }
    }

    /// What is missing at the end of the text.
    private var missingAtEnd: String? {
        switch scope {
        case _ where isInString: isMultiLine ? "the three closing quotes of a string" : Self.closingQuote
        case "key": "a key"
        case "key-value pair": lastByteBefore == UInt8(ascii: "=") ? "a value" : "'='"
        case "table header": lastByteBefore == UInt8(ascii: "[") ? "a key" : "']'"
        case "array": "the list's ']'"
        case "inline table": "the inline table's '}'"
        default: nil
        }
    }

    private var isInString: Bool { scope == "string" || scope == "literal string" }

    private var isAtEndOfLine: Bool {
        rest.first == UInt8(ascii: "\n") || rest.starts(with: [UInt8(ascii: "\r"), UInt8(ascii: "\n")])
    }

    private var lastByteBefore: UInt8? { before.last { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\t") } }

    /// The text at the place, as a message names it.
    var found: String {
        if isAtEndOfLine { return "the end of the line" }
        let scalar = String(decoding: rest.prefix(4), as: UTF8.self).unicodeScalars.first
        return scalar.map { "'\(Character($0))'" } ?? "the end of the file"
    }
}

/// Whether a number, a date or a boolean may have this byte.
private func isScalarByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"):
        true
    default: "_+-.:".utf8.contains(byte)
    }
}
