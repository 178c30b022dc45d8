// `doorward check`, and a `doorward run` that refuses its configuration.
import Foundation
import Testing

extension EndToEndTests {
    @Suite("Check")
    struct CheckTests {
        private func check(_ files: [String: String]) throws -> Outcome {
            let doorward = try Supervised(services: [:], files: [:])
            for (name, text) in files { try doorward.write(text, to: name) }
            return try run(
                [Supervised.program, "check", "--config", "doorward.toml", "--services", "services"],
                directory: doorward.directory)
        }

        @Test("check returns 0 for a sound directory")
        func sound() throws {
            let outcome = try check([
                "services/echo.toml": "listen = [\"127.0.0.1:7007\"]\nhandler = [\"echo\"]",
                "services/off.toml": "listen = [\"127.0.0.1:7008\"]\nhandler = [\"/not/installed\"]\nenabled = false",
                "services/open.toml":
                    "listen = [\"127.0.0.1:7009\"]\nhandler = [\"echo\"]\nnetwork = true\nfiles.read = [\"/etc\"]",
            ])
            #expect(outcome.status == 0)
            #expect(outcome.output.contains("services/echo.toml: ok: echo on 127.0.0.1:7007\n"))
            #expect(outcome.output.contains("services/off.toml: disabled: off on 127.0.0.1:7008\n"))
            #expect(
                outcome.output.contains(
                    "services/open.toml: ok: open on 127.0.0.1:7009\n"
                        + "services/open.toml:3: note: network = true: handlers share this machine's network\n"))
        }

        @Test(
            "check names each fault's place, what it expected and the nearest key, and returns 1",
            arguments: [
                (
                    "listen = [\"127.0.0.1:1\"]\nhandler = [\"echo\"]\n[limits]\nconections = 4",
                    "4:1: error: unknown key 'conections'", "did you mean 'connections'?"
                ),
                ("listen = 25\nhandler = [\"echo\"]", "1:10: error: 'listen' is", "expected a list"),
                (
                    "listen = [\"127.0.0.1:1\"]\nhandler = [\"echo\"]\nuser = \"nobody-here\"", "3:8: error:",
                    "nobody-here"
                ),
                ("listen = [\"127.0.0.1:1\"]\nhandler = [\"echo\"]\nuser = \"0day\"", "3:8: error:", "0day"),
                ("listen = [\"127.0.0.1:1\"]\nhandler = [\"echo\"]\nuser = \"root\"", "3:8: error:", "capabilities"),
                (
                    "listen = [\"127.0.0.1:1\"]\nhandler = [\"echo\"]\ncapabilities = \"^cap_everything\"",
                    "3:16: error:", "cap_everything"
                ),
                ("listen = [\"127.0.0.1:1\"]\nhandler = [\"ecko\"]", "2:12: error:", "no such file"),
                ("listen = [\"127.0.0.1:1\"]\nhandler = [\"/etc/passwd\"]", "2:12: error:", "not executable"),
                (
                    "listen = [\"127.0.0.1:1\"]\nhandler = [\"echo\"]\n[limits]\nlifetime = 30", "4:12: error:",
                    "\"30s\""
                ),
                ("listen = [\"127.0.0.1:1\"\nhandler = [\"echo\"]", "2:1: error:", "expected"),
            ])
        func faults(text: String, place: String, words: String) throws {
            let outcome = try check(["services/bad.toml": text])
            #expect(outcome.status == 1)
            #expect(outcome.output.contains("services/bad.toml:\(place)"), "\(outcome.output)")
            #expect(outcome.output.contains(words), "\(outcome.output)")
        }

        @Test("check reports a fault in the block list too")
        func blockListFault() throws {
            let outcome = try check([
                "doorward.toml": "handlers = \"handlers\"\nblock_list = \"blocked\"\n",
                "blocked": "10.0.0.0/8\n10.0.0.1/8\n",
            ])
            #expect(outcome.status == 1)
            #expect(outcome.output.contains("blocked:2:1: error: '10.0.0.1/8' has bits set"), "\(outcome.output)")
        }

        @Test("run does not start without its block list, and names the setting")
        func missingBlockList() throws {
            let doorward = try Supervised(services: [:])
            try doorward.write("block_list = \"missing\"\n", to: "other.toml")
            let outcome = try run([Supervised.program, "run", "--config", doorward.directory + "/other.toml"])
            #expect(outcome.status == 1)
            #expect(outcome.error.contains("missing: error:"), "\(outcome.error)")
            #expect(outcome.error.contains("[block_list]"), "\(outcome.error)")
        }

        @Test("the service files of this repository are sound")
        func repository() throws {
            let root = Supervised.build + "/.."
            let outcome = try run([
                Supervised.program, "check", "--config", root + "/etc/packaging/doorward.toml",
                "--services", root + "/services", "--handlers", Supervised.build + "/libexec/doorward",
            ])
            #expect(outcome.status == 0, "\(outcome.output)")
        }
    }
}
