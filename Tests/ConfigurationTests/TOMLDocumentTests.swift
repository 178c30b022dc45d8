@testable import HostDefinition
import ServiceModel
import Testing

@testable import Configuration

struct TOMLDocumentTests {
    private func entries(_ text: String) throws -> [TOMLEntry] {
        try readTOML(SourceText(Array(text.utf8), file: "f"))
    }

    @Test("entries come in the order of the text, with the places of keys and values")
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
        "what TOML does not allow is a fault at its place",
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
