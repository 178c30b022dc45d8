// The sessions of HandlerTests/Golden through a running supervisor: a handler answers in a service as over a pipe.
// Source: https://perl.apache.org/docs/2.0/user/handlers/protocols.html.
import Foundation
import TestSupport
import Testing

extension EndToEndTests {
    @Suite("Sessions as files")
    struct SessionTests {
        private func list(_ words: [String]) -> String { "[\(words.map { "\"\($0)\"" }.joined(separator: ", "))]" }

        /// The service file for a session.
        private func service(_ transcript: Transcript) -> String {
            let arguments = transcript.arguments.map {
                $0.replacingOccurrences(of: Transcript.folder, with: "DIRECTORY/golden")
            }
            let variables = transcript.environment.map { variable in
                let parts = variable.split(separator: "=", maxSplits: 1)
                return "\(parts[0]) = \"\(parts.dropFirst().first ?? "")\"\n"
            }
            return """
                listen  = ["127.0.0.1:0"]
                handler = \(list([transcript.handler] + arguments))
                [files]
                read = ["DIRECTORY/golden"]
                [environment]
                \(variables.joined())
                """
        }

        /// Plays a session; each answer must come before the next line is sent.
        private func play(_ transcript: Transcript, on port: UInt16) throws {
            let client = try Client(port: port)
            for step in transcript.steps {
                switch step {
                case .send(let bytes): client.send(bytes)
                case .receive(let bytes):
                    #expect(client.read(exactly: bytes.count) == bytes, "\(transcript.name)")
                case .ends: client.shutdownWrite()
                case .closes: #expect(client.readToEnd() == "", "\(transcript.name)")
                }
            }
            client.shutdownWrite()
            #expect(client.readToEnd() == "", "\(transcript.name)")
        }

        @Test("every session has the same answers, status and log lines in a service as over pipes")
        func sessions() throws {
            let transcripts = Transcript.all
            var services: [String: String] = [:]
            for (index, transcript) in transcripts.enumerated() { services["s\(index)"] = service(transcript) }
            let quote = try String(contentsOfFile: Transcript.folder + "/one-quote", encoding: .utf8)
            let doorward = try Supervised(services: services, files: ["golden/one-quote": quote])
            for (index, transcript) in transcripts.enumerated() {
                let name = "s\(index)"
                try play(transcript, on: doorward.port(name))
                let end = try doorward.log.wait(for: "end") { $0["service"] == name }
                #expect(end["status"] == "\(transcript.status)", "\(transcript.name)")
                let said = doorward.log.all.filter { $0.event == "stderr" && $0["service"] == name }
                #expect(said.count == transcript.log.split(separator: "\n").count, "\(transcript.name)")
            }
        }

        @Test("echo with the filter lowercase answers line for line, in lower case, until a blank line")
        func filteredEcho() throws {
            let doorward = try Supervised(services: [
                "echo": """
                listen = ["127.0.0.1:0"]
                handler = ["echo"]
                output_filters = [["lowercase"]]
                """
            ])
            let client = try Client(port: doorward.port("echo"))
            for (line, answer) in [("Hello\n", "hello\n"), ("fOo BaR\n", "foo bar\n"), ("\u{c4}\n", "\u{c4}\n")] {
                client.send(line)
                #expect(client.read(exactly: answer.utf8.count) == Array(answer.utf8))
            }
            client.send("\n")
            #expect(client.readToEnd() == "")
            #expect(try doorward.log.wait(for: "end")["status"] == "0")
        }

        @Test("the filter record on both sides logs what passes, and changes nothing")
        func recorder() throws {
            let doorward = try Supervised(services: [
                "echo": """
                listen = ["127.0.0.1:0"]
                handler = ["echo", "--letters", "lowercase"]
                input_filters = [["record", "--as", "input"]]
                output_filters = [["record", "--as", "output"]]
                """
            ])
            #expect(try exchange(port: doorward.port("echo"), "Hello\n") == "hello\n")
            _ = try doorward.log.wait(for: "end")
            let said = doorward.log.all.filter { $0.event == "stderr" }.map(\.description)
            #expect(said.contains { $0.contains("input") && $0.contains("Hello") })
            #expect(said.contains { $0.contains("output") && $0.contains("hello") })
        }

        @Test("a handler with filters cannot go around them: it does not have the peer's socket")
        func noWayAround() throws {
            let doorward = try Supervised(services: [
                "it": """
                listen = ["127.0.0.1:0"]
                handler = ["/usr/bin/python3", "-c", "import os, socket; \
                print([socket.socket(fileno=os.dup(n)).family.name for n in (0, 1)])"]
                input_filters = [["/bin/cat"]]
                output_filters = [["/bin/cat"]]
                """
            ])
            #expect(try exchange(port: doorward.port("it"), "") == "['AF_UNIX', 'AF_UNIX']\n")
        }
    }
}
