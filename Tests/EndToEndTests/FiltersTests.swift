// Filters between the socket and the handler: programs of any origin, their order, and what the end of each means.
// Source: https://perl.apache.org/docs/2.0/user/handlers/filters.html.
import Foundation
import Glibc
import Testing

extension EndToEndTests {
    @Suite("Filters")
    struct FiltersTests {
        private func serve(
            _ handler: String, input: String = "", output: String = "", more: String = "", files: [String: String] = [:]
        ) throws -> Supervised {
            try Supervised(
                services: [
                    "it": """
                    listen         = ["127.0.0.1:0"]
                    handler        = \(handler)
                    input_filters  = [\(input)]
                    output_filters = [\(output)]
                    \(more)
                    """
                ], files: files)
        }

        private func script(_ name: String) -> String { "[\"DIRECTORY/\(name)\"]" }

        private let lower = "[\"/usr/bin/tr\", \"A-Z\", \"a-z\"]"
        private let cat = "[\"/bin/cat\"]"

        @Test("an output filter changes what the handler writes, and the handler knows nothing of it")
        func output() throws {
            let doorward = try serve("[\"echo\"]", output: lower)
            #expect(try exchange(port: doorward.port("it"), "Hello\nfOo BaR\n") == "hello\nfoo bar\n")
            #expect(try doorward.log.wait(for: "end")["status"] == "0")
        }

        @Test("an input filter changes what the handler reads")
        func input() throws {
            let doorward = try serve(script("count"), input: lower, files: ["count": "#!/bin/sh\ngrep -c '^[a-z]*$'\n"])
            #expect(try exchange(port: doorward.port("it"), "ONE\nTwo\nthree\n") == "3\n")
        }

        @Test("several filters work in the order of the file, in both directions")
        func order() throws {
            func tr(_ from: String, _ to: String) -> String { "[\"/usr/bin/tr\", \"\(from)\", \"\(to)\"]" }
            let doorward = try serve(
                cat, input: [tr("a", "b"), tr("b", "c"), tr("a", "x")].joined(separator: ", "),
                output: [tr("c", "d"), tr("d", "e"), tr("c", "y")].joined(separator: ", "))
            #expect(try exchange(port: doorward.port("it"), "a b c d\n") == "e e e e\n")
        }

        @Test("bytes that a filter passes on arrive at once, while the connection stays open")
        func atOnce() throws {
            let unbuffered = "[\"/usr/bin/stdbuf\", \"-o0\", \"/usr/bin/tr\", \"A-Z\", \"a-z\"]"
            let doorward = try serve(
                "[\"echo\"]", input: cat, output: unbuffered,
                more: "[files]\nexecute = [\"/usr/bin\", \"/usr/libexec\"]")
            let client = try Client(port: doorward.port("it"))
            for word in ["One\n", "TWO\n", "three\n"] {
                client.send(word)
                #expect(client.read() == word.lowercased())
            }
            client.shutdownWrite()
            #expect(client.readToEnd() == "")
        }

        @Test("when echo ends at a blank line, the connection ends, though an input filter waits for more")
        func handlerEnds() throws {
            let doorward = try serve("[\"echo\"]", input: "\(cat), \(cat)", output: lower)
            let client = try Client(port: doorward.port("it"))
            client.send("Hello\n\n")
            #expect(client.readToEnd() == "hello\n")
            let end = try doorward.log.wait(for: "end")
            #expect(end["status"] == "0")
            #expect(end["cause"] == nil)
        }

        @Test("filters have the connection's environment with the rule's variables, and no other descriptors")
        func surroundings() throws {
            let doorward = try serve(
                "[\"probe\"]", input: cat, output: "\(script("tell"))", more: "access = [\"allow all ROLE=guest\"]",
                files: ["tell": "#!/bin/sh\ncat\necho \"tell $TCPREMOTEIP $ROLE $DOORWARD_SERVICE\"\n"])
            let answer = try exchange(port: doorward.port("it"), "")
            #expect(answer.contains("\nenvironment=ROLE=guest\n"))
            #expect(answer.hasSuffix("\ntell 127.0.0.1 guest it\n"))
            #expect(answer.contains("\ndescriptors=0,1,2\n"))
            #expect(answer.contains("\nfd0=socket,blocking\nfd1=socket,blocking\n"))
        }

