import Foundation
import Testing

@testable import Inspection

struct JSONTests {
    @Test(
        "each value is rendered as RFC 8259 defines",
        arguments: [
            (JSON.null, "null"), (.boolean(true), "true"), (.boolean(false), "false"), (.integer(-7), "-7"),
            (.integer(.max), "9223372036854775807"),
            (.string("a \"b\" \\ \n\u{1}é"), "\"a \\\"b\\\" \\\\ \\n\\u0001é\""),
            (.list([]), "[]"), (.list([.integer(1), .null]), "[1,null]"), (.object([:]), "{}"),
            (.seconds(.zero), "0.000"), (.seconds(.milliseconds(1500)), "1.500"),
            (.seconds(.microseconds(7900)), "0.007"),
            (.seconds(.seconds(90_000)), "90000.000"), (.seconds(.milliseconds(-1500)), "0.000"),
        ])
    func values(value: JSON, text: String) {
        #expect(value.text == text)
    }

    @Test("keys keep their order, and the version comes first")
    func order() {
        let value = JSON.document(["z": .integer(1), "a": ["y": .null, "b": .null]])
        #expect(value.text == "{\"version\":1,\n \"z\":1,\n \"a\":{\"y\":null,\"b\":null}}")
    }

    @Test("objects in lists begin lines, at any depth, and the text is still JSON")
    func lines() throws {
        let value: JSON = ["rows": .list([["cells": .list([["x": .integer(1)], ["x": .integer(2)]])], [:]])]
        #expect(value.text == "{\"rows\":[\n  {\"cells\":[\n    {\"x\":1},\n    {\"x\":2}]},\n  {}]}")
        let parsed = try JSONSerialization.jsonObject(with: Data(value.text.utf8)) as? [String: [[String: Any]]]
        #expect(parsed?["rows"]?.count == 2)
    }

    @Test("a string of any bytes reads back")
    func strings() throws {
        let texts = ["", "\u{0}\u{1f}\u{7f}\u{80}\u{2028}\u{feff}\u{10ffff}", "\"}],", "\\u0000", "e\u{301}"]
        let text = JSON.strings(texts).text
        let parsed = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String]
        #expect(parsed.map { $0.map { Array($0.unicodeScalars) } } == texts.map { Array($0.unicodeScalars) })
    }

    @Test("a key that comes twice traps, because it is a bug")
    func twice() async {
        await #expect(processExitsWith: .failure) { _ = JSON.object(["a": .null, "a": .null]).text }
    }
}
