// Faults of texts that are not TOML: a text, the line and column of its fault, the message.

@testable import HostDefinition
import Testing

@testable import Configuration

let syntaxFaults: [(text: String, place: String, message: String)] = [
    ("a = 1\na = 2", "2:5", "Error while parsing key-value pair: cannot redefine existing integer 'a'"),
    (
        "a = 1\na.b = 2", "2:1",
        "Error while parsing key-value pair: cannot redefine existing integer as dotted key-value pair"
    ),
    ("[a]\n[a]", "2:1", "Error while parsing table header: cannot redefine existing table 'a'"),
    ("[a]\nb = 1\n[a.b]", "3:1", "Error while parsing table header: cannot redefine existing integer 'a.b' as table"),
    ("a = {b = 1}\n[a.c]", "2:6", "Error while parsing table header: cannot insert 'a.c' into existing inline table"),
    (
        "a = {b = 1}\na.c = 1", "2:1",
        "Error while parsing key-value pair: cannot redefine existing table as dotted key-value pair"
    ),
    (
        "a = [1]\n[[a]]", "2:1",
        "Error while parsing table header: cannot redefine existing array 'a' as array-of-tables"
    ),
    ("[[a]]\n[a]", "2:1", "Error while parsing table header: cannot redefine existing array 'a' as table"),
    ("[a.b]\n[a]\nb = 1", "3:5", "Error while parsing key-value pair: cannot redefine existing table 'b'"),
    ("a.b = 1\n[a]", "2:1", "Error while parsing table header: cannot redefine existing table 'a'"),
    ("a = {b = 1, b = 2}", "1:17", "Error while parsing key-value pair: cannot redefine existing integer 'b'"),
    ("\"a\" = 1\na = 2", "2:5", "Error while parsing key-value pair: cannot redefine existing integer 'a'"),
    ("a", "1:2", "found the end of the file; expected '='"),
    ("a b = 1", "1:3", "found 'b'; expected '='"),
    ("a = ", "1:5", "found the end of the file; expected a value"),
    ("a =\nb = 1", "1:4", "found the end of the line; expected a value"),
    ("a = # c", "1:5", "found '#'; expected a value"),
    ("a = ]", "1:5", "found ']'; expected a value"),
    ("= 1", "1:1", "found '='; expected a key"),
    ("é = 1", "1:1", "found 'é'; expected a key"),
    ("a. = 1", "1:4", "found '='; expected a key"),
    ("a..b = 1", "1:3", "found '.'; expected a key"),
    (".a = 1", "1:1", "found '.'; expected a key"),
    ("a.é = 1", "1:3", "found 'é'; expected a key"),
    ("a = 1 2", "1:7", "found '2'; expected the end of the line"),
    ("a = 1 é", "1:7", "found 'é'; expected the end of the line"),
    ("a = \"x\" \"y\"", "1:9", "found '\"'; expected the end of the line"),
    ("a = {} b", "1:8", "found 'b'; expected the end of the line"),
    ("[a", "1:3", "found the end of the file; expected ']'"),
    ("[a\n", "1:3", "found the end of the line; expected ']'"),
    ("[", "1:2", "found the end of the file; expected a key"),
    ("[]", "1:2", "found ']'; expected a key"),
    ("[a] b", "1:5", "found 'b'; expected the end of the line"),
    ("[a.]", "1:4", "found ']'; expected a key"),
    ("[[a]", "1:5", "found the end of the file; expected ']'"),
    ("[[a] ]", "1:5", "found ' '; expected ']'"),
    (
        "[ [a]]", "1:3",
        "Error while parsing table header: "
            + "[[array-of-table]] brackets must be contiguous (i.e. [ [ this ] ] is prohibited)"
    ),
    ("[=]", "1:2", "found '='; expected a key"),
    ("[a b]", "1:4", "found 'b'; expected ']'"),
    ("[a]]", "1:4", "found ']'; expected the end of the line"),
    ("]", "1:1", "found ']'; expected a key"),
    ("a = [1", "1:7", "found the end of the file; expected the list's ']'"),
    ("a = [1 2]", "1:8", "found '2'; expected ',' or ']' behind an element of a list"),
    ("a = [1, }", "1:9", "found '}'; expected a value"),
    ("a = [1,,2]", "1:8", "found ','; expected a value"),
    ("a = [,]", "1:6", "found ','; expected a value"),
    ("a = [", "1:6", "found the end of the file; expected the list's ']'"),
    ("a = [1,", "1:8", "found the end of the file; expected the list's ']'"),
    ("a = [# c\n1", "2:2", "found the end of the file; expected the list's ']'"),
    ("a = {", "1:6", "found the end of the file; expected the inline table's '}'"),
    ("a = {b", "1:7", "found the end of the file; expected '='"),
    ("a = {b = 1", "1:11", "found the end of the file; expected the inline table's '}'"),
    ("a = {b = 1 c = 2}", "1:12", "found 'c'; expected ',' or '}' behind a value of an inline table"),
    ("a = {b = 1; c = 2}", "1:11", "Error while parsing decimal integer: expected digit, saw ';'"),
    (
        "a = {b = 1,}", "1:12",
        "Error while parsing inline table: expected key-value pair, saw closing '}' (dangling comma)"
    ),
    ("a = {,}", "1:6", "found ','; expected a key"),
    ("a = {b}", "1:7", "found '}'; expected '='"),
    ("a = {b = }", "1:10", "found '}'; expected a value"),
    ("a = {b = 1,\nc = 2}", "1:12", "found the end of the line; expected a key"),
    ("a = {\nb = 1}", "1:6", "found the end of the line; expected a key"),
    ("a = {b = 1\n}", "1:11", "found the end of the line; expected ',' or '}' behind a value of an inline table"),
    ("a = \"x", "1:7", "found the end of the file; expected the string's closing quote"),
    ("a = \"x\nb = 1", "1:7", "found the end of the line; expected the string's closing quote"),
    ("a = \"x\r\nb = 1", "1:7", "found the end of the line; expected the string's closing quote"),
    ("a = 'x", "1:7", "found the end of the file; expected the string's closing quote"),
    ("a = 'x\nb = 1", "1:7", "found the end of the line; expected the string's closing quote"),
    ("a = \"\"\"x", "1:9", "found the end of the file; expected the three closing quotes of a string"),
    ("a = '''x\n''", "2:3", "found the end of the file; expected the three closing quotes of a string"),
    ("a = \"x\\", "1:8", "found the end of the file; expected the string's closing quote"),
    ("a = \"x\\q\"", "1:8", "Error while parsing string: unknown escape sequence '\\q'"),
    (
        "a = \"x\\e\"", "1:8",
        "Error while parsing string: escape sequence '\\e' is not supported in TOML 1.0.0 and earlier"
    ),
    (
        "a = \"x\\x41\"", "1:8",
        "Error while parsing string: escape sequence '\\x' is not supported in TOML 1.0.0 and earlier"
    ),
    ("a = \"\\u00g0\"", "1:10", "Error while parsing unicode scalar sequence: expected hex digit, saw 'g'"),
    (
        "a = \"\\ud800\"", "1:12",
        "Error while parsing unicode scalar sequence: unicode surrogates (U+D800 - U+DFFF) are explicitly prohibited"
    ),
    (
        "a = \"\\U00110000\"", "1:16",
        "Error while parsing unicode scalar sequence: values greater than U+10FFFF are invalid"
    ),
    ("a = \"\\u00", "1:10", "Error while parsing unicode scalar sequence: encountered end-of-file"),
    (
        "a = \"\"\"x\\ y\"\"\"", "1:11",
        "Error while parsing string: line-ending backslashes must be the last non-whitespace character on the line"
    ),
    (
        "a = \"x\u{7}y\"", "1:7",
        "Error while parsing string: unescaped control characters other than TAB (U+0009) are explicitly prohibited"
    ),
    (
        "a = 'x\u{7}y'", "1:7",
        "Error while parsing literal string: control characters other than TAB (U+0009) are explicitly prohibited"
    ),
    ("a = \"\"\"\u{0}\"\"\"", "1:8", "a NUL byte; expected text"),
    (
        "# \u{1}", "1:3",
        "Error while parsing comment: control characters other than TAB (U+0009) are explicitly prohibited in comments"
    ),
    ("a = \u{1}", "1:5", "found '\\u{1}'; expected a value"),
    ("a\u{b}= 1", "1:2", "found '\\u{b}'; expected '='"),
    (
        "a = 1\u{b}b = 2", "1:6",
        "Error while parsing key-value pair: vertical tabs '\\v' and form-feeds '\\f' are not legal line breaks in TOML"
    ),
    ("\u{a0}a = 1", "1:1", "Error while parsing root table: expected space or tab, saw '\\u00A0'"),
    ("a\u{a0}= 1", "1:2", "Error while parsing key: expected space or tab, saw '\\u00A0'"),
    ("a =\u{a0}1", "1:4", "Error while parsing key-value pair: expected space or tab, saw '\\u00A0'"),
    ("\u{2028}", "1:1", "found '\\u{2028}'; expected a key"),
    ("\ra = 1", "1:2", "Error while parsing root table: expected '\\n' after '\\r', saw 'a'"),
    ("a = 1\rb = 2", "1:7", "Error while parsing key-value pair: expected '\\n' after '\\r', saw 'b'"),
    ("a = \"\"\"x\ry\"\"\"", "1:10", "Error while parsing string: expected '\\n' after '\\r', saw 'y'"),
    ("\"\"\"a\"\"\" = 1", "1:1", "Error while parsing key: multi-line strings are prohibited in keys"),
    ("\"\"\"a = 1", "1:9", "found the end of the file; expected the three closing quotes of a string"),
    ("\"a\\q\" = 1", "1:4", "Error while parsing string: unknown escape sequence '\\q'"),
    ("\"a = 1", "1:7", "found the end of the file; expected the string's closing quote"),
    ("\"a\" b = 1", "1:5", "found 'b'; expected '='"),
    (
        "\"user\\x00\" = 1", "1:7",
        "Error while parsing string: escape sequence '\\x' is not supported in TOML 1.0.0 and earlier"
    ),
    ("user = www-data", "1:8", "Error while parsing value: could not determine value type"),
    ("user = www data", "1:8", "Error while parsing value: could not determine value type"),
    ("a = yes", "1:5", "Error while parsing value: could not determine value type"),
    ("a = True", "1:5", "Error while parsing boolean: expected 'true', saw 'T'"),
    ("a = tru", "1:8", "Error while parsing boolean: encountered end-of-file"),
    ("a = truex", "1:9", "Error while parsing boolean: expected value-terminator, saw 'x'"),
    ("a = @", "1:5", "found '@'; expected a value"),
    ("a = _1", "1:5", "Error while parsing value: values may not begin with underscores"),
    ("a = 01", "1:7", "Error while parsing decimal integer: leading zeroes are prohibited"),
    ("a = 1_", "1:6", "found '_'; expected the end of the line"),
    ("a = 1__0", "1:7", "Error while parsing decimal integer: underscores may only follow digits"),
    ("a = +", "1:5", "Error while parsing value: encountered end-of-file"),
    ("a = --1", "1:6", "Error while parsing decimal integer: expected expected digit or sign, saw '-'"),
    ("a = 1.", "1:7", "Error while parsing floating-point: encountered end-of-file"),
    ("a = 1.e5", "1:7", "Error while parsing floating-point: expected decimal digit, saw 'e'"),
    ("a = .5", "1:5", "Error while parsing floating-point: expected decimal digit, saw '.'"),
    ("a = 1.2.3", "1:8", "Error while parsing floating-point: expected decimal digit or exponent, saw '.'"),
    ("a = 1e", "1:7", "Error while parsing floating-point: encountered end-of-file"),
    ("a = 1e999", "1:10", "Error while parsing floating-point: '1e999' could not be interpreted as a value"),
    ("a = 0x", "1:7", "Error while parsing hexadecimal integer: encountered end-of-file"),
    ("a = 0xg", "1:7", "Error while parsing hexadecimal integer: expected digit, saw 'g'"),
    ("a = 0b2", "1:7", "Error while parsing binary integer: expected digit, saw '2'"),
    ("a = 0o8", "1:7", "Error while parsing octal integer: expected digit, saw '8'"),
    ("a = -0x10", "1:5", "Error while parsing hexadecimal integer: expected '0', saw '-'"),
    (
        "a = 0x1p1", "1:5",
        "Error while parsing hexadecimal floating-point: "
            + "hexadecimal floating-point values are not supported in TOML 1.0.0 and earlier"
    ),
    (
        "a = 9223372036854775808", "1:24",
        "Error while parsing decimal integer: '9223372036854775808' is not representable in 64 bits"
    ),
    (
        "a = -9223372036854775809", "1:25",
        "Error while parsing decimal integer: '9223372036854775809' is not representable in 64 bits"
    ),
    (
        "a = 0xffffffffffffffff", "1:23",
        "Error while parsing hexadecimal integer: '0xffffffffffffffff' is not representable in 64 bits"
    ),
    ("a = 1979-05-27 0", "1:16", "found '0'; expected the end of the line"),
    ("a = [1979-05-27 0]", "1:6", "Error while parsing value: could not determine value type"),
    ("a = 1979-05", "1:12", "Error while parsing date: encountered end-of-file"),
    ("a = 1979-13-01", "1:12", "Error while parsing date: expected month between 1 and 12 (inclusive), saw 13"),
    ("a = 1979-02-29", "1:15", "Error while parsing date: expected day between 1 and 28 (inclusive), saw 29"),
    ("a = 25:00:00", "1:7", "Error while parsing time: expected hour between 0 to 59 (inclusive), saw 25"),
    ("a = 07:60:00", "1:10", "Error while parsing time: expected minute between 0 and 59 (inclusive), saw 60"),
    ("a = 07:32", "1:10", "Error while parsing time: encountered end-of-file"),
    ("a = 1979-05-27T", "1:5", "Error while parsing value: could not determine value type"),
    (
        "a = 1979-05-27T07:32:00+25:00", "1:27",
        "Error while parsing date-time offset: expected hour between 0 and 23 (inclusive), saw 25"
    ),
    ("a = 1979-05-27T07:32:00X", "1:24", "Error while parsing time: expected '.', saw 'X'"),
    ("a = inf2", "1:8", "Error while parsing floating-point: expected value-terminator, saw '2'"),
    ("a = nano", "1:8", "Error while parsing floating-point: expected value-terminator, saw 'o'"),
    ("a = 127.0.0.1", "1:10", "Error while parsing floating-point: expected decimal digit or exponent, saw '.'"),
    ("ä = \"é\" z", "1:1", "found 'ä'; expected a key"),
    ("# é\na = \"é\" z", "2:10", "found 'z'; expected the end of the line"),
    ("a = \"\\u0000\"", "1:6", "a NUL character; expected text without one"),
    ("a = \"x\\\\u0000\\u0000\"", "1:14", "a NUL character; expected text without one"),
    ("a = \"\"\"\n\\U00000000\"\"\"", "2:1", "a NUL character; expected text without one"),
    ("\"a\\u0000\" = 1", "1:3", "a NUL character; expected text without one"),
    ("[\"a\\u0000\"]", "1:4", "a NUL character; expected text without one"),
    ("\u{feff}a = 01", "1:10", "Error while parsing decimal integer: leading zeroes are prohibited"),
    ("\u{feff}b", "1:5", "found the end of the file; expected '='"),
    ("a = \"\\u0000\"\nb", "2:2", "found the end of the file; expected '='"),
]

