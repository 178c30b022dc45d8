// `doorward explain` and `doorward exec`: what they say and do is what a running service would do.
import Foundation
import Testing

extension EndToEndTests {
    @Suite("Inspection")
    struct InspectionTests {
        private static let service = """
            listen = ["127.0.0.1:0"]
            handler = ["probe"]
            umask = "027"
            directory = "/usr"
            environment = { COLOUR = "green" }
            access = ["deny 192.0.2.0/24", "allow all RULE=1"]
            [limits]
            files = 64
            """

        private func doorward(
            _ command: [String], in supervised: Supervised, input: String = ""
        ) throws -> Outcome {
            try run(
                [Supervised.program] + command + ["--config", supervised.directory + "/doorward.toml"], input: input)
        }

        @Test("a handler has the same identity, limits and environment by exec as in its service")
        func exec() throws {
            let supervised = try Supervised(services: ["probe": Self.service])
            let served = try exchange(port: supervised.port("probe"), "")
            let outcome = try doorward(["exec", "probe"], in: supervised)
            #expect(outcome.status == 0, "\(outcome.error)")
            // The lines that differ for each process or connection.
            let own = [
                "pid", "ppid", "pgid", "sid", "fd0", "fd1", "fd2", "environment=TCP", "environment=REMOTE_PORT",
                "environment=DOORWARD_CONNECTION",
            ]
            func common(_ text: String) -> [Substring] {
                text.split(separator: "\n").filter { line in !own.contains { line.hasPrefix($0) } }
            }
            #expect(common(outcome.output) == common(served))
            #expect(common(served).contains("environment=RULE=1"))
            #expect(common(served).contains("seccomp=2"))
            #expect(outcome.output.contains("environment=TCPREMOTEIP=127.0.0.1\n"))
        }

        @Test("exec gives the handler its own standard streams, and returns the handler's status")
        func execStreams() throws {
            let supervised = try Supervised(
                services: [
                    "echo": "listen = [\"127.0.0.1:0\"]\nhandler = [\"echo\"]",
                    "sad": "listen = [\"127.0.0.1:0\"]\nhandler = [\"DIRECTORY/sad\"]",
                    "dies": "listen = [\"127.0.0.1:0\"]\nhandler = [\"DIRECTORY/dies\"]",
                ],
                files: [
                    "sad": "#!/bin/sh\necho complaint >&2\nsetsid sleep 100 &\nexit 100\n",
                    "dies": "#!/bin/sh\nkill -9 $$\n",
                ])
            #expect(try doorward(["exec", "echo"], in: supervised, input: "Hello\n").output == "Hello\n")
            let sad = try doorward(["exec", "sad"], in: supervised)
            #expect(sad.status == 100)
            #expect(sad.error.hasSuffix("complaint\n"))
            #expect(try doorward(["exec", "dies"], in: supervised).status == 137)
        }

        @Test("exec of a service with filters runs them too, and returns the handler's status")
        func execFilters() throws {
            let supervised = try Supervised(
                services: [
                    "it": """
                    listen         = ["127.0.0.1:0"]
                    handler        = ["DIRECTORY/it"]
                    input_filters  = [["/usr/bin/tr", "a", "b"]]
                    output_filters = [["/usr/bin/tr", "b", "c"]]
                    """,
                    "fails": """
                    listen         = ["127.0.0.1:0"]
                    handler        = ["/bin/cat"]
                    output_filters = [["/bin/false"]]
                    """,
                ], files: ["it": "#!/bin/sh\ncat\nexit 7\n"])
            let outcome = try doorward(["exec", "it"], in: supervised, input: "abc\n")
            #expect(outcome.output == "ccc\n")
            #expect(outcome.status == 7)
            let failed = try doorward(["exec", "fails"], in: supervised)
            #expect(failed.status == 1)
            #expect(failed.error.contains("a filter has failed, with status 1"))
        }

        @Test("exec starts nothing for a client that would be refused, and nothing for an unknown service")
        func execRefused() throws {
            let supervised = try Supervised(services: ["probe": Self.service])
            let refused = try doorward(["exec", "probe", "--from", "192.0.2.1"], in: supervised)
            #expect(refused.status == 127)
            #expect(refused.output.isEmpty)
            #expect(refused.error.contains("probe: refused: an access rule denies it"), "\(refused.error)")
            #expect(try doorward(["exec", "nobody"], in: supervised).status == 127)
        }

        @Test("exec runs a handler before its service is enabled, and before the supervisor knows the service")
        func execBefore() throws {
            let supervised = try Supervised(services: [:])
            let cat = "listen = [\"127.0.0.1:0\"]\nhandler = [\"/bin/cat\"]\n"
            for text in [cat, cat + "enabled = false\n"] {
                try supervised.write(text, to: "services/new.toml")
                let outcome = try doorward(["exec", "new"], in: supervised, input: "hello\n")
                #expect(outcome.status == 0 && outcome.output == "hello\n", "\(outcome.error)")
                #expect(try doorward(["explain", "new", "127.0.0.1"], in: supervised).status == 1)
            }
        }

        @Test("explain says whether a client would be admitted, by its status too")
        func explain() throws {
            let supervised = try Supervised(services: ["probe": Self.service])
            let admitted = try doorward(["explain", "probe", "127.0.0.1"], in: supervised)
            #expect(admitted.status == 0)
            #expect(admitted.output.contains("admitted by access rule 2"))
            let refused = try doorward(["explain", "probe", "192.0.2.1", "--json"], in: supervised)
            #expect(refused.status == 1)
            let document = try JSONSerialization.jsonObject(with: Data(refused.output.utf8)) as? [String: Any]
            let decision = document?["decision"] as? [String: Any]
            #expect(decision?["cause"] as? String == "access_rule" && decision?["setting"] as? String == "access")
            #expect(refused.output.contains("refused: an access rule denies it [access]"))
        }
    }
}
