import Testing
import Text

struct EscapingTests {
    private static let nasty = "a\"b\\c\n\r\t\u{1b}[31m\u{7f}\u{2028}\u{202e}\u{e0001}é%:"

    @Test(
        "each form replaces the characters that it may not contain",
        arguments: [
            (Escaping.line, "a\"b\\c\\u{a}\\u{d}\\u{9}\\u{1b}[31m\\u{7f}\\u{2028}\\u{202e}\\u{e0001}é%:"),
            (.json, "a\\\"b\\\\c\\n\\r\\t\\u001b[31m\u{7f}\u{2028}\u{202e}\u{e0001}é%:"),
            (.toml, "a\\\"b\\\\c\\u000a\\u000d\\u0009\\u001b[31m\\u007f\\u2028\\u202e\\U000e0001é%:"),
            (
                .word,
                "a\"b\\c%0A%0D%09%1B[31m%7F%E2%80%A8%E2%80%AE%F3%A0%80%81%C3%A9%25%3A"
            ),
        ])
    func forms(form: Escaping, expected: String) {
        #expect(form.text(Self.nasty) == expected)
    }

    @Test("plain text stays unchanged in every form", arguments: Escaping.allCases)
    func plain(form: Escaping) {
        #expect(form.text("plain-text_123/[]{}#'") == "plain-text_123/[]{}#'")
    }

    @Test("the form of a text is the forms of its characters in turn", arguments: Escaping.allCases)
    func characters(form: Escaping) {
        #expect(Self.nasty.unicodeScalars.map { form.text($0) }.joined() == form.text(Self.nasty))
    }
}
