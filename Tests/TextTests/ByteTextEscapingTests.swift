import Testing
import Text

@Test(
    "a value is unchanged, or quoted with every dangerous byte as its number",
    arguments: [
        ("plain", "plain"), ("a=b,c;[d]{e}~!", "a=b,c;[d]{e}~!"), ("", "\"\""), (" ", "\" \""),
        ("two words", "\"two words\""), ("say \"hi\"", "\"say \\x22hi\\x22\""), ("back\\slash", "\"back\\x5cslash\""),
        ("line\nbreak", "\"line\\x0abreak\""), ("\r\n", "\"\\x0d\\x0a\""), ("tab\t", "\"tab\\x09\""),
        ("nul\u{0}", "\"nul\\x00\""), ("\u{1b}[31m", "\"\\x1b[31m\""), ("\u{7f}", "\"\\x7f\""),
        ("ü", "\"\\xc3\\xbc\""), ("\u{202e}", "\"\\xe2\\x80\\xae\""), ("\u{1f600}", "\"\\xf0\\x9f\\x98\\x80\""),
        ("x\" event=accept peer=\"1.2.3.4", "\"x\\x22 event=accept peer=\\x221.2.3.4\""),
    ])
func escaping(value: String, expected: String) {
    var text = ByteText(capacity: 256)
    text.append(escaping: value)
    #expect(text.string == expected)
}

@Test("no byte of a value ends a line, a field or a quoted value")
func everyByte() {
    for byte in UInt8.min...UInt8.max {
        var text = ByteText(capacity: 64)
        // Bytes above 0x7f become U+FFFD here, as they do whenever a peer's bytes become a string.
        text.append(escaping: String(decoding: [byte], as: UTF8.self))
        let written = Array(text.string.utf8)
        #expect(written.allSatisfy { $0 >= 0x20 && $0 <= 0x7e })
        let isQuoted = written.first == UInt8(ascii: "\"")
        let inner = isQuoted ? Array(written.dropFirst().dropLast()) : written
        #expect(!inner.contains(UInt8(ascii: "\"")))
        #expect(isQuoted || !inner.contains(UInt8(ascii: " ")))
    }
}