struct SyntaxFaultTests {
    @Test(
        "a text that TOML forbids has a fault at its place: what was found and what was expected",
        arguments: syntaxFaults)
    func fault(text: String, place: String, message: String) {
        do {
            _ = try readTOML(SourceText(Array(text.utf8), file: "f"))
            Issue.record("no fault")
        } catch {
            #expect(error.description == "f:\(place): error: \(message)")
        }
    }

    @Test(
        "reading stops at the first byte that is not TOML, after a line that is TOML",
        arguments: [
            ("b", 7, "found the end of the file; expected '='"), ("[b", 8, "found the end of the file; expected ']'"),
            ("b = \"x\n", 12, "found the end of the line; expected the string's closing quote"),
            ("b = [1 2]", 13, "found '2'; expected ',' or ']' behind an element of a list"),
            ("b = [1, }", 14, "found '}'; expected a value"), ("b = ]", 10, "found ']'; expected a value"),
            ("b = 1 c = [", 12, "found 'c'; expected the end of the line"),
            ("b = '''x", 14, "found the end of the file; expected the three closing quotes of a string"),
            ("= 1", 6, "found '='; expected a key"), ("é = 1", 6, "found 'é'; expected a key"),
            ("b = {c}", 12, "found '}'; expected '='"), ("b = \u{2028}", 10, "found '\u{2028}'; expected a value"),
            ("b = {c = 1 d = 2}", 17, "found 'd'; expected ',' or '}' behind a value of an inline table"),
            ("b = ", 10, "found the end of the file; expected a value"), ("b = @", 10, "found '@'; expected a value"),
            ("\"b\\q\" = 1", 9, "Error while parsing string: unknown escape sequence '\\q'"),
            ("b = \"x\\", 13, "found the end of the file; expected the string's closing quote"),
            ("b = \"x\" y", 14, "found 'y'; expected the end of the line"),
        ])
    func stopped(line: String, offset: Int, message: String) {
        let text = SourceText(Array("a = 1\n\(line)".utf8), file: "f")
        #expect(throws: Fault(position: text.position(of: offset), message: message)) { try readTOML(text) }
    }

    @Test(
        "an escape for NUL is a fault, because system calls end a name at NUL",
        arguments: ["user = \"root\\u0000x\"", "user = \"\"\"\\U00000000\"\"\"", "\"user\\u0000\" = 1"])
    func escapedNUL(text: String) {
        #expect(faults(text).count == 1)
        #expect(faults(text)[0].hasSuffix("error: a NUL character; expected text without one"))
    }
}
