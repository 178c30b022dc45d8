// The place of each key and each value in a TOML text, and the bound of their depth.

import ServiceModel
import Testing

@testable import Configuration

/// Texts, the path of a key or element, and the places of its key, of its value, and inside the quotes of its string.
private let placedTexts: [(text: String, path: [String], expected: String)] = [
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

/// Texts with more than 16 levels.
private let deepTexts: [String] = [
    "a = " + String(repeating: "[", count: 100_000), "a = " + String(repeating: "{b=", count: 50_000),
    "[" + String(repeating: "a.", count: 100_000) + "a]", String(repeating: "a.", count: 100_000) + "a = 1",
    "[a.a.a.a.a.a.a.a.a]\nb.b.b.b.b.b.b.b = 1",
    String(repeating: "[[a]]\n[[a.b]]\n", count: 1) + "[a.b"
        + String(repeating: ".c", count: 20) + "]",
]

struct TOMLPlacesTests {
    /// The places of the key and the value at a path; a number in a path is an element of a list.
    private func find(
        _ path: ArraySlice<String>, in node: TOMLNode, key: SourcePosition
    ) -> (key: SourcePosition, value: TOMLNode)? {
        guard let step = path.first else { return (key, node) }
        switch node.content {
        case .table(let entries):
            guard let entry = entries.first(where: { $0.key == step }) else { return nil }
            return find(path.dropFirst(), in: entry.value, key: entry.position)
        case .list(let nodes):
            guard let index = Int(step), nodes.indices.contains(index) else { return nil }
            return find(path.dropFirst(), in: nodes[index], key: nodes[index].position)
        default: return nil
        }
    }

    /// `key position / value position / text position` of a path.
    private func place(_ path: [String], in text: String) throws -> String {
        let source = SourceText(Array(text.utf8), file: "")
        let start = source.position(of: 0)
        let top = TOMLNode(content: .table(try readTOML(source)), position: start, textPosition: nil)
        guard let found = find(path[...], in: top, key: start) else { return "none" }
        func show(_ position: SourcePosition) -> String { String(position.description.dropFirst()) }
        return "\(show(found.key)) \(show(found.value.position)) \(found.value.textPosition.map(show) ?? "-")"
    }

    @Test("keys and values have their places", arguments: placedTexts)
    func places(text: String, path: [String], expected: String) throws {
        #expect(try place(path, in: text) == expected)
    }

    @Test("nesting has the same bound in every notation", arguments: deepTexts)
    func nesting(text: String) {
        #expect(faults(text).count == 1)
        #expect(faults(text)[0].hasSuffix("error: nested too deep; expected 16 levels at most"))
    }
}
