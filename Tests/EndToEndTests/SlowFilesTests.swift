// The files are read slowly, as by a slow directory service for user names; everything else goes on meanwhile.
import Foundation
import Glibc
import Testing

extension EndToEndTests {
    @Suite("Slow files")
    struct SlowFilesTests {
        private let echo = "listen = [\"127.0.0.1:0\"]\nhandler = [\"echo\"]\n"

        /// A supervisor whose files are read only when there is no file named `slow` beside them. Each reading leaves a
        /// line in `readings` as it begins.
        private func started() throws -> Supervised {
            let reader = """
                #!/bin/sh
                echo >> DIRECTORY/readings
                while [ -e DIRECTORY/slow ]; do sleep 0.02; done
                exec \(Supervised.program) print-definitions --config DIRECTORY/doorward.toml

                """
            return try Supervised(services: ["echo": echo], files: ["reader": reader], reader: "reader")
        }

        private func readings(_ supervised: Supervised) -> Int {
            ((try? String(contentsOfFile: supervised.directory + "/readings", encoding: .utf8)) ?? "").utf8.count
        }

        /// Makes the next reading slow, and begins it.
        private func beginReading(_ supervised: Supervised) throws {
            try supervised.write("", to: "slow")
            let before = readings(supervised)
            supervised.signal(SIGHUP)
            try wait { readings(supervised) == before + 1 }
        }

        private func doorward(_ command: String, _ supervised: Supervised) throws -> Outcome {
            try run([Supervised.program, command, "--config", supervised.directory + "/doorward.toml"])
        }

        @Test("while files are read, a killed gate is back, status and blocked answer, and clients are served")
        func meanwhile() throws {
            let supervised = try started()
            try beginReading(supervised)
            kill(try supervised.gate("echo"), SIGKILL)
            _ = try supervised.log.wait(for: "gate_died")
            _ = try supervised.log.wait(for: "ready", count: 2)
            for _ in 0..<20 { #expect(try doorward("status", supervised).output.contains("serving")) }
            #expect(try doorward("blocked", supervised).output.contains("no bans"))
            #expect(try exchange(port: supervised.port("echo"), "Hello\n") == "Hello\n")
            #expect(!supervised.log.all.contains { $0.event == "reload" })
            try supervised.remove("slow")
            _ = try supervised.log.wait(for: "reload")
            #expect(readings(supervised) == 2)
        }

        @Test("signals that come while files are read share one more reading, which sees what they were sent for")
        func coalesced() throws {
            let supervised = try started()
            try beginReading(supervised)
            try supervised.write(echo, to: "services/second.toml")
            for _ in 0..<3 {
                supervised.signal(SIGHUP)
                #expect(try doorward("status", supervised).status == 0)
            }
            try supervised.remove("slow")
            _ = try supervised.log.wait(for: "reload", count: 2)
            _ = try supervised.log.wait(for: "ready") { $0["service"] == "second" }
            #expect(try doorward("reload", supervised).status == 0)
            #expect(readings(supervised) == 4)
        }

        @Test("SIGTERM is obeyed while files are read, and a client that waits for the reload is told")
        func stopped() throws {
            let supervised = try started()
            try beginReading(supervised)
            let client = Process()
            let output = Pipe()
            client.executableURL = URL(fileURLWithPath: Supervised.program)
            client.arguments = ["reload", "--config", supervised.directory + "/doorward.toml"]
            client.standardError = output
            try client.run()
            _ = try supervised.log.wait(for: "request")
            #expect(supervised.stop() == 0)
            client.waitUntilExit()
            #expect(client.terminationStatus != 0)
            let said = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
            #expect(said.contains("the supervisor is about to end"))
        }

        @Test("a reader that dies while it reads is a failed reload, and the next reload is read")
        func died() throws {
            let supervised = try started()
            try beginReading(supervised)
            let reader = descendants(of: supervised.pid).first {
                (try? String(contentsOfFile: "/proc/\($0)/cmdline", encoding: .utf8))?.hasPrefix("doorward: reader")
                    == true
            }
            kill(try #require(reader), SIGKILL)
            let fault = try supervised.log.wait(for: "fault")
            #expect(fault.description.contains("KILL"))
            _ = try supervised.log.wait(for: "reload_failed")
            try supervised.remove("slow")
            supervised.signal(SIGHUP)
            _ = try supervised.log.wait(for: "reload")
            #expect(try exchange(port: supervised.port("echo"), "Hello\n") == "Hello\n")
        }
    }
}
