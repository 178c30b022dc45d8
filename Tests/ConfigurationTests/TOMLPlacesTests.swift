import ServiceModel
import Testing

@testable import Configuration

let placedTexts: [(text: String, path: [String], expected: String)] = [
    ("a = 1", ["a"], "1:1 1:5 -"),
    ("  a=\"x\"", ["a"], "1:3 1:5 1:6"),
    ("\u{feff}a = 'x'", ["a"], "1:4 1:8 1:9"),
    ("a = 1\r\nb = 2\r\n", ["b"], "2:1 2:5 -"),
    ("# [x]\na = 1 # b = 2\nc = 3", ["c"], "3:1 3:5 -"),
    ("[t]\na = 1", ["t", "a"], "2:1 2:5 -"),
    ("[t]\na = 1", ["t"], "1:2 1:2 -"),
    ("[ t . u ] # c\na = 1", ["t", "u", "a"], "2:1 2:5 -"),
    ("a . b = 1", ["a", "b"], "1:5 1:9 -"),
    ("a . b = 1", ["a"], "1:1 1:1 -"),
    ("\"a.b\" = 1", ["a.b"], "1:1 1:9 -"),
    ("'a.b'.\"c\\\"d\" = 1", ["a.b", "c\"d"], "1:7 1:16 -"),
    ("\"\\u0061\" = 1", ["a"], "1:1 1:12 -"),
    ("a = { b = 1, c.d = [2] }", ["a", "c", "d", "0"], "1:21 1:21 -"),
    ("a = { b = 1, c.d = [2] }", ["a", "c"], "1:14 1:14 -"),
    ("a = [\"x\", # \"no\"\n  'y',\n]", ["a", "1"], "2:3 2:3 2:4"),
    ("a = [[1], [2, 3]]", ["a", "1", "1"], "1:15 1:15 -"),
    ("a = [{b = 1}, {b = 2}]", ["a", "1", "b"], "1:16 1:20 -"),
    ("a = \"x#\\\"y\" # c\nb = 1", ["b"], "2:1 2:5 -"),
    ("a = \"x\\ty\"", ["a"], "1:1 1:5 -"),
    ("a = \"\"\"\n[x]\nb = 2 # \"\" \\\"\"\"\n\"\"\"\nb = 1", ["b"], "5:1 5:5 -"),
    ("a = \"\"\"x\"\"\"\"\"\nb = 1", ["b"], "2:1 2:5 -"),
    ("a = '''\n[x]\nb = '' \\'''\nb = 1", ["b"], "4:1 4:5 -"),
    ("a = \"\"\nb = ''", ["b"], "2:1 2:5 2:6"),
    ("a = 1979-05-27 07:32:00\nb = 1", ["b"], "2:1 2:5 -"),
    ("[[l]]\na = 1\n[[l]]\na = 2\n[l.t]\nb = 3", ["l", "1", "a"], "4:1 4:5 -"),
    ("[[l]]\na = 1\n[[l]]\na = 2\n[l.t]\nb = 3", ["l", "1", "t", "b"], "6:1 6:5 -"),
]

let deepTexts: [String] = [
    "a = " + String(repeating: "[", count: 100_000), "a = " + String(repeating: "{b=", count: 50_000),
    "[" + String(repeating: "a.", count: 100_000) + "a]", String(repeating: "a.", count: 100_000) + "a = 1",
    "[a.a.a.a.a.a.a.a.a]\nb.b.b.b.b.b.b.b = 1",
    String(repeating: "[[a]]\n[[a.b]]\n", count: 1) + "[a.b"
        + String(repeating: ".c", count: 20) + "]",
]

struct TOMLPlacesTests {
    typealias Step = PositionIndex.Step

    /// `key position / value position / text position` of a path; a path's numbers are elements.
    private func place(_ path: [String], in text: String) -> String {
        let bytes = Array(text.utf8)
        let source = SourceText(bytes, file: "")
        let steps = path.map { part in Int(part).map { Step.element($0) } ?? .key(part) }
        guard let place = PositionIndex(bytes)[steps] else { return "none" }
        func show(_ offset: Int) -> String { String(source.position(of: offset).description.dropFirst()) }
        return "\(show(place.key)) \(show(place.value)) \(place.text.map(show) ?? "-")"
    }

    @Test("keys and values have their places", arguments: placedTexts)
    func places(text: String, path: [String], expected: String) {
        #expect(place(path, in: text) == expected)
        #expect(PositionIndex(Array(text.utf8)).ending == .complete)
    }

    @Test(
        "what is not TOML ends the index at its place, and keeps what came before",
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
            ("\"b\\q\" = 1", 6, "a key with an escape that means nothing; expected one of TOML 1.0"),
            ("b = \"x\\", 13, "found the end of the file; expected the string's closing quote"),
            ("b = \"x\" y", 14, "found 'y'; expected the end of the line"),
        ])
    func stopped(line: String, offset: Int, message: String) {
        let index = PositionIndex(Array("a = 1\n\(line)".utf8))
        #expect(index.ending == .stopped(at: offset, message: message))
        #expect(index[[.key("a")]] != nil)
    }

    @Test(
        "a NUL written as an escape is refused, for TOMLKit would cut the text off at it",
        arguments: ["user = \"root\\u0000x\"", "user = \"\"\"\\U00000000\"\"\"", "\"user\\x00\" = 1"])
    func escapedNUL(text: String) {
        #expect(PositionIndex(Array(text.utf8)).ending != .complete)
        #expect(faults(text).count == 1)
        #expect(faults(text)[0].hasSuffix("error: a NUL character; expected text without one"))
    }

    @Test("nesting has a bound, however it is written", arguments: deepTexts)
    func nesting(text: String) {
        #expect(PositionIndex(Array(text.utf8)).ending != .complete)
        #expect(faults(text).count == 1)
        #expect(faults(text)[0].hasSuffix("error: nested too deep; expected 16 levels at most"))
    }
}