        @Test(
            "an input filter that fails ends the connection before the handler sees an end of its input",
            arguments: [("exit 3", "filter_status", "3"), ("kill -SEGV $$", "filter_signal", "SEGV")])
        func inputFails(way: String, key: String, value: String) throws {
            let doorward = try serve(
                script("whole"), input: "\(script("fail")), \(cat)",
                files: [
                    "fail": "#!/bin/sh\nread line\necho \"$line\"\n\(way)\n",
                    "whole": "#!/bin/sh\ncat\necho whole\necho whole >&2\n",
                ])
            let client = try Client(port: doorward.port("it"))
            client.send("part\nrest\n")
            let end = try doorward.log.wait(for: "end")
            #expect(end["cause"] == "filter")
            #expect(end[key] == value)
            #expect(end["filter"]?.hasSuffix("/fail") == true)
            #expect(end["setting"] == "input_filters")
            #expect(end["signal"] == "TERM")
            #expect(!client.readToEnd().contains("whole"))
            #expect(!doorward.log.all.contains { $0.event == "stderr" })
        }

        @Test("an output filter that fails resets the connection, so the peer knows that bytes are missing")
        func outputFails() throws {
            let doorward = try serve(
                cat, output: script("fail"), files: ["fail": "#!/bin/sh\nread line\necho \"$line\"\nexit 9\n"])
            let client = try Client(port: doorward.port("it"))
            client.send("part\nrest\n")
            let end = try doorward.log.wait(for: "end")
            #expect(end["cause"] == "filter")
            #expect(end["filter_status"] == "9")
            #expect(end["setting"] == "output_filters")
            #expect(client.endsByReset())
        }

        @Test("a peer's reset is logged as the peer's, though it makes the input filter fail")
        func peerResets() throws {
            let doorward = try serve(cat, input: "[\"record\"]")
            let client = try Client(port: doorward.port("it"))
            client.send("Hello\n")
            #expect(client.read() == "Hello\n")
            client.reset()
            let end = try doorward.log.wait(for: "end")
            #expect(end["cause"] == "peer_gone")
            // The handler must not see an end of its input: it would take the part for the whole.
            #expect(end["signal"] == "TERM")
            #expect(end["filter"]?.hasSuffix("/record") == true)
            #expect(end["setting"] == nil)
        }

        @Test("a filter that exits 0 before the end of its input ends its writers, and its own output arrives")
        func earlyEnd() throws {
            let doorward = try serve(cat, input: cat, output: "[\"/usr/bin/head\", \"-n\", \"2\"], \(lower)")
            let client = try Client(port: doorward.port("it"))
            client.send("One\nTWO\nThree\n")
            #expect(client.readToEnd() == "one\ntwo\n")
            client.close()
            #expect(try doorward.log.wait(for: "end")["cause"] == nil)
        }

        @Test("a handler that runs on after the end of its output filter is ended, and the log says why")
        func handlerAlone() throws {
            let doorward = try serve("[\"/bin/sleep\", \"1000\"]", output: "[\"/bin/true\"]")
            let client = try Client(port: doorward.port("it"))
            #expect(client.readToEnd() == "")
            let end = try doorward.log.wait(for: "end")
            #expect(end["signal"] == "TERM")
            #expect(end["cause"] == "output_over")
            #expect(end["setting"] == "output_filters")
        }

        @Test("a filter that cannot be started ends the connection, and the log names its setting")
        func missing() throws {
            let doorward = try serve("[\"echo\"]", output: script("gone"), files: ["gone": "#!/bin/sh\ncat\n"])
            try doorward.remove("gone")
            #expect(try exchange(port: doorward.port("it"), "Hello\n") == "")
            let failure = try doorward.log.wait(for: "spawn_failed")
            #expect(failure["setting"] == "output_filters")
            #expect(failure["errno"] == "ENOENT")
            #expect(failure["handler"]?.hasSuffix("/gone") == true)
            try doorward.write("#!/bin/sh\ntr a-z A-Z\n", to: "gone")
            #expect(try exchange(port: doorward.port("it"), "Hello\n") == "HELLO\n")
        }

        @Test("the end of a lifetime ends the handler first, and every filter after it")
        func lifetime() throws {
            let doorward = try serve(
                script("end-at-term"), input: cat, output: script("last"), more: "[limits]\nlifetime = \"300ms\"",
                files: [
                    "end-at-term": "#!/bin/sh\ntrap 'echo bye; exit 0' TERM\nwhile :; do sleep 0.01; done\n",
                    "last": "#!/bin/sh\ncat\n",
                ])
            #expect(try Client(port: doorward.port("it")).readToEnd() == "bye\n")
            let end = try doorward.log.wait(for: "end")
            #expect(end["cause"] == "lifetime")
            #expect(end["status"] == "0")
            #expect(descendants(of: try doorward.gate("it")).isEmpty)
        }

