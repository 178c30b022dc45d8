@testable import HostDefinition
import ServiceModel
import Testing

@testable import Configuration

struct TOMLDocumentTests {
    private func entries(_ text: String) throws -> [TOMLEntry] {
        try readTOML(SourceText(Array(text.utf8), file: "f"))
    }

    @Test("entries have the order of the text, with the places of keys and values")
    func order() throws {
        let all = try entries("z = 1\na = \"x\"\n[m]\nk = true")
        #expect(all.map(\.key) == ["z", "a", "m"])
        #expect(all.map(\.position.description) == ["f:1:1", "f:2:1", "f:3:2"])
        #expect(all[1].value.position.description == "f:2:5")
        #expect(all[1].value.position(ofByte: 0).description == "f:2:6")
        guard case .table(let inner) = all[2].value.content else {
            Issue.record("no table")
            return
        }
        #expect(inner[0].position.description == "f:4:1")
    }

    @Test("values of every kind are read, each with its places")
    func everyKind() throws {
        let text = #"""
            # é
            title = "é\tx" # with an escape
            plain = 'C:\x'
            many = """
            a
            b"""
            n = [ +1, 0x1F, -2.5e3, inf, true, 1979-05-27, 07:32:00, 1979-05-27T07:32:00Z ]
            "quoted é" . sub = false
            in = { x = 1, y.z = [ { w = "é" }, "z" ] }
            [ table . "in ner" ]
            k = ''
            [[list]]
            a = 1
            [[ list ]]
            [list.deep]
            b = 2
            [table]
            late = 3
            """#
        #expect(
            lines(try entries(text), below: "")
                == #"""
                title: f:2:1
                title/ f:2:9 a string "é\tx"
                plain: f:3:1
                plain/ f:3:9 f:3:10 a string "C:\\x"
                many: f:4:1
                many/ f:4:8 a string "a\nb"
                n: f:7:1
                n/ f:7:5 a list
                n/0/ f:7:7 an integer 1
                n/1/ f:7:11 an integer 31
                n/2/ f:7:17 a floating-point number -2500.0
                n/3/ f:7:25 a floating-point number inf
                n/4/ f:7:30 a boolean true
                n/5/ f:7:36 a date
                n/6/ f:7:48 a time
                n/7/ f:7:58 a date-time
                quoted é: f:8:1
                quoted é/ f:8:1 a table
                quoted é/sub: f:8:15
                quoted é/sub/ f:8:21 a boolean false
                in: f:9:1
                in/ f:9:6 a table
                in/x: f:9:8
                in/x/ f:9:12 an integer 1
                in/y: f:9:15
                in/y/ f:9:15 a table
                in/y/z: f:9:17
                in/y/z/ f:9:21 a list
                in/y/z/0/ f:9:23 a table
                in/y/z/0/w: f:9:25
                in/y/z/0/w/ f:9:29 f:9:30 a string "é"
                in/y/z/1/ f:9:37 f:9:38 a string "z"
                table: f:10:3
                table/ f:10:3 a table
                table/in ner: f:10:11
                table/in ner/ f:10:11 a table
                table/in ner/k: f:11:1
                table/in ner/k/ f:11:5 f:11:6 a string ""
                table/late: f:18:1
                table/late/ f:18:8 an integer 3
                list: f:12:3
                list/ f:12:3 a list
                list/0/ f:12:3 a table
                list/0/a: f:13:1
                list/0/a/ f:13:5 an integer 1
                list/1/ f:14:4 a table
                list/1/deep: f:15:7
                list/1/deep/ f:15:7 a table
                list/1/deep/b: f:16:1
                list/1/deep/b/ f:16:5 an integer 2
                """#.split(separator: "\n").map(String.init))
    }

    @Test(
        "a string goes on with any character after a line end with a backslash",
        arguments: ["§", "é", "x", "一"])
    func continued(character: String) throws {
        guard case .string(let text) = try entries("a = \"\"\"\\\n  \(character)\"\"\"")[0].value.content else {
            Issue.record("no string")
            return
        }
        #expect(text == character)
    }

    @Test(
        "a message has a word for every type",
        arguments: [
            ("\"x\"", "a string"), ("1", "an integer"), ("1.5", "a floating-point number"), ("true", "a boolean"),
            ("[]", "a list"), ("{}", "a table"), ("1979-05-27", "a date"), ("07:32:00", "a time"),
            ("1979-05-27T07:32:00", "a date-time"), ("nan", "a floating-point number"),
        ])
    func kinds(text: String, kind: String) throws {
        #expect(try entries("a = \(text)")[0].value.kind == kind)
    }

    @Test(
        "a text that TOML forbids has a fault at its place",
        arguments: [
            ("a = 1\na = 2", "f:2:"), ("a = [1", "f:1:"), ("ä = 1", "f:1:1"), ("x = 1\ny = \"é\" z", "f:2:10"),
            ("[a]\n[a]", "f:2:"), ("a = 01", "f:1:"), ("a = 9223372036854775808", "f:1:"), ("a", "f:1:"),
            ("a = {\nb = 1}", "f:"),
        ])
    func syntax(text: String, start: String) {
        do {
            _ = try entries(text)
            Issue.record("no fault")
        } catch let fault as Fault {
            #expect(fault.description.hasPrefix(start))
            #expect(!fault.message.contains("\n"))
        } catch {
            Issue.record("\(error)")
        }
    }
}

/// A line for each key, and one for each value: the value, its place, and the place of its text.
private func lines(_ entries: [TOMLEntry], below path: String) -> [String] {
    entries.flatMap { ["\(path)\($0.key): \($0.position)"] + lines($0.value, below: "\(path)\($0.key)/") }
}

private func lines(_ node: TOMLNode, below path: String) -> [String] {
    let places = [node.position, node.textPosition].compactMap { $0?.description }.joined(separator: " ")
    let head = "\(path) \(places) \(node.kind)"
    return switch node.content {
    case .string(let text): ["\(head) \(text.debugDescription)"]
    case .integer(let value): ["\(head) \(value)"]
    case .float(let value): ["\(head) \(value)"]
    case .boolean(let value): ["\(head) \(value)"]
    case .other: [head]
    case .list(let nodes): [head] + nodes.enumerated().flatMap { lines($1, below: "\(path)\($0)/") }
    case .table(let entries): [head] + lines(entries, below: path)
    }
}
