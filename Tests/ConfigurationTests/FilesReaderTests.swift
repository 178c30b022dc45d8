import HostDefinition
import ServiceModel
import Testing

@testable import Configuration

struct FilesReaderTests {
    private func files(_ lines: String, defaults: String = "") throws -> FileLists {
        try readService(goodTop + "[files]\n" + lines, defaults: defaults).sandbox.files
    }

    @Test("paths have the order of the text, without slashes at the end")
    func values() throws {
        var expected = FileLists()
        expected.read = ["/srv/www", "/etc/hosts", "/"]
        expected.write = ["/a/..b", "/a//b/."]
        #expect(
            try files(
                """
                read = ["/srv/www/", "/etc/hosts", "/"]
                write = ["/a/..b", "/a//b/."]
                execute = []
                """) == expected)
        #expect(try files("") == FileLists())
        #expect(try files("read = [\"//\"]").read == ["/"])
    }

    @Test("a list replaces that of the defaults, key by key")
    func layers() throws {
        let found = try files(
            "read = [\"/own\"]\nexecute = []",
            defaults: """
                [defaults.files]
                read = ["/default"]
                write = ["/default"]
                execute = ["/default"]
                """)
        #expect(found.read == ["/own"] && found.write == ["/default"] && found.execute == [])
    }

    @Test("one path may be in several lists")
    func several() throws {
        let found = try files("read = [\"/a\"]\nwrite = [\"/a\"]\nexecute = [\"/a\"]")
        #expect(found.read == ["/a"] && found.write == ["/a"] && found.execute == ["/a"])
    }

    @Test(
        "the fault of a path says which paths the key takes",
        arguments: [
            ("read = \"/srv\"", "8: error: 'read' is a string; expected a list of absolute paths like [\"/srv/www\"]"),
            ("read = [true]", "9: error: an element of 'read' is a boolean; expected a list of absolute paths"),
            ("write = [\"\"]", "10: error: 'write': an empty path; expected an absolute one like \"/srv/www\""),
            ("write = [\"srv\"]", "10: error: 'write': 'srv' is a relative path; expected an absolute one"),
            (
                "execute = [\"/usr/..\"]",
                "12: error: 'execute': '/usr/..' goes up by '..'; expected the path that it leads to"
            ),
            ("execute = [\"/../x/\"]", "12: error: 'execute': '/../x/' goes up by '..'"),
            ("read = [\"/a\", \"/a/\"]", "15: error: 'read' has '/a' twice; expected it once"),
            (
                "read = [\"/missing/\"]",
                "9: error: 'read': '/missing': no such file or directory; expected a path that exists"
            ),
        ])
    func errors(line: String, expected: String) {
        let found = faultsAfterTop("[files]\n" + line)
        #expect(found.count == 1)
        #expect(found.first?.hasPrefix("s.toml:4:\(expected)") == true, "\(found)")
    }

    @Test("a value in the place of the table is a fault")
    func noTable() {
        #expect(
            faultsAfterTop("files = 64") == [
                "s.toml:3:9: error: 'files' is an integer; expected a table: [files] and under it keys like read, write"
            ])
    }

    @Test("a path of the defaults that leads to nothing is one fault, in their file")
    func missingInDefaults() {
        #expect(faults(goodTop, defaults: "files.read = [\"/missing\"]").count == 1)
        let error = #expect(throws: Faults.self) { try hostConfiguration(defaults: "files.read = [\"/missing\"]") }
        #expect(error?.all.map(\.position.description) == ["d.toml:2:15"])
    }
}