        @Test("connections with filters leave no process, no descriptor and no taken place")
        func nothingLeft() throws {
            let doorward = try serve(
                "[\"echo\"]", input: cat, output: "\(cat), \(cat)", more: "[limits]\nconnections = 3\nper_source = 3")
            let (port, gate) = try (doorward.port("it"), doorward.gate("it"))
            #expect(try exchange(port: port, "A\n") == "A\n")
            _ = try doorward.log.wait(for: "end")
            let before = descriptors(of: gate)
            for number in 2...20 {
                let client = try Client(port: port)
                client.send("A\n")
                if number.isMultiple(of: 3) { client.reset() } else { #expect(client.read() == "A\n") }
                client.close()
                _ = try doorward.log.wait(for: "end", count: number)
            }
            #expect(descriptors(of: gate) == before)
            #expect(descendants(of: gate).isEmpty)
            #expect(doorward.stop() == 0)
        }

        @Test(
            "when only some of the processes can be made, the rest follow later, and no byte is lost",
            .enabled(if: isRoot))
        func halfStarted() throws {
            let doorward = try serve("[\"echo\"]", input: cat, output: lower)
            let gate = try doorward.gate("it")
            // Enough for the gate, the output filter and the handler, and not for the input filter.
            try setLimit(gate, "--nproc=3:")
            let client = try Client(port: doorward.port("it"))
            client.send("Hello\n")
            _ = try doorward.log.wait(for: "pause") { $0["act"] == "clone" }
            #expect(descendants(of: gate).count == 2)
            try setLimit(gate, "--nproc=100:")
            client.shutdownWrite()
            #expect(client.readToEnd() == "hello\n")
            #expect(doorward.log.all.count { $0.event == "accept" } == 1)
        }

        @Test(
            "a connection frees its place when its lifetime ends before any of its programs could start",
            .enabled(if: isRoot), arguments: ["", "[\"/bin/cat\"]"])
        func neverStarted(input: String) throws {
            let doorward = try serve(
                script("here"), input: input, more: "[limits]\nconnections = 1\nlifetime = \"1s\"",
                files: ["here": "#!/bin/sh\necho here\ncat\n"])
            let gate = try doorward.gate("it")
            try setLimit(gate, "--nproc=0:")
            let client = try Client(port: doorward.port("it"))
            // The gate has started nothing for it, and starts nothing later.
            #expect(client.readToEnd() == "")
            #expect(try doorward.log.wait(for: "end")["cause"] == "lifetime")
            try setLimit(gate, "--nproc=100:")
            #expect(try exchange(port: doorward.port("it"), "Hello\n") == "here\nHello\n")
            #expect(doorward.log.all.count { $0.event == "accept" } == 1)
            #expect(doorward.stop() == 0)
        }

        @Test("a filter that ignores TERM does not keep the connection open after the handler's end")
        func filterIgnoresTerm() throws {
            let doorward = try serve(
                "[\"/usr/bin/head\", \"-n\", \"1\"]", input: script("ignore-term"),
                files: ["ignore-term": "#!/bin/sh\ntrap '' TERM\nexec cat\n"])
            let client = try Client(port: doorward.port("it"))
            client.send("Hello\n")
            // The peer keeps its side open.
            #expect(client.readToEnd() == "Hello\n")
            let end = try doorward.log.wait(for: "end")
            #expect(end["status"] == "0")
            #expect(end["cause"] == nil)
        }

        @Test("a handler that ignores TERM is killed when a filter has failed")
        func handlerIgnoresTerm() throws {
            let doorward = try serve(
                script("ignore-term"), input: script("fail"),
                files: [
                    "ignore-term": "#!/bin/sh\ntrap '' TERM\necho ready\nexec cat\n",
                    "fail": "#!/bin/sh\nread line\nexit 3\n",
                ])
            let client = try Client(port: doorward.port("it"))
            #expect(client.read() == "ready\n")
            client.send("go\n")
            #expect(client.endsByReset())
            let end = try doorward.log.wait(for: "end")
            #expect(end["cause"] == "filter")
            #expect(end["signal"] == "KILL")
        }

        @Test("a gate that has to end ends its filters too")
        func drain() throws {
            let doorward = try serve(cat, input: cat, output: cat, more: "")
            let client = try Client(port: doorward.port("it"))
            client.send("Hello\n")
            #expect(client.read() == "Hello\n")
            let processes = descendants(of: doorward.pid)
            doorward.signal(SIGTERM)
            doorward.signal(SIGTERM)
            #expect(doorward.waitForEnd() == 0)
            for pid in processes { #expect(ends(pid)) }
        }
    }
}
