// `doorward import`: what it prints, writes and returns. ImportTests test each directive.
import Foundation
import TestSupport
import Testing

extension EndToEndTests {
    @Suite("Import")
    struct ImportCommandTests {
        private static let inetd = """
            daytime stream tcp4 nowait root internal
            tftp dgram udp wait nobody /usr/sbin/in.tftpd in.tftpd
            """

        /// A directory with these files, a table of port names, and a directory for services.
        private func directory(_ files: [String: String]) throws -> TemporaryDirectory {
            let directory = try TemporaryDirectory()
            try directory.makeDirectory("services")
            try directory.makeDirectory("d")
            for (name, text) in files { try directory.write(name, text) }
            try directory.write("ports", "daytime 13/tcp\n")
            return directory
        }

        private func importing(_ arguments: [String], _ directory: TemporaryDirectory) throws -> Outcome {
            try run(
                [Supervised.program, "import", "--services-file", "ports"] + arguments, directory: directory.path)
        }

        @Test("import prints files on standard output and its report on standard error, and returns 0")
        func printed() throws {
            let outcome = try importing(["inetd.conf"], try directory(["inetd.conf": Self.inetd]))
            #expect(outcome.status == 0)
            #expect(
                outcome.output == """
                    # daytime.toml
                    # From inetd.conf:1, by doorward import.
                    listen = ["0.0.0.0:13"]
                    handler = ["classic", "daytime"]

                    """)
            #expect(outcome.error.contains("inetd.conf:1: note: internal: "))
            #expect(
                outcome.error.contains(
                    "inetd.conf:2: not carried over: tftp dgram udp wait nobody /usr/sbin/in.tftpd: UDP"))
        }

        @Test("with --into, import writes files that check accepts; it keeps a file that exists, and returns 1")
        func written() throws {
            let directory = try self.directory(["inetd.conf": Self.inetd])
            let first = try importing(["--into", "services", "inetd.conf"], directory)
            #expect(first.status == 0 && first.output == "services/daytime.toml\n")
            let check = try run(
                [
                    Supervised.program, "check", "--services", "services", "--handlers",
                    Supervised.build + "/libexec/doorward",
                ],
                directory: directory.path)
            #expect(check.output.contains("services/daytime.toml: ok: daytime on 0.0.0.0:13\n"), "\(check)")
            try directory.write("services/daytime.toml", "mine")
            let second = try importing(["--into", "services", "inetd.conf"], directory)
            #expect(second.status == 1 && second.output.isEmpty)
            #expect(
                second.error.contains("doorward import: services/daytime.toml is there already, and stays as it is"))
            let kept = try String(contentsOfFile: directory.path + "/services/daytime.toml", encoding: .utf8)
            #expect(kept == "mine")
        }

        @Test("import reads a directory as xinetd does, without names that have a dot or a tilde")
        func names() throws {
            let section = "service daytime\n{\n type = INTERNAL\n wait = no\n}\n"
            let directory = try self.directory([
                "d/daytime": section, "d/daytime.dpkg-old": section, "d/daytime~": section,
            ])
            let outcome = try importing(["d"], directory)
            #expect(outcome.status == 0)
            #expect(outcome.output.hasPrefix("# daytime.toml\n# From d/daytime:1,"))
            #expect(outcome.error.components(separatedBy: "left out, as xinetd does").count == 3)
        }

        @Test("with --json, import prints an object with a remark for each line of the report")
        func json() throws {
            let directory = try self.directory(["inetd.conf": Self.inetd, "rules": ":allow\n"])
            let outcome = try importing(["--json", "inetd.conf", "rules"], directory)
            #expect(outcome.status == 0 && outcome.error.isEmpty)
            let object = try #require(
                try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
            let services = try #require(object["services"] as? [[String: Any]])
            #expect(services.map { $0["name"] as? String } == ["daytime"])
            let remarks = try #require(object["remarks"] as? [[String: Any]])
            #expect(remarks.contains { $0["line"] as? Int == 2 && $0["kind"] as? String == "not carried over" })
            #expect(object["access"] as? String == "access = [\"allow all\"]\n")
        }

        @Test("a directive in a remark is the file's own text as JSON, and is escaped and cut only for a terminal")
        func foreignText() throws {
            let long = "a\u{1b}[2J\"\\" + String(repeating: "x", count: 200)
            let directory = try self.directory(["inetd.conf": "\(long)\n"])
            let options = ["--format", "inetd", "inetd.conf"]
            let json = try importing(["--json"] + options, directory)
            let object = try #require(
                try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any])
            let remarks = try #require(object["remarks"] as? [[String: Any]])
            #expect(remarks.first?["directive"] as? String == long)
            let text = try importing(options, directory)
            #expect(text.error.hasPrefix("inetd.conf:1: not carried over: a\\u{1b}[2J\"\\xxx"), "\(text.error)")
            #expect(text.error.contains("xxx...: ") && !text.error.contains(long))
        }

        @Test("import names a file that it cannot read or recognize, and returns 1")
        func unreadable() throws {
            let directory = try self.directory(["what": "hello\n"])
            let outcome = try importing(["none", "what"], directory)
            #expect(outcome.status == 1)
            #expect(outcome.error.contains("doorward import: none: open"))
            #expect(outcome.error.contains("doorward import: what: it looks like none of"))
            #expect(try importing(["--format", "tcprules", "what"], directory).status == 0)
            #expect(try importing(["--format", "nonsense", "what"], directory).status == 64)
        }

        @Test("rules without a service make no file; --service names one")
        func rules() throws {
            let directory = try self.directory(["rules": "10.:deny\n"])
            #expect(try importing(["rules"], directory).output == "access = [\"deny 10.0.0.0/8\", \"allow all\"]\n")
            let outcome = try importing(["--into", "services", "rules"], directory)
            #expect(
                outcome.status == 1 && outcome.error.contains("rules: rules without a service make no file [--service]")
            )
            #expect(
                try importing(["--into", "services", "--service", "daytime", "rules"], directory).output
                    == "services/daytime.toml\n")
        }
    }
}
