import HostDefinition
import ServiceModel
import Testing

@testable import Import

struct ServiceFileTextTests {
    @Test(
        "any string reads back unchanged",
        arguments: [
            "", "plain", "two words", "\"quoted\"", "back\\slash", "\\u0041", "é\u{1F600}", "tab\tline\nreturn\r", "'",
            "#", "a\"]\nuser = \"root", "\u{1}\u{1f}\u{7f}",
        ])
    func strings(text: String) throws {
        var service = ImportedService(name: "s", place: Place(file: "f\"\n", line: 3))
        service[.listen] = .list(["127.0.0.1:7"])
        service[.handler] = .list(["/x", text])
        service.setVariable("A", text)
        let definition = try readBack(service)
        #expect(definition.service.handler.arguments == ["/x", text])
        #expect(definition.service.environment == [EnvironmentVariable(name: "A", value: text)])
    }

    @Test("keys of a table stand in their table, after the keys of the file")
    func layout() {
        var service = ImportedService(name: "s", place: Place(file: "f", line: 3))
        service.setVariable("A", "1")
        service[.mode] = .text("660")
        service[.perSource] = .text("unlimited")
        service[.connections] = .number(4)
        service[.maxLoad] = .decimal("2.5")
        service[.enabled] = .boolean(false)
        #expect(
            service.fileText == """
                # From f:3, by doorward import.
                enabled = false
                max_load = 2.5

                [limits]
                connections = 4
                per_source = "unlimited"

                [socket]
                mode = "660"

                [environment]
                A = "1"

                """)
    }

    @Test("a long list has a line for each element, and reads back")
    func long() throws {
        let rules = (0..<40).map { "deny 10.\($0).0.0/16" }
        var service = ImportedService(name: "s", place: Place(file: "f", line: 1))
        service[.listen] = .list(["127.0.0.1:7"])
        service[.handler] = .list(["/x"])
        service[.access] = .list(rules)
        #expect(service.fileText.contains("access = [\n    \"deny 10.0.0.0/16\",\n"))
        #expect(try readBack(service).service.access.count == 40)
    }
}

@Test("an importer writes no key that a service file does not have", arguments: ServiceKey.allCases)
func importedKey(key: ServiceKey) {
    #expect(Service.key(key.rawValue) != nil)
}
